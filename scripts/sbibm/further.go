package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"gonum.org/v1/gonum/mat"

	"hillock/stdlib/sbi"
)

// further gives the benchmark's tasks that nothing here was developed on: Bernoulli
// GLM from its sufficient statistics and from the spikes themselves, SLCP with
// distractors, SIR and Lotka–Volterra. root is the repository's.
func further(root, name string) (task, error) {
	files := func(task, file string) string {
		return filepath.Join(taskFolder(root, task), file)
	}
	switch name {
	case "bernoulli_glm", "bernoulli_glm_raw":
		stimulus, err := stored(files("bernoulli_glm", "stimulus_I.pt"), -1, 100, 4)
		if err != nil {
			return task{}, err
		}
		if name == "bernoulli_glm" {
			return task{prior: smoothFilter(), simulator: bernoulliGLM(stimulus, true)}, nil
		}
		return task{prior: smoothFilter(), simulator: bernoulliGLM(stimulus, false), of: "bernoulli_glm", observation: "observation_raw.csv"}, nil
	case "slcp_distractors":
		d, err := loadDistractors(files("slcp", "gmm.torch"), files("slcp", "permutation_idx.torch"))
		if err != nil {
			return task{}, err
		}
		return task{prior: tasks["slcp"].prior, simulator: d.simulate, of: "slcp", observation: "observation_distractors.csv"}, nil
	case "sir":
		return task{prior: sbi.LogNormal([]float64{math.Log(0.4), math.Log(0.125)}, []float64{0.5, 0.2}), simulator: sir}, nil
	case "lotka_volterra":
		return task{prior: sbi.LogNormal([]float64{-0.125, -3, -0.125, -3}, filled(4, 0.5)), simulator: lotkaVolterra}, nil
	}
	return task{}, fmt.Errorf("no such task")
}

// smoothFilter is the prior of the GLM's offset and its filter of nine taps, whose
// second differences are small.
func smoothFilter() sbi.Prior {
	const taps = 9
	difference := mat.NewDense(taps, taps, nil)
	for i := range taps {
		difference.Set(i, i, 1)
		if i > 0 {
			difference.Set(i, i-1, -1)
		}
	}
	var f, precision, inverse mat.Dense
	f.Mul(difference, difference)
	for i := range taps {
		f.Set(i, i, f.At(i, i)+math.Sqrt(float64(i)/taps))
	}
	precision.Mul(f.T(), &f)
	if err := inverse.Inverse(&precision); err != nil {
		panic(err) // a constant matrix
	}
	covariance := make([][]float64, 1+taps)
	for i := range covariance {
		covariance[i] = make([]float64, 1+taps)
		for j := range taps {
			if i > 0 {
				covariance[i][1+j] = (inverse.At(i-1, j) + inverse.At(j, i-1)) / 2
			}
		}
	}
	covariance[0][0] = 2 // the offset's precision is ½
	return sbi.MultivariateNormal(filled(1+taps, 0), covariance)
}

// bernoulliGLM is spikes of a neuron whose rate follows from a filtered stimulus:
// their number and the stimulus averaged before them, or the spikes themselves.
func bernoulliGLM(stimulus []float64, sufficient bool) sbi.SimulatorFunc {
	return func(theta []float64, rng *rand.Rand) ([]float64, error) {
		spikes, sums := make([]float64, len(stimulus)), make([]float64, len(theta))
		for t := range stimulus {
			drive := theta[0]
			for j := range min(t+1, len(theta)-1) {
				drive += theta[1+j] * stimulus[t-j]
			}
			if rng.Float64()*(1+math.Exp(-drive)) >= 1 {
				continue
			}
			spikes[t] = 1
			sums[0]++
			for j := range min(t+1, len(theta)-1) {
				sums[1+j] += stimulus[t-j]
			}
		}
		if sufficient {
			return sums, nil
		}
		return spikes, nil
	}
}

// distractors are values that say nothing of the parameters: draws of a mixture of
// Student's t distributions, in among SLCP's data.
type distractors struct {
	means, roots []float64 // of the mixture's parts: 92 values, 92×92 values each
	order        []int
}

const (
	distractorParts = 20
	distractorCount = 92
)

