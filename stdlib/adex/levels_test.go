package adex

import (
	"context"
	"testing"

	"hillock/internal/simd/simdtest"
)

// TestLevelsGiveTheSameBytes: plain Go, AVX2 and AVX-512 give the same traces and
// spikes for batches, lengths and recordings of odd sizes.
func TestLevelsGiveTheSameBytes(t *testing.T) {
	simdtest.SameAtAllLevels(t, func(give func([][]float64)) {
		for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 9, 31, 63, 64, 65, 130} {
			sets := Draw(n, Table2(), uint64(n))
			sets[n/2].Refractory = 0.37
			for _, o := range []Options{
				{RecordW: true}, {RecordEvery: 3, RecordW: true}, {SpikesOnly: true}, {Dt: 0.013, Start: &State{V: -61, W: 30}},
			} {
				for _, runtime := range []float64{0.01, 0.63, 7.77, 30} {
					b, err := SimulateBatch(context.Background(), sets, Step{I: 2000, Onset: 0.1, Runtime: runtime, Offset: 0.07}, o)
					if err != nil {
						t.Fatal(err)
					}
					give(b.V)
					give(b.W)
					give(b.Spikes)
				}
			}
		}
	})
}
