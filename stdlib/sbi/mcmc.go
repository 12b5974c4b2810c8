package sbi

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"hillock/stdlib/notebook"
)

// MCMCOptions are the options of SampleMCMC. The zero value suits posteriors of a
// few parameters.
type MCMCOptions struct {
	Chains int    // that run side by side; 0 means 20
	Warmup int    // steps of each chain that are thrown away; 0 means 50
	Thin   int    // steps from one kept draw to the next; 0 means 2
	Seed   uint64 // of all draws
}

// potential is a log-density, up to a constant, of rows of dim values; −Inf where
// there is no mass.
type potential func(points []float32) ([]float64, error)

// SampleMCMC draws n parameter vectors by slice sampling (Neal 2003,
// https://doi.org/10.1214/aos/1056562461), one parameter after another in the
// estimator's space, with the prior's support as the limit. It is slower than
// Sample, and the draws of a chain depend on one another, but no leakage slows it
// down. Samples.RHat says how well the chains agree: above 1.05 they should run
// longer.
func (p *Posterior) SampleMCMC(ctx context.Context, n int, o MCMCOptions) (*Samples, error) {
	if err := p.made(); err != nil {
		return nil, err
	}
	for _, d := range []struct {
		value *int
		usual int
	}{{&o.Chains, 20}, {&o.Warmup, 50}, {&o.Thin, 2}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	if n < 1 || o.Chains < 1 || o.Warmup < 0 || o.Thin < 1 {
		return nil, fmt.Errorf("sbi: MCMC of %d draws with %d chains, %d steps of warm-up, every %d kept; want them above 0", n, o.Chains, o.Warmup, o.Thin)
	}
	dim := p.prior.Dim()
	walk := &sliceWalk{dim: dim, chains: o.Chains, at: make([]float32, o.Chains*dim), rng: rand.New(rand.NewPCG(o.Seed, 0x51ce)), potential: p.inFlowSpace(ctx)}
	if err := walk.begin(ctx, p); err != nil {
		return nil, err
	}
	s := &Samples{Names: p.Names(), Acceptance: 1, Log: logScales(p.prior)}
	perChain := (n + o.Chains - 1) / o.Chains
	bar := notebook.NewProgress(notebook.ProgressOptions{Total: o.Warmup + perChain*o.Thin, Label: "MCMC", After: progressAfter})
	defer bar.Done()
	for step := -o.Warmup; step < perChain*o.Thin; step++ {
		if err := walk.step(ctx); err != nil {
			return nil, err
		}
		bar.Add(1)
		if step < 0 || step%o.Thin != 0 {
			continue
		}
		for c := range o.Chains {
			theta := make([]float64, dim)
			p.warp.fromFlow(walk.at[c*dim:][:dim], theta)
			s.Values = append(s.Values, theta)
		}
	}
	s.RHat = rHat(s.Values, o.Chains)
	s.Values = s.Values[:n]
	return s, nil
}

// inFlowSpace is the posterior's potential over the flow's space.
func (p *Posterior) inFlowSpace(ctx context.Context) potential {
	dim := p.prior.Dim()
	theta := make([]float64, dim)
	return func(points []float32) ([]float64, error) {
		logs, err := p.flowSpaceLogProb(ctx, points)
		for i := range logs {
			p.warp.fromFlow(points[i*dim:][:dim], theta)
			if !Within(p.prior, theta) {
				logs[i] = math.Inf(-1)
			}
		}
		return logs, err
	}
}

// sliceWalk is a set of chains of coordinate-wise slice sampling.
type sliceWalk struct {
	dim, chains int
	at          []float32 // where the chains are
	logs        []float64 // the potential there
	rng         *rand.Rand
	potential   potential
}

// begin puts the chains on draws of the prior, chosen by their density: they need
// not lie where a leaking flow's own draws do.
func (w *sliceWalk) begin(ctx context.Context, p *Posterior) error {
	const tries = 200 // a chain
	draws, err := drawFrom(ctx, p.prior, w.chains*tries, w.rng)
	if err != nil {
		return err
	}
	u := make([]float32, len(draws)*w.dim)
	for i, theta := range draws {
		p.warp.toFlow(theta, u[i*w.dim:][:w.dim])
	}
	logs, err := w.potential(u)
	if err != nil {
		return err
	}
	w.logs = make([]float64, w.chains)
	for c := range w.chains {
		best, top := 0, math.Inf(-1)
		for k := c * tries; k < (c+1)*tries; k++ {
			// The largest of log-densities with Gumbel noise is a draw by density.
			if v := logs[k] - math.Log(-math.Log(w.rng.Float64())); v > top {
				best, top = k, v
			}
		}
		copy(w.at[c*w.dim:][:w.dim], u[best*w.dim:])
		w.logs[c] = logs[best]
		if math.IsInf(logs[best], -1) {
			return fmt.Errorf("sbi: MCMC finds no point of the prior with any posterior density")
		}
	}
	return nil
}

// step updates every coordinate of every chain once.
func (w *sliceWalk) step(ctx context.Context) error {
	for d := range w.dim {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.coordinate(d); err != nil {
			return err
		}
	}
	return nil
}

// interval is a chain's slice along a coordinate.
type interval struct {
	height      float64
	left, right float32
	leftDone    bool
	rightDone   bool
	done        bool
}

// coordinate moves all chains along coordinate d: intervals of random position
// grow until both ends lie below the slice, then shrink to an accepted point.
func (w *sliceWalk) coordinate(d int) error {
	const width, growth = 1, 20 // of an interval, in standard deviations; steps at most
	all := make([]interval, w.chains)
	for c := range all {
		x := w.at[c*w.dim+d]
		left := x - width*w.rng.Float32()
		all[c] = interval{height: w.logs[c] - w.rng.ExpFloat64(), left: left, right: left + width}
	}
	for range growth {
		_, err := w.try(d, all, func(v *interval) []float32 {
			switch {
			case v.leftDone && v.rightDone:
				return nil
			case v.leftDone:
				return []float32{v.right}
			case v.rightDone:
				return []float32{v.left}
			}
			return []float32{v.left, v.right}
		}, func(c int, x float32, log float64) {
			v := &all[c]
			above := log > v.height
			if x == v.left && !v.leftDone {
				v.leftDone = !above
				if above {
					v.left -= width
				}
				return
			}
			v.rightDone = !above
			if above {
				v.right += width
			}
		})
		if err != nil {
			return err
		}
	}
	for {
		tried, err := w.try(d, all, func(v *interval) []float32 {
			if v.done {
				return nil
			}
			return []float32{v.left + (v.right-v.left)*w.rng.Float32()}
		}, func(c int, x float32, log float64) {
			v, from := &all[c], w.at[c*w.dim+d]
			switch {
			case log > v.height || v.right-v.left < 1e-6:
				if log > v.height {
					w.at[c*w.dim+d], w.logs[c] = x, log
				}
				v.done = true
			case x < from:
				v.left = x
			default:
				v.right = x
			}
		})
		if err != nil || tried == 0 {
			return err
		}
	}
}

// try evaluates, for every chain, the places of coordinate d that it asks for, all
// in one batch, and hands the results on.
func (w *sliceWalk) try(d int, all []interval, places func(v *interval) []float32, result func(c int, x float32, log float64)) (int, error) {
	var points, xs []float32
	var chains []int
	for c := range all {
		for _, x := range places(&all[c]) {
			points = append(points, w.at[c*w.dim:][:w.dim]...)
			points[len(points)-w.dim+d] = x
			xs, chains = append(xs, x), append(chains, c)
		}
	}
	if len(xs) == 0 {
		return 0, nil
	}
	logs, err := w.potential(points)
	if err != nil {
		return 0, err
	}
	for i, c := range chains {
		result(c, xs[i], logs[i])
	}
	return len(xs), nil
}

// rHat is the split potential scale reduction of every parameter (Gelman et al.
// 2013, section 11.4), for draws that go round the chains.
func rHat(values [][]float64, chains int) []float64 {
	length := len(values) / chains / 2
	if length < 2 {
		return nil
	}
	out := make([]float64, len(values[0]))
	for d := range out {
		var means, variances []float64
		for c := range chains {
			for half := range 2 {
				mean, squares := 0.0, 0.0
				for k := range length {
					mean += values[(half*length+k)*chains+c][d] / float64(length)
				}
				for k := range length {
					e := values[(half*length+k)*chains+c][d] - mean
					squares += e * e
				}
				means, variances = append(means, mean), append(variances, squares/float64(length-1))
			}
		}
		grand, within, between := average(means), average(variances), 0.0
		for _, m := range means {
			between += (m - grand) * (m - grand) / float64(len(means)-1)
		}
		out[d] = math.Sqrt((float64(length-1)/float64(length)*within + between) / math.Max(within, 1e-300))
	}
	return out
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(len(x), 1))
}
