package adex

import (
	"context"
	"reflect"
	"testing"
)

// TestReuse: a batch in the memory of another has the bytes of one in its own, be
// the other larger, smaller or of other options, and is in that memory where it
// fits.
func TestReuse(t *testing.T) {
	ctx, step := context.Background(), Step{I: 2000, Runtime: 20}
	simulate := func(n int, seed uint64, o Options) *Batch {
		t.Helper()
		b, err := SimulateBatch(ctx, Draw(n, Table2(), seed), step, o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, n := range []int{3, 64, 100, 130} {
		for _, o := range []Options{{}, {RecordW: true}, {SpikesOnly: true}, {RecordEvery: 7}} {
			old := simulate(100, 1, o)
			want := simulate(n, 2, o)
			o.Reuse = old
			got := simulate(n, 2, o)
			if !reflect.DeepEqual(got.V, want.V) || !reflect.DeepEqual(got.W, want.W) || !reflect.DeepEqual(got.Spikes, want.Spikes) {
				t.Fatalf("%d runs with %+v differ in reused memory", n, o)
			}
			if n <= 64 && got.V != nil && &got.V[0][0] != &old.V[0][0] {
				t.Errorf("%d runs with %+v do not reuse the memory", n, o)
			}
		}
	}
}
