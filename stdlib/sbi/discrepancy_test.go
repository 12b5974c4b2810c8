package sbi

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"
)

// TestMMD compares with the definition, pair by pair.
func TestMMD(t *testing.T) {
	a, b, far := gaussians(300, 0, 1, 1), gaussians(200, 0, 1, 2), gaussians(200, 1.5, 1, 3)
	k := gaussianKernel(append(append([][]float64(nil), a...), far...))
	mean := func(a, b [][]float64, same bool) float64 {
		sum, n := 0.0, 0.0
		for i := range a {
			for j := range b {
				if !same || i != j {
					sum, n = sum+k.of(a[i], b[j]), n+1
				}
			}
		}
		return sum / n
	}
	same, err := MMD(t.Context(), a, b, MMDOptions{})
	if err != nil {
		t.Fatal(err)
	}
	other, err := MMD(t.Context(), a, far, MMDOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := mean(a, a, true) + mean(far, far, true) - 2*mean(a, far, false); math.Abs(other.Distance-want) > 1e-6 {
		t.Errorf("MMD² %g, want %g", other.Distance, want)
	}
	if math.Abs(same.Distance) > 0.02 || same.P < 0.05 || other.P != 1./201 {
		t.Errorf("%v of one distribution, %v of two", same, other)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if again, err := MMD(t.Context(), a, far, MMDOptions{}); err != nil || again != other {
		t.Errorf("%v, %v on one core, %v on more", again, err, other)
	}
}

// TestMMDRejectsAsOftenAsItSays has two sets of different sizes from one distribution.
func TestMMDRejectsAsOftenAsItSays(t *testing.T) {
	const times = 400
	below := 0
	for i := range times {
		d, err := MMD(t.Context(), gaussians(15, 0, 1, uint64(2*i)), gaussians(25, 0, 1, uint64(2*i+1)), MMDOptions{Permutations: 99, Seed: uint64(i)})
		if err != nil {
			t.Fatal(err)
		}
		if d.P <= 0.1 {
			below++
		}
	}
	if share := float64(below) / times; math.Abs(share-0.1) > 0.045 {
		t.Errorf("%.3f of the p-values are 0.1 or less", share)
	}
}

func TestMMDRefusesAndStops(t *testing.T) {
	a := gaussians(100, 0, 1, 1)
	for _, b := range [][][]float64{nil, a[:1], {{1}, {2}}, {{1, 2}, {1, math.NaN()}}} {
		if _, err := MMD(t.Context(), a, b, MMDOptions{}); err == nil {
			t.Errorf("%v is taken", b)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := MMD(ended, a, a, MMDOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v after the end of ctx", err)
	}
	if d, err := MMD(t.Context(), a, a, MMDOptions{Permutations: -1}); err != nil || !math.IsNaN(d.P) {
		t.Errorf("%v, %v without permutations", d, err)
	}
}
