package rt

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

type celsius float64

func (c celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

type level int

type failure struct{ Code int }

func (f *failure) Error() string { return fmt.Sprint("failure ", f.Code) }

type pair struct {
	Left, Right celsius
	Level       level
}

type record struct {
	Name    string
	Temp    celsius
	Levels  []level
	ByName  map[string]celsius
	Nested  pair
	Pointer *pair
	Any     any
	Err     error
	When    time.Duration
	Data    []byte
	Fixed   [2]bool
	Matrix  [][]float64
	C       complex128
	F       func()
	Inner   struct{ A, B int }
}

type shout string

func (s shout) Format(f fmt.State, verb rune) { fmt.Fprintf(f, "<%c %s>", verb, string(s)) }

type code uint8

func (c code) GoString() string { return "code!" }

type list []pair

type broken struct{}

func (broken) String() string { panic(errors.New("no")) }

// TestFormat compares values that travel in boxes with what package fmt makes
// of them when it knows their types. Fields that are not exported, which
// reflection does not give out here, are compared by the programs of package
// conformance.
func TestFormat(t *testing.T) {
	values := []any{
		celsius(3.25), level(-7), pair{1, 2, 3}, list{{1, 2, 3}}, list(nil), shout("hey"), code(9),
		record{Name: "n", Temp: 1, Levels: []level{1, 2}, ByName: map[string]celsius{"b": 2, "a": 1}, Any: 5, When: time.Second,
			Data: []byte("xy"), Matrix: [][]float64{{1.5, 2}, nil}, C: 1 + 2i},
		&pair{1, 2, 3}, (*pair)(nil), map[level]pair{2: {}, 1: {Left: 4}}, []celsius{1, 2}, [2]level{3, 4}, &failure{4},
		struct {
			A celsius
			B string
		}{1, "x"},
		broken{}, []any{1, "a", nil}, &list{{1, 2, 3}},
	}
	formats := []string{
		"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%6v|", "%-8v|", "%08.3f", "%5.1f", "%t", "%c", "%e", "%+d", "% x", "%#x", "%10s|", "%.2s", "%U", "%o", "%b",
	}
	for _, v := range values {
		for _, format := range formats {
			want := fmt.Sprintf(format, v)
			if got := fmt.Sprintf(format, asBox(v)); got != want {
				t.Errorf("%s of %T\ngot  %s\nwant %s", format, v, got, want)
			}
		}
		for _, format := range []string{"%[1]T %[2]T", "%v %T", "%-20T|%v", "%d%%%T"} {
			f, args := Format(format, []any{asBox(v), asBox(v)})
			want := fmt.Sprintf(format, v, v)
			if got := fmt.Sprintf(f, args...); got != want {
				t.Errorf("%s of %T: got %s, want %s", format, v, got, want)
			}
		}
	}
}
