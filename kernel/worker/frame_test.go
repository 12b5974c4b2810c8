package worker

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

func TestFramesComeBackAsTheyWere(t *testing.T) {
	var b []byte
	sent := []frame{{kindReady, 0, nil}, {kindResult, 1 << 60, []byte(`{"a":1}`)}, {kindDisplay, 7, bytes.Repeat([]byte("x"), 1<<20)}}
	for _, f := range sent {
		var err error
		if b, err = appendFrame(b, f); err != nil {
			t.Fatal(err)
		}
	}
	in := bytes.NewReader(b)
	for _, want := range sent {
		got, err := readFrame(in)
		if err != nil || got.kind != want.kind || got.id != want.id || !bytes.Equal(got.body, want.body) {
			t.Errorf("got %v, %v; expected %v", got.kind, err, want.kind)
		}
	}
	if _, err := readFrame(in); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
}

func TestTooLargeFrameIsRefused(t *testing.T) {
	if _, err := appendFrame(nil, frame{body: make([]byte, frameLimit)}); !errors.Is(err, errFrameSize) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadFrame(f *testing.F) {
	whole, _ := appendFrame(nil, frame{kindDisplay, 3, []byte(`{"Mark":1}`)})
	f.Add(whole)
	f.Add(whole[:7])
	f.Add([]byte{0xff, 0xff, 0xff, 0x0f, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		in := bytes.NewReader(data)
		got, err := readFrame(in)
		if err != nil {
			return
		}
		again, err := appendFrame(nil, got)
		if err != nil || !bytes.Equal(again, data[:len(data)-in.Len()]) {
			t.Errorf("%x is read as %x", data, again)
		}
	})
}
