package viz

import (
	"math"
	"testing"
)

// TestRecoveryLeavesOutWhatIsNotFinite and says the correlation of the rest.
func TestRecoveryLeavesOutWhatIsNotFinite(t *testing.T) {
	nan := math.NaN()
	truths := [][]float64{{1}, {2}, {3}, {nan}, {5}}
	means := [][]float64{{2}, {4}, {6}, {1}, {math.Inf(1)}}
	deviations := [][]float64{{1}, {1}, {1}, {1}, {1}}
	f, err := Recovery([]string{"a"}, truths, means, deviations)
	if err != nil {
		t.Fatal(err)
	}
	says(t, f, "a r = 1.00")
	if _, err := Recovery([]string{"a"}, [][]float64{{nan}, {nan}}, means[:2], deviations[:2]); err == nil {
		t.Error("no finite case is drawn")
	}
}
