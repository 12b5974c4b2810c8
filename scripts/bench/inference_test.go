package main

import (
	"testing"

	"hillock/stdlib/sbi"
)

// TestStepsAreOfTheRoundThatTheyName: a step with atoms is one of a second round.
func TestStepsAreOfTheRoundThatTheyName(t *testing.T) {
	data, err := newInferenceData(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, atomic := range []bool{false, true} {
		if _, err := data.step(sbi.MAF{Transforms: 1, Blocks: 1, Hidden: 4}, 200, atomic)(t.Context(), 0); err != nil {
			t.Errorf("atoms: %t: %v", atomic, err)
		}
	}
}
