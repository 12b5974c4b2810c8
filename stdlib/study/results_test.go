package study_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hillock/stdlib/study"
)

func TestScale(t *testing.T) {
	for _, s := range []study.Scale{study.CI, study.Laptop, study.Paper} {
		if parsed, err := study.ParseScale(s.String()); err != nil || parsed != s {
			t.Errorf("%v parsed is %v, %v", s, parsed, err)
		}
	}
	if _, err := study.ParseScale("huge"); err == nil || !strings.Contains(err.Error(), "ci, laptop, paper") {
		t.Errorf("an unknown scale: %v", err)
	}
	if study.CI.Of(1, 2, 3) != 1 || study.Laptop.Of(1, 2, 3) != 2 || study.Paper.Of(1, 2, 3) != 3 {
		t.Error("Of gives the number of another scale")
	}
}

func TestTableShowsCountsInFull(t *testing.T) {
	r := study.NewResults("demo", study.Laptop, 42)
	for value, want := range map[float64]string{174633: "174633", 9999.5: "10000", 1234.56: "1235", -2.5e-7: "-2.5e-07", 3e13: "3e+13"} {
		r.Set("n", value, "")
		if got := r.Table()[0].Value; got != want {
			t.Errorf("%v is shown as %s, want %s", value, got, want)
		}
	}
}

func TestResultsAreWrittenWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	r := study.NewResults("demo", study.Laptop, 42)
	r.Set("a", 1, "mV")
	r.SetBeside("b", 2, 3, "%")
	r.Set("a", 1.5, "mV")
	table, err := r.Write()
	if err != nil {
		t.Fatal(err)
	}
	if len(table) != 2 || table[0].Name != "a" || table[0].Value != "1.5" || table[1].Paper != "3" {
		t.Errorf("the table is %+v", table)
	}
	content, err := os.ReadFile(filepath.Join("results", "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Study, Scale string
		Seed         int
		Metrics      map[string]struct {
			Value float64
			Paper *float64
			Unit  string
		}
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if file.Study != "demo" || file.Scale != "laptop" || file.Seed != 42 || file.Metrics["a"].Paper != nil ||
		*file.Metrics["b"].Paper != 3 || file.Metrics["a"].Value != 1.5 || file.Metrics["a"].Unit != "mV" {
		t.Errorf("the file holds %s", content)
	}

	r.Set("c", math.NaN(), "")
	if _, err := r.Write(); err == nil || !strings.Contains(err.Error(), `"c"`) {
		t.Errorf("a result that was not measured: %v", err)
	}
	r.SetBeside("c", 1, math.Inf(1), "")
	if _, err := r.Write(); err == nil || !strings.Contains(err.Error(), `the paper's "c" is +Inf`) {
		t.Errorf("a paper's number that is none: %v", err)
	}
	if again, _ := os.ReadFile(filepath.Join("results", "demo.json")); string(again) != string(content) {
		t.Error("results that were refused replaced those before")
	}
	if left, _ := filepath.Glob("results/*"); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
