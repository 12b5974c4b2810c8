package bss2

import (
	"context"
	"testing"

	"hillock/internal/simd/simdtest"
)

// TestLevelsGiveTheSameBytes: plain Go, AVX2 and AVX-512 give the same recordings
// and spikes for odd numbers of trials, samples and points.
func TestLevelsGiveTheSameBytes(t *testing.T) {
	simdtest.SameAtAllLevels(t, func(give func([][]float64)) {
		neuron := NewChip(3, ChipOptions{}).Neuron(11)
		for _, n := range []int{1, 2, 3, 7, 8, 9, 17, 33, 65} {
			configs := Ranges8D().Draw(n, uint64(n))
			for _, e := range []Experiment{
				{Samples: 333}, {Samples: 1001, Points: 77}, {Samples: 2, Offset: 7.7}, {Samples: 999, Record: Adaptation, Repeats: 3},
			} {
				trials, err := neuron.RunAll(context.Background(), configs, e)
				if err != nil {
					t.Fatal(err)
				}
				give(trials.V)
				give(trials.Spikes)
			}
		}
	})
}
