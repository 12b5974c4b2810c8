package whole

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBetweenReplacesOnlyWhatTheMarksEnclose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.md")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("end\nbefore\n<begin>\nold\n<end>\nafter\n")
	for range 2 {
		if err := Between(path, "<begin>\n", "<end>", "new\n"); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if want := "end\nbefore\n<begin>\nnew\n<end>\nafter\n"; err != nil || string(raw) != want {
		t.Errorf("wrote %q, want %q (%v)", raw, want, err)
	}
	for text, missing := range map[string]string{"no marks": "<begin>", "<end>\n<begin>\n": "<end>"} {
		write(text)
		if err := Between(path, "<begin>\n", "<end>", "new"); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("%q gives the error %v; want one that names %s", text, err, missing)
		}
		if raw, err := os.ReadFile(path); err != nil || string(raw) != text {
			t.Errorf("%q became %q (%v)", text, raw, err)
		}
	}
}
