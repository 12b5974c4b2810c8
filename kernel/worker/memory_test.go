package worker

import "testing"

// TestGarbageMayGatherWhereThereIsRoom: with little in use some 256 MB, and never
// more than a share of the limit; with much in use as ever.
func TestGarbageMayGatherWhereThereIsRoom(t *testing.T) {
	const mb = 1 << 20
	for _, c := range []struct {
		live, limit uint64
		want        int
	}{
		{0, 8000 * mb, 1600}, {10 * mb, 8000 * mb, 1600}, {40 * mb, 8000 * mb, 400}, {100 * mb, 8000 * mb, 200},
		{500 * mb, 8000 * mb, 100}, {40 * mb, 400 * mb, 100},
	} {
		if got := collectAt(c.live, c.limit); got != c.want {
			t.Errorf("collected at %d %% with %d MB in use of %d MB; want %d %%", got, c.live/mb, c.limit/mb, c.want)
		}
	}
}
