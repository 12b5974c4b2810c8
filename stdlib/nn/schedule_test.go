package nn

import "testing"

func TestScheduleWarmsUpStaysAndDecays(t *testing.T) {
	s := Schedule{WarmUpBatches: 2000, WarmUpEvery: 100, DecayFrom: 70, Decay: 0.9}
	last := 0.0
	for batch := range 2000 {
		rate := s.Rate(1e-4, batch, 0)
		if rate >= 1e-4 || rate < last || batch%100 != 0 && rate != last {
			t.Fatalf("batch %d: rate %g after %g", batch, rate, last)
		}
		last = rate
	}
	for _, c := range []struct {
		batch, epoch int
		want         float64
	}{{2000, 0, 1e-4}, {400_000, 70, 1e-4}, {400_000, 71, 0.9e-4}, {400_000, 72, 0.81e-4}} {
		if got := s.Rate(1e-4, c.batch, c.epoch); got-c.want > 1e-18 || c.want-got > 1e-18 {
			t.Errorf("batch %d of epoch %d: rate %g, want %g", c.batch, c.epoch, got, c.want)
		}
	}
}