// loadDistractors reads what PyTorch pickled.
func loadDistractors(mixture, permutation string) (*distractors, error) {
	d := &distractors{}
	var err error
	if d.means, err = stored(mixture, 1588, distractorParts*distractorCount, 8); err != nil {
		return nil, err
	}
	if d.roots, err = stored(mixture, -1, distractorParts*distractorCount*distractorCount, 8); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(permutation)
	if err != nil {
		return nil, fmt.Errorf("%w; run scripts/sbibm/fetch.sh first", err)
	}
	const n = 8 + distractorCount
	if len(raw) < 8*n {
		return nil, fmt.Errorf("%s: %d bytes; want a permutation of %d", permutation, len(raw), n)
	}
	for i := len(raw) - 8*n; i < len(raw); i += 8 {
		place := binary.LittleEndian.Uint64(raw[i:])
		if place >= n {
			return nil, fmt.Errorf("%s: place %d; want one below %d", permutation, place, n)
		}
		d.order = append(d.order, int(place))
	}
	return d, nil
}

// simulate is SLCP's data among the distractors.
func (d *distractors) simulate(theta []float64, rng *rand.Rand) ([]float64, error) {
	data, err := slcp(theta, rng)
	if err != nil {
		return nil, err
	}
	part := rng.IntN(distractorParts)
	mean, root := d.means[part*distractorCount:], d.roots[part*distractorCount*distractorCount:]
	wide := 1 / math.Sqrt(rng.ExpFloat64()) // χ² of two degrees of freedom, halved
	z := make([]float64, distractorCount)
	for i := range z {
		z[i] = rng.NormFloat64() * wide
		x := mean[i]
		for j := range i + 1 {
			x += root[i*distractorCount+j] * z[j]
		}
		data = append(data, x)
	}
	x := make([]float64, len(data))
	for i, from := range d.order {
		x[i] = data[from]
	}
	return x, nil
}

// stored reads n numbers of a width in bytes that PyTorch pickled: those whose
// count stands at an offset, or, below 0, those at the end of the file.
func stored(path string, at, n, width int) ([]float64, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w; run scripts/sbibm/fetch.sh first", err)
	}
	if at < 0 {
		at = len(raw) - n*width - 8
	}
	if at < 0 || at+8+n*width > len(raw) || binary.LittleEndian.Uint64(raw[at:]) != uint64(n) {
		return nil, fmt.Errorf("%s: no %d numbers of %d bytes at %d", path, n, width, at)
	}
	out := make([]float64, n)
	for i := range out {
		from := raw[at+8+i*width:]
		if width == 4 {
			out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(from)))
			continue
		}
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(from))
	}
	return out, nil
}

// sir is the share of infected in ten samples of a thousand, 17 days apart, in an
// epidemic that begins with one of a million.
func sir(theta []float64, rng *rand.Rand) ([]float64, error) {
	const people, days, tests = 1e6, 17, 1000
	beta, gamma := theta[0], theta[1]
	u := [2]float64{people - 1, 1} // susceptible, infected
	flow := func(u [2]float64) [2]float64 {
		infections := beta * u[0] * u[1] / people
		return [2]float64{-infections, infections - gamma*u[1]}
	}
	x := make([]float64, 10)
	for i := range x {
		if i > 0 {
			u = integrate(flow, u, days, 500)
		}
		p := min(max(u[1]/people, 0), 1)
		for range tests {
			if rng.Float64() < p {
				x[i]++
			}
		}
	}
	return x, nil
}

// lotkaVolterra is the numbers of prey and predators, ten each over twenty days,
// known to a tenth.
func lotkaVolterra(theta []float64, rng *rand.Rand) ([]float64, error) {
	const every = 2.1 // days
	u := [2]float64{math.Log(30), 0}
	flow := func(u [2]float64) [2]float64 { // of the logarithms
		return [2]float64{theta[0] - theta[1]*math.Exp(u[1]), -theta[2] + theta[3]*math.Exp(u[0])}
	}
	x := make([]float64, 20)
	for i := range 10 {
		if i > 0 {
			u = integrate(flow, u, every, 600)
		}
		for k, log := range u {
			x[10*k+i] = min(max(math.Exp(log), 1e-10), 1e4) * math.Exp(0.1*rng.NormFloat64())
		}
	}
	return x, nil
}

// integrate solves u' = flow(u) over a time by steps of Runge and Kutta.
func integrate(flow func([2]float64) [2]float64, u [2]float64, time float64, steps int) [2]float64 {
	h := time / float64(steps)
	ahead := func(u, k [2]float64, h float64) [2]float64 { return [2]float64{u[0] + h*k[0], u[1] + h*k[1]} }
	for range steps {
		a := flow(u)
		b := flow(ahead(u, a, h/2))
		c := flow(ahead(u, b, h/2))
		d := flow(ahead(u, c, h))
		for i := range u {
			u[i] += h / 6 * (a[i] + 2*b[i] + 2*c[i] + d[i])
		}
	}
	return u
}
