package grouped

import "testing"

func TestIntHasACommaAtEveryThirdDigit(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", -999: "-999", -1000: "-1,000", 1234567: "1,234,567", -100000: "-100,000",
	} {
		if got := Int(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}
