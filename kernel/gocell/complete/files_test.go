package complete

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range []string{"data/4d/traces.arrow", "data/.hidden", "dates.csv", "日本/x.txt"} {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ marked, want string }{
		{"f := os.Open(\"da‸\")", "data/ dates.csv !日本/"},
		{"f := os.Open(\"da‸", "data/ dates.csv"},
		{"f := os.Open(`data/‸`)", "4d/ !.hidden"},
		{"f := os.Open(\"data/.‸\")", ".hidden"},
		{"f := os.Open(\"data/4d/tr‸\")", "traces.arrow"},
		{"f := os.Open(\"日‸\")", "日本/"},
		{"f := os.Open(\"‸\")", ""},
		{"f := os.Open(\"no/‸\")", ""},
		{"%cd da‸", "data/"},
		{"!ls -l da‸", "data/ dates.csv"},
	} {
		check(t, c.marked, c.want)
	}
	code, at := cursor(t, "日 := \"data/4‸\"")
	if got := At(newSession(t), code, at); got.Start != 11 || got.End != 12 {
		t.Errorf("range %d to %d, want 11 to 12", got.Start, got.End)
	}
}
