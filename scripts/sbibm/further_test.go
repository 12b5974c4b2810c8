package main

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestFurtherTasksAreThoseOfTheBenchmark compares with what can be computed without
// simulating.
func TestFurtherTasksAreThoseOfTheBenchmark(t *testing.T) {
	const n = 4000
	rng := rand.New(rand.NewPCG(1, 1))
	mean := func(simulate func() ([]float64, error)) []float64 {
		var sum []float64
		for range n {
			x, err := simulate()
			if err != nil {
				t.Fatal(err)
			}
			if sum == nil {
				sum = make([]float64, len(x))
			}
			for i, v := range x {
				sum[i] += v / n
			}
		}
		return sum
	}

	// Spikes are independent, with probabilities that the filtered stimulus gives.
	stimulus, theta := []float64{1, -0.5, 2, 0.3, -1}, []float64{-0.3, 1, 0.5, 0, 0, 0, 0, 0, 0, 0}
	spikes := mean(func() ([]float64, error) { return bernoulliGLM(stimulus, false)(theta, rng) })
	sums := mean(func() ([]float64, error) { return bernoulliGLM(stimulus, true)(theta, rng) })
	number, average := 0.0, 0.0
	for i, got := range spikes {
		drive := -0.3 + stimulus[i]
		if i > 0 {
			drive += 0.5 * stimulus[i-1]
			average += stimulus[i-1] / (1 + math.Exp(-drive))
		}
		want := 1 / (1 + math.Exp(-drive))
		number += want
		if math.Abs(got-want) > 5*math.Sqrt(want*(1-want)/n) {
			t.Errorf("spike %d with probability %.3f, want %.3f", i, got, want)
		}
	}
	if math.Abs(sums[0]-number) > 0.1 || math.Abs(sums[2]-average) > 0.2 || len(sums) != 10 {
		t.Errorf("%.3f spikes and %.3f before them, want %.3f and %.3f", sums[0], sums[2], number, average)
	}

	// Before many are infected, they grow exponentially.
	infected := mean(func() ([]float64, error) { return sir([]float64{0.5, 0.12}, rng) })
	if want := math.Exp(17*0.38) / 1000; math.Abs(infected[1]-want) > 5*math.Sqrt(want/n) {
		t.Errorf("%.4f infected after 17 days, want %.4f", infected[1], want)
	}

	// Without predation, prey grows and predators die exponentially.
	animals := mean(func() ([]float64, error) { return lotkaVolterra([]float64{0.1, 0, 0.2, 0}, rng) })
	widening := math.Exp(0.01 / 2) // the mean of log-normal noise
	for i, want := range []float64{30 * math.Exp(0.21*9) * widening, math.Exp(-0.42*9) * widening} {
		if got := animals[10*i+9]; math.Abs(got/want-1) > 0.01 {
			t.Errorf("%.4f animals of kind %d in the end, want %.4f", got, i, want)
		}
	}
}

// TestIntegrationKeepsWhatTheEquationsKeep follows Lotka and Volterra's animals
// around: δx − γ ln x + βy − α ln y stays the same.
func TestIntegrationKeepsWhatTheEquationsKeep(t *testing.T) {
	const alpha, beta, gamma, delta = 0.9, 0.05, 0.9, 0.05
	flow := func(u [2]float64) [2]float64 {
		return [2]float64{alpha - beta*math.Exp(u[1]), -gamma + delta*math.Exp(u[0])}
	}
	kept := func(u [2]float64) float64 {
		return delta*math.Exp(u[0]) - gamma*u[0] + beta*math.Exp(u[1]) - alpha*u[1]
	}
	u := [2]float64{math.Log(30), 0}
	begin := kept(u)
	for range 9 {
		u = integrate(flow, u, 2.1, 600)
		if math.Abs(kept(u)-begin) > 1e-6*math.Abs(begin) {
			t.Errorf("what is kept went from %g to %g", begin, kept(u))
		}
	}
}

// TestFilterIsSmoothByItsPrior computes the density by the filter's differences.
func TestFilterIsSmoothByItsPrior(t *testing.T) {
	prior := smoothFilter()
	if err := prior.Err(); err != nil {
		t.Fatal(err)
	}
	const taps = 9
	rng := rand.New(rand.NewPCG(1, 1))
	origin := prior.LogProb(filled(1+taps, 0))
	for range 20 {
		theta := make([]float64, 1+taps)
		for i := range theta {
			theta[i] = rng.NormFloat64()
		}
		h := theta[1:]
		before := func(i int) float64 {
			if i < 0 {
				return 0
			}
			return h[i]
		}
		want := theta[0] * theta[0] / 2
		for i := range h {
			rough := h[i] - 2*before(i-1) + before(i-2) + math.Sqrt(float64(i)/taps)*h[i]
			want += rough * rough
		}
		if got := -2 * (prior.LogProb(theta) - origin); math.Abs(got-want) > 1e-9*want {
			t.Errorf("−2 log-density %g, want %g", got, want)
		}
	}
}

func TestDistractorsStandAmongTheData(t *testing.T) {
	d := &distractors{means: make([]float64, distractorParts*distractorCount), roots: make([]float64, distractorParts*distractorCount*distractorCount)}
	for i := range d.means {
		d.means[i] = 100 + float64(i%distractorCount)
	}
	for part := range distractorParts {
		for i := range distractorCount {
			d.roots[(part*distractorCount+i)*distractorCount+i] = 1e-3
		}
	}
	for i := range 100 {
		d.order = append(d.order, 99-i)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	var beyond, n int
	for range 200 {
		x, err := d.simulate([]float64{7, -7, 0.01, 0.01, 0}, rng)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range x[:distractorCount] {
			off := math.Abs(v - 100 - float64(distractorCount-1-i))
			if n++; off > 1e-3*1.886 { // beyond the 90 % quantile of two degrees of freedom, on either side
				beyond++
			}
		}
		for i, v := range x[distractorCount:] {
			if want := []float64{-7, 7}[i%2]; math.Abs(v-want) > 0.01 {
				t.Fatalf("value %d of SLCP is %g, want %g", i, v, want)
			}
		}
	}
	if share := float64(beyond) / float64(n); math.Abs(share-0.2) > 0.05 {
		t.Errorf("%.3f of the distractors lie in the tails, want 0.2", share)
	}
}

func TestStoredNumbersAreFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	raw := []byte("something before")
	at := len(raw)
	raw = binary.LittleEndian.AppendUint64(raw, 2)
	raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(1.5))
	raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(-2))
	raw = append(raw, "between"...)
	raw = binary.LittleEndian.AppendUint64(raw, 1)
	raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(0.25))
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := stored(path, at, 2, 8); err != nil || !slices.Equal(got, []float64{1.5, -2}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := stored(path, -1, 1, 4); err != nil || !slices.Equal(got, []float64{0.25}) {
		t.Errorf("%v, %v", got, err)
	}
	for _, c := range [][3]int{{at, 3, 8}, {-1, 1, 8}, {-1, 100, 8}, {1000, 1, 4}} {
		if got, err := stored(path, c[0], c[1], c[2]); err == nil {
			t.Errorf("%v: %v is found", c, got)
		}
	}
}
