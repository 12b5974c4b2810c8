package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The texts of the project quote what the results files hold.
func TestTextsAgreeWithResults(t *testing.T) {
	root := filepath.Join("..", "..")
	q := quoter{results: filepath.Join(root, "notebooks", "results"), loaded: map[string]map[string]metric{}}
	files := texts(root)
	if len(files) < 5 {
		t.Fatalf("only %d texts found", len(files))
	}
	for _, file := range files {
		differences, err := q.file(file, false)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, d := range differences {
			t.Errorf("%s: %s; go run ./scripts/quotes -write puts it right", filepath.Base(file), d)
		}
	}
}

func TestQuotes(t *testing.T) {
	dir := t.TempDir()
	content := `{"seconds": 90, "metrics": {"PRD, 4D": {"value": 6.349, "paper": 5.3}, "traces": {"value": 200000, "paper": null}, "shift": {"value": -0.25, "paper": null}}}`
	if err := os.WriteFile(filepath.Join(dir, "ae.json"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	q := quoter{results: dir, loaded: map[string]map[string]metric{}}
	for _, c := range []struct{ text, want, failure string }{
		{"an error of 6.3<!-- PRD, 4D --> %", "an error of 6.3<!-- PRD, 4D --> %", ""},
		{"an error of 1.00<!-- PRD, 4D --> %", "an error of 6.35<!-- PRD, 4D --> %", ""},
		{"the paper's 0.0<!-- paper: PRD, 4D -->", "the paper's 5.3<!-- paper: PRD, 4D -->", ""},
		{"1<!--traces--> traces", "200,000<!--traces--> traces", ""},
		{"by 0.00<!-- @ae shift -->, in 9e+9<!-- traces -->", "by −0.25<!-- @ae shift -->, in 2e+05<!-- traces -->", ""},
		{"in 2.0<!-- minutes --> minutes", "in 1.5<!-- minutes --> minutes", ""},
		{"5<!-- nothing -->", "", `no metric "nothing"`},
		{"5<!-- paper: traces -->", "", "no number of the paper"},
		{"5<!-- @other PRD -->", "", "other.json"},
	} {
		got, _, err := q.text("ae", c.text)
		if c.failure != "" {
			if err == nil || !strings.Contains(err.Error(), c.failure) {
				t.Errorf("%q: %v, want an error with %q", c.text, err, c.failure)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%q became %q, %v; want %q", c.text, got, err, c.want)
		}
	}
}
