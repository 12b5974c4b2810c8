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

func TestTheTableReplacesOnlyWhatStandsBetweenItsLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	if err := os.WriteFile(path, []byte("# Before\n"+tableBegin+"old\n"+tableEnd+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := writeTable(path, []Result{{Name: "a", Unit: "ms", Ours: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	if !strings.HasPrefix(text, "# Before\n") || !strings.HasSuffix(text, "\nafter\n") || strings.Contains(text, "old") {
		t.Errorf("wrote %q", text)
	}
	if strings.Count(text, "| a | 1.00 ms |") != 1 {
		t.Errorf("the table is not there once: %q", text)
	}
	if err := os.WriteFile(path, []byte("no lines"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeTable(path, nil); err == nil {
		t.Error("a file without the table's lines is accepted")
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
