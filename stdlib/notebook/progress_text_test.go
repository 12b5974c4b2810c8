package notebook

import "testing"

func TestRatesAreReadable(t *testing.T) {
	for x, want := range map[float64]string{99.7: "100", 99.4: "99", 1234.4: "1,234", 0.0123: "0.012"} {
		if got := significant(x); got != want {
			t.Errorf("%g is written %q, want %q", x, got, want)
		}
	}
}
