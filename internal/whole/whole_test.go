package whole

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteIsAllOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	text := func(s string, err error) func(io.Writer) error {
		return func(w io.Writer) error { return errors.Join(err, second(io.WriteString(w, s))) }
	}
	if err := Write(path, text("before", nil)); err != nil {
		t.Fatal(err)
	}
	failure := errors.New("no room")
	if err := Write(path, text("half", failure)); !errors.Is(err, failure) {
		t.Errorf("a failed write: %v", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "before" {
		t.Errorf("after a failure the file holds %q, %v", got, err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if err := Write(path, text("after", nil)); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "after" {
		t.Errorf("the file holds %q", got)
	}
}

func second(_ int, err error) error { return err }
