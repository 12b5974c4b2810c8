package adex

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestDistances compares with elephant and PySpike (testdata/distances.py).
func TestDistances(t *testing.T) {
	data, err := os.ReadFile("testdata/distances.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		End   float64
		Cases []struct {
			A, B          []float64
			VictorPurpura map[string]float64 `json:"victor_purpura"`
			VanRossum     map[string]float64 `json:"van_rossum"`
			ISI, Spike    float64
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for i, c := range file.Cases {
		check := func(name string, want float64, distance func(a, b []float64) (float64, error)) {
			for _, pair := range [][2][]float64{{c.A, c.B}, {c.B, c.A}} {
				got, err := distance(pair[0], pair[1])
				// elephant clips van Rossum's squares, so that a distance of 0 is off by √1e-16.
				if err != nil || math.Abs(got-want) > 2e-7*max(1, want) {
					t.Errorf("case %d, %s: %.12g, %v; the other implementation has %.12g", i, name, got, err, want)
				}
			}
		}
		for q, want := range c.VictorPurpura {
			cost, _ := strconv.ParseFloat(q, 64)
			check("Victor–Purpura, q = "+q, want, func(a, b []float64) (float64, error) { return VictorPurpura(a, b, cost) })
		}
		for tau, want := range c.VanRossum {
			constant, _ := strconv.ParseFloat(tau, 64)
			check("van Rossum, τ = "+tau, want, func(a, b []float64) (float64, error) { return VanRossum(a, b, constant) })
		}
		check("ISI", c.ISI, func(a, b []float64) (float64, error) { return ISIDistance(a, b, 0, file.End) })
		check("SPIKE", c.Spike, func(a, b []float64) (float64, error) { return SpikeDistance(a, b, 0, file.End) })
	}
}

func TestDistanceLimits(t *testing.T) {
	a, b := []float64{1, 5, 9}, []float64{2, 5}
	if d, _ := VictorPurpura(a, b, math.Inf(1)); d != 3 { // one of 2 + 3 spikes coincides in both
		t.Errorf("Victor–Purpura with q = ∞: %g", d)
	}
	if d, _ := VictorPurpura(a, b, 0); d != 1 {
		t.Errorf("Victor–Purpura with q = 0: %g", d)
	}
	if d, _ := VanRossum(a, b, math.Inf(1)); d != 1 {
		t.Errorf("van Rossum with τ = ∞: %g", d)
	}
	if d, _ := VanRossum([]float64{3}, nil, 7); math.Abs(d-1) > 1e-15 {
		t.Errorf("van Rossum of one spike: %g", d)
	}
}

func TestDistanceErrors(t *testing.T) {
	for what, f := range map[string]func() (float64, error){
		"cost q":        func() (float64, error) { return VictorPurpura(nil, nil, -1) },
		"tau":           func() (float64, error) { return VanRossum(nil, nil, 0) },
		"ascend":        func() (float64, error) { return VanRossum([]float64{2, 1}, nil, 1) },
		"after the st":  func() (float64, error) { return ISIDistance(nil, nil, 1, 1) },
		"within 0 to 1": func() (float64, error) { return SpikeDistance([]float64{2}, nil, 0, 1) },
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
