package viz

import "testing"

// Names that don't fit side by side are turned, others are not.
func TestLongNamesAreTurned(t *testing.T) {
	for name, turned := range map[string]bool{"a": false, "retrained encoder, frozen flow": true} {
		var names []string
		var values [][]float64
		for range 6 {
			names, values = append(names, name), append(values, []float64{1, 2})
		}
		p, err := Boxes(names, values, Labels{})
		if err != nil {
			t.Fatal(err)
		}
		if got := p.X.Tick.Label.Rotation > 0; got != turned {
			t.Errorf("six names %q: turned %v, want %v", name, got, turned)
		}
	}
}
