package rt

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

type color int

func (c color) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "color-%d", int(c)), nil }

func (c *color) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "color-%d", (*int)(c))
	return err
}

type flags struct{ Bits uint }

func (f *flags) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, `{ "bits": %d }`, f.Bits), nil }

func (f *flags) UnmarshalJSON(text []byte) error {
	var x struct{ Bits uint }
	err := json.Unmarshal(text, &x)
	f.Bits = x.Bits
	return err
}

// Inner is embedded by an exported name.
type Inner struct {
	ID   int `json:"id"`
	Same string
}

// Base is embedded by an exported name.
type Base struct{ Same, Deep string }

type document struct {
	Inner
	Base
	Name     string         `json:"name"`
	Empty    string         `json:",omitempty"`
	Zero     time.Time      `json:",omitzero"`
	Skip     int            `json:"-"`
	Quoted   int64          `json:",string"`
	Tags     []string       `json:"tags"`
	None     []int          `json:"none,omitempty"`
	Color    color          `json:"color"`
	Colors   map[color]int  `json:"colors"`
	Flags    *flags         `json:"flags"`
	Direct   flags          `json:"direct"`
	Child    *document      `json:"child,omitempty"`
	Children []*document    `json:"children,omitempty"`
	Any      any            `json:"any"`
	Bytes    []byte         `json:"bytes"`
	Array    [3]uint8       `json:"array"`
	Map      map[string]any `json:"map"`
	Numbers  map[int]float64
	HTML     string
}

func sampleDocument() *document {
	return &document{
		Inner: Inner{ID: 7, Same: "a"}, Base: Base{Same: "b", Deep: "c"}, Name: "n", Quoted: 5, Tags: []string{"x"},
		Color: 3, Colors: map[color]int{2: 1, 1: 2}, Flags: &flags{6}, Child: &document{Name: "child"},
		Any: []any{1.5, "s", nil, map[string]any{"k": true}}, Bytes: []byte("hello"), Array: [3]uint8{1, 2, 3},
		Map: map[string]any{"z": 1.0, "a": nil}, Numbers: map[int]float64{10: 1, 9: 2}, HTML: "<a&b>\u2028",
	}
}

// TestEncode compares boxes with what encoding/json makes of the types.
func TestEncode(t *testing.T) {
	for _, v := range []any{sampleDocument(), *sampleDocument(), color(4), []color{1, 2}, map[string]color{"a": 1}, []flags{{1}}, (*document)(nil), &flags{3}, [2]color{}} {
		want, wantErr := json.Marshal(v)
		got, err := json.Marshal(asBox(v))
		if string(got) != string(want) || (err == nil) != (wantErr == nil) {
			t.Errorf("%T:\ngot  %s %v\nwant %s %v", v, got, err, want, wantErr)
		}
	}
}

// TestDecode compares what is decoded into boxes with what encoding/json
// decodes into the types.
func TestDecode(t *testing.T) {
	text, err := json.Marshal(sampleDocument())
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{
		string(text), `{}`, `null`, `{"NAME": "case", "id": 3, "unknown": [1, {"a": 2}]}`,
		`{"children": [{"name": "a"}, null, {"id": 4}], "flags": null, "array": [9], "Numbers": {"-4": 2.5}}`,
		`{"id": "x"}`, `{"tags": 5}`, `{"child": {"id": true}}`, `{"color": "color-12"}`, `[1]`, `"s"`, `{"any": 1e400}`,
	}
	for _, text := range texts {
		want, got := &document{Name: "before"}, &document{Name: "before"}
		wantErr := json.Unmarshal([]byte(text), want)
		gotErr := json.Unmarshal([]byte(text), Target(asBox(got)))
		if !reflect.DeepEqual(got, want) && wantErr == nil {
			t.Errorf("%s:\ngot  %+v\nwant %+v", text, got, want)
		}
		if (gotErr == nil) != (wantErr == nil) {
			t.Errorf("%s: got error %v, want %v", text, gotErr, wantErr)
		} else if gotErr != nil && strings.ReplaceAll(gotErr.Error(), "main.", "") != strings.ReplaceAll(wantErr.Error(), "main.", "") {
			t.Errorf("%s:\ngot  %v\nwant %v", text, gotErr, wantErr)
		}
	}
}
