package study_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"hillock/stdlib/study"
)

func TestSweepGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sweep")
	open := func() *study.Sweep {
		s, err := study.OpenSweep(path, []string{"embedding", "seed"}, []string{"score"})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	if s.Has("raw", 1) || s.Len() != 0 {
		t.Error("a new sweep has runs")
	}
	if err := s.Add([]float64{0.1}, "raw", 1); err != nil {
		t.Fatal(err)
	}
	s = open() // as after a kill
	if !s.Has("raw", 1) || s.Has("raw", 2) {
		t.Error("the opened sweep has other runs")
	}
	if v := s.Values("raw", 1); !slices.Equal(v, []float64{0.1}) || s.Values("raw", 2) != nil || s.Values("raw") != nil {
		t.Errorf("the opened sweep has the values %v", v)
	}
	if err := s.Add([]float64{-2.5e-7}, "features, few", 2); err != nil {
		t.Fatal(err)
	}
	if s.Add([]float64{1}, "raw", 1) == nil || s.Add([]float64{1, 2}, "raw", 3) == nil {
		t.Error("a run twice, or with too many values")
	}
	if got := open().String(); got != "embedding,seed,score\nraw,1,0.1\n\"features, few\",2,-2.5e-07\n" {
		t.Errorf("the table is %q", got)
	}
	content, err := os.ReadFile(path + ".arrow")
	if err != nil {
		t.Fatal(err)
	}
	file, err := ipc.NewFileReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	record, err := file.RecordBatch(0)
	if err != nil {
		t.Fatal(err)
	}
	if k := record.Column(0).(*array.String).Value(1); k != "features, few" {
		t.Errorf("the key in Arrow is %q", k)
	}
	if v := record.Column(2).(*array.Float64).Value(1); v != -2.5e-7 {
		t.Errorf("the value in Arrow is %v", v)
	}
	if _, err := study.OpenSweep(path, []string{"seed"}, []string{"score"}); err == nil {
		t.Error("a sweep with other columns was opened")
	}
	for path, keys := range map[string][]string{"": {"seed"}, path + "-new": nil} {
		if _, err := study.OpenSweep(path, keys, []string{"score"}); err == nil {
			t.Errorf("a sweep of the keys %q was opened at %q", keys, path)
		}
	}
}

// Two that add to one table at the same time, as two processes do, lose nothing of
// each other's.
func TestSweepIsShared(t *testing.T) {
	const runs = 20
	path := filepath.Join(t.TempDir(), "new", "sweep")
	var sweeps [2]*study.Sweep
	for i := range sweeps {
		s, err := study.OpenSweep(path, []string{"of", "seed"}, []string{"score"})
		if err != nil {
			t.Fatal(err)
		}
		sweeps[i] = s
	}
	var all sync.WaitGroup
	for i, s := range sweeps {
		all.Go(func() {
			for seed := range runs {
				if err := s.Add([]float64{float64(seed)}, i, seed); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for i, s := range sweeps {
		if other := 1 - i; !s.Has(other, 0) || !s.Has(other, runs-1) || s.Len() != 2*runs {
			t.Errorf("sweep %d has %d runs, and not those of the other:\n%s", i, s.Len(), s)
		}
	}

	// A run that both measured is there once, with what came first.
	if err := errors.Join(sweeps[0].Add([]float64{1}, "both", 1), sweeps[1].Add([]float64{2}, "both", 1)); err != nil {
		t.Error(err)
	}
	content, err := os.ReadFile(path + ".csv")
	if lines := strings.Count(string(content), "\n"); err != nil || lines != 2+2*runs || !strings.HasSuffix(string(content), "both,1,1\n") {
		t.Errorf("%v, %d lines: %s", err, lines, content)
	}
	table, err := os.Open(path + ".arrow")
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	file, err := ipc.NewFileReader(table)
	if err != nil {
		t.Fatal(err)
	}
	if record, err := file.RecordBatch(0); err != nil || record.NumRows() != 1+2*runs {
		t.Errorf("in Arrow are %d runs, %v", record.NumRows(), err)
	}
}

// Keys are in Arrow what they are to who reads the CSV: numbers and truths, where all
// of a column are.
func TestSweepKeepsTypesInArrow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sweep")
	s, err := study.OpenSweep(path, []string{"seed", "rate", "box", "density", "code", "mixed"}, []string{"score"})
	if err != nil {
		t.Fatal(err)
	}
	for i, key := range [][]any{{1, 0.5, true, "MAF", "007", 1}, {-2, 1e-7, false, "8", "8", "all"}, {3, 2, true, "", "1", 1.5}} {
		if err := s.Add([]float64{float64(i)}, key...); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.Open(path + ".arrow")
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	file, err := ipc.NewFileReader(content)
	if err != nil {
		t.Fatal(err)
	}
	record, err := file.RecordBatch(0)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"int64 [1 -2 3]", "float64 [0.5 1e-07 2]", "bool [true false true]", `utf8 ["MAF" "8" ""]`, `utf8 ["007" "8" "1"]`, `utf8 ["1" "all" "1.5"]`} {
		if got := fmt.Sprint(record.Column(i).DataType(), " ", record.Column(i)); got != want {
			t.Errorf("column %s is %s, want %s", record.ColumnName(i), got, want)
		}
	}
}

func TestSweepIsShownAsATable(t *testing.T) {
	s, err := study.OpenSweep(filepath.Join(t.TempDir(), "sweep"), []string{"density", "seed"}, []string{"score"})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range 61 {
		if err := s.Add([]float64{1.0 / 3}, "<a & b>", seed); err != nil {
			t.Fatal(err)
		}
	}
	shown := s.HTML()
	for _, want := range []string{"<tr><th>density</th><th>seed</th><th>score</th></tr>", "<tr><td>&lt;a &amp; b&gt;</td><td>29</td><td>0.3333</td></tr><tr><td>⋮</td>", "<td>60</td>", "<p>61 runs</p>"} {
		if !strings.Contains(shown, want) {
			t.Errorf("%s is not in %s", want, shown)
		}
	}
	if n := strings.Count(shown, "<tr>"); n != 1+30+1+5 {
		t.Errorf("%d rows are shown", n)
	}
}

// A run whose files can't be written is not in the table, and can be added later.
func TestSweepAfterAFailedWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sweep")
	s, err := study.OpenSweep(path, []string{"seed"}, []string{"score"})
	if err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{".arrow", ".csv"} {
		if err := os.Mkdir(path+ending, 0o755); err != nil { // in the file's place
			t.Fatal(err)
		}
		if s.Add([]float64{1}, 1) == nil || s.Has(1) || s.Len() != 0 {
			t.Errorf("with a folder in the place of %s, the table has %d runs", ending, s.Len())
		}
		if err := os.Remove(path + ending); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Add([]float64{1}, 1); err != nil || s.String() != "seed,score\n1,1\n" {
		t.Errorf("added again: %v, the table is %q", err, s)
	}
}
