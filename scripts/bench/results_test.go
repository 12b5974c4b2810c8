package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestResultsSurviveTheFile(t *testing.T) {
	peer, name := 3.9, "ipykernel 7"
	want := []Result{{"kernel/trivial-cell", "ms", 0.7, &peer, &name}, {"binary/size", "MB", 31.2, nil, nil}}
	path := filepath.Join(t.TempDir(), "results.json")
	if got, err := readResults(path); err != nil || got != nil {
		t.Fatalf("a file that is not there gives %v, %v", got, err)
	}
	if err := writeResults(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := readResults(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestMergeReplacesByNameAndKeepsTheRest(t *testing.T) {
	old := []Result{{Name: "a", Ours: 1}, {Name: "b", Ours: 2}}
	got := merge(old, []Result{{Name: "c", Ours: 3}, {Name: "a", Ours: 4}})
	want := []Result{{Name: "a", Ours: 4}, {Name: "b", Ours: 2}, {Name: "c", Ours: 3}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if old[0].Ours != 1 {
		t.Error("the old results were changed")
	}
}

// TestTablesAreThoseOfTheResults finds in both files what a run would write.
func TestTablesAreThoseOfTheResults(t *testing.T) {
	results, err := readResults("results.json")
	if err != nil || len(results) == 0 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	_, all, _ := strings.Cut(table(results), "\n\n") // the first line names the machine
	for file, want := range map[string]string{tableFile: all, summaryFile: summary(results)} {
		raw, err := os.ReadFile(filepath.Join("..", "..", file))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(raw), "\n"+want+"\n"+tableEnd) {
			t.Errorf("%s does not hold the table of scripts/bench/results.json; run go run ./scripts/bench binary", file)
		}
	}
	if rows := strings.Count(summary(results), "\n") - 2; rows != len(headline) {
		t.Errorf("the summary has %d rows; want %d", rows, len(headline))
	}
}

func TestNumbersHaveThreeSignificantDigits(t *testing.T) {
	for x, want := range map[float64]string{0.0123: "0.0123", 0.704: "0.704", 3.94: "3.94", 41.26: "41.3", 214.4: "214", 1234.5: "1234", 0: "0"} {
		if got := number(x); got != want {
			t.Errorf("number(%g) = %q, want %q", x, got, want)
		}
	}
}

func TestChooseNamesWhatThereIs(t *testing.T) {
	if _, err := choose([]string{"levitation"}); err == nil || !strings.Contains(err.Error(), "kernel") {
		t.Errorf("got %v", err)
	}
	chosen, err := choose([]string{"binary"})
	if err != nil || len(chosen) != 1 || chosen[0].name != "binary" {
		t.Errorf("got %v, %v", chosen, err)
	}
}
