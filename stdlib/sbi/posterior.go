package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/nn"
)

// Posterior is the distribution of the parameters given an observation.
type Posterior struct {
	prior       Prior
	kind        Density
	warp        *warp
	flow        flow
	context     []float32
	observation []float64
	remark      string // of the inference on the observation; "" for none
	seed        uint64
	logAccepted float64 // log of the share of the flow's mass within the prior; 0 until estimated
	estimated   bool
	estimating  sync.Mutex // both
}

// Samples are draws of parameters.
type Samples struct {
	Names      []string    // of the parameters; missing ones are θ1, θ2, …
	Values     [][]float64 // one parameter vector a draw
	Acceptance float64     // share of the raw draws that lay within the prior
	RHat       []float64   // agreement of the chains for each parameter; nil without SampleMCMC
	// Log has the parameters whose prior is uniform or normal in the logarithm, which
	// figures show on a logarithmic axis; nil for none.
	Log []bool
}

// Logarithmic gives Log, for figures.
func (s *Samples) Logarithmic() []bool {
	if s == nil {
		return nil
	}
	return s.Log
}

// NewSamples draws n parameter vectors of a prior, or of any distribution that is
// one. It fails when the prior is wrong, n below 0, or no draws can be found.
func NewSamples(p Prior, n int, seed uint64) (*Samples, error) {
	draws, err := drawSeed(context.Background(), p, n, seed)
	if err != nil {
		return nil, err
	}
	return &Samples{Names: p.Names(), Values: draws, Acceptance: 1, Log: logScales(p)}, nil
}

// drawn is the samples, none where they are nil.
func (s *Samples) drawn() *Samples {
	if s == nil {
		return &Samples{}
	}
	return s
}

// Len is the number of draws.
func (s *Samples) Len() int { return len(s.drawn().Values) }

// named are the names of all parameters.
func (s *Samples) named() []string {
	if len(s.Values) == 0 || len(s.Names) >= len(s.Values[0]) {
		return s.Names
	}
	return namesOf(len(s.Values[0]), s.Names)
}

// odd is the first draw that has not a value for every name; -1 where all have.
func (s *Samples) odd() int {
	n := len(s.named())
	return slices.IndexFunc(s.Values, func(v []float64) bool { return len(v) != n })
}

// Column gives the draws of parameter i, without those that have no such parameter.
func (s *Samples) Column(i int) []float64 {
	s = s.drawn()
	column := make([]float64, 0, len(s.Values))
	for _, v := range s.Values {
		if i >= 0 && i < len(v) {
			column = append(column, v[i])
		}
	}
	return column
}

// Mean is the mean of every parameter's draws; nil without draws.
func (s *Samples) Mean() []float64 {
	mean, _ := s.moments()
	return mean
}

// Std is the standard deviation of every parameter's draws; nil without draws.
func (s *Samples) Std() []float64 {
	_, std := s.moments()
	return std
}

func (s *Samples) moments() (means, stds []float64) {
	if s.Len() == 0 {
		return nil, nil
	}
	for i := range s.Values[0] {
		mean, std := stat.PopMeanStdDev(s.Column(i), nil)
		means, stds = append(means, mean), append(stds, std)
	}
	return means, stds
}

// Columns gives the parameters' names and the draws of each, for plots.
func (s *Samples) Columns() (names []string, values [][]float64) {
	s = s.drawn()
	names = s.named()
	for i := range names {
		values = append(values, s.Column(i))
	}
	return names, values
}

// String gives the number of draws, how well chains agree, and every parameter's mean, deviation and
// quantiles.
func (s *Samples) String() string {
	s = s.drawn()
	names := s.named()
	text := fmt.Sprintf("%d samples of %s", len(s.Values), strings.Join(names, ", "))
	if i := s.odd(); i >= 0 {
		return fmt.Sprintf("%s (draw %d has %d values; want %d, one for every name)", text, i, len(s.Values[i]), len(names))
	}
	if leaks := s.leaks(); leaks != "" {
		way := "the rest was rejected; train with Truncated rounds, or sample by SampleMCMC"
		if s.Acceptance < leastAcceptance {
			way = "these come from SampleMCMC instead; train with Truncated rounds"
		}
		text += fmt.Sprintf(" (warning: %s, %s)", leaks, way)
	}
	if len(s.RHat) > 0 {
		text += fmt.Sprintf(" (R-hat of the chains at most %.3f", slices.Max(s.RHat))
		if apart := s.apart(); apart != "" {
			text += "; warning: " + apart + "; raise MCMCOptions.Warmup and Thin, or draw more"
		}
		text += ")"
	}
	if s.Len() == 0 {
		return text
	}
	width := 8
	for _, name := range names {
		width = max(width, utf8.RuneCountInString(name))
	}
	text += fmt.Sprintf("\n%-*s %10s %10s %10s %10s %10s", width, "", "mean", "std", "5 %", "median", "95 %")
	mean, std := s.moments()
	for i, name := range names {
		column := s.Column(i)
		text += fmt.Sprintf("\n%-*s %10.4g %10.3g", width, name, mean[i], std[i])
		for _, q := range []float64{0.05, 0.5, 0.95} {
			text += fmt.Sprintf(" %10.4g", quantile(column, q))
		}
	}
	return text
}

// Warning says in a few words why the draws may be off; "" for nothing. It stands above
// a pair plot of them.
func (s *Samples) Warning() string {
	s = s.drawn()
	var parts []string
	for _, part := range []string{s.leaks(), s.apart()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

// leaks says that few raw draws lay within the prior; "" where enough did.
func (s *Samples) leaks() string {
	if s.Acceptance <= 0 || s.Acceptance >= lowAcceptance {
		return ""
	}
	return fmt.Sprintf("only %.2g %% of the draws lie within the prior", 100*s.Acceptance)
}

// apart says that the chains found different distributions; "" where they agree.
func (s *Samples) apart() string {
	if len(s.RHat) == 0 || slices.Max(s.RHat) <= convergedRHat {
		return ""
	}
	return "the chains don't agree yet"
}

// lowAcceptance is the share of draws within the prior below which a warning is
// given.
const lowAcceptance = 0.01

// convergedRHat is the R-hat above which chains are said to disagree.
const convergedRHat = 1.05

// leastAcceptance is the share below which draws are no longer rejected.
const leastAcceptance = 1e-4

// Distribution is a distribution of parameters given an observation: a Posterior,
// an Ensemble, or one of your own.
type Distribution interface {
	// Names are the parameters' names.
	Names() []string
	// Prior is the prior that it belongs to.
	Prior() Prior
	// SampleSeed draws n parameter vectors from a seed.
	SampleSeed(ctx context.Context, n int, seed uint64) (*Samples, error)
	// LogProb gives the logarithm of the density at parameter vectors.
	LogProb(ctx context.Context, thetas [][]float64) ([]float64, error)
}

// errNoPosterior is said of what was declared, or is left of a call that failed.
var errNoPosterior = errors.New("sbi: the posterior is nil or empty; take one from Inference.Posterior, NewEnsemble or LoadPosterior, when that gives no error")

// made fails where there is no posterior.
func (p *Posterior) made() error {
	if p == nil || p.prior == nil || p.flow == nil {
		return errNoPosterior
	}
	return nil
}

// String says what the posterior is of.
func (p *Posterior) String() string {
	if p.made() != nil {
		return "no posterior"
	}
	text := fmt.Sprintf("posterior of %s, given %s, by %s", strings.Join(p.Names(), ", "), brief(p.observation), densityName(p.kind))
	if p.remark != "" {
		text += " (" + p.remark + ")"
	}
	return text
}

// Names are the parameters' names.
func (p *Posterior) Names() []string {
	if p.made() != nil {
		return nil
	}
	return p.prior.Names()
}

// Prior is the prior that the posterior belongs to.
func (p *Posterior) Prior() Prior {
	if p.made() != nil {
		return nil
	}
	return p.prior
}

// Observation is what the posterior is conditioned on.
func (p *Posterior) Observation() []float64 {
	if p.made() != nil {
		return nil
	}
	return slices.Clone(p.observation)
}

const drawBatch = 2000 // draws that a goroutine makes at a time

// Sample draws n parameter vectors, from the inference's seed: the same every
// time. Use SampleSeed for other draws.
func (p *Posterior) Sample(ctx context.Context, n int) (*Samples, error) {
	if err := p.made(); err != nil {
		return nil, err
	}
	return p.SampleSeed(ctx, n, p.seed)
}

// SampleSeed draws n parameter vectors from a seed. Draws outside the prior are
// rejected, as long as more than one in ten thousand lies within; where even fewer
// do, SampleMCMC draws instead, which leakage does not slow down. Samples say so:
// the shape of so small a part of an estimator should be looked at with care.
func (p *Posterior) SampleSeed(ctx context.Context, n int, seed uint64) (*Samples, error) {
	if err := p.made(); err != nil {
		return nil, err
	}
	s := &Samples{Names: p.Names(), Log: logScales(p.prior)}
	if n < 0 {
		return nil, fmt.Errorf("sbi: %d samples; want 0 or more", n)
	}
	drawn, within := 0, 0
	for pass := uint64(0); len(s.Values) < n; pass++ {
		missing := n - len(s.Values)
		if drawn > 0 {
			// As many as the acceptance so far asks for, and some more.
			missing = min(1_000_000, int(1.2*float64(missing)*float64(drawn)/math.Max(float64(len(s.Values)), 1))+drawBatch)
		}
		draws, err := p.draw(ctx, missing, seed+pass*0x9e3779b97f4a7c15)
		if err != nil {
			return nil, err
		}
		drawn += len(draws)
		s.Values = slices.Grow(s.Values, min(len(draws), n-len(s.Values)))
		for _, theta := range draws {
			if !Within(p.prior, theta) {
				continue
			}
			if within++; len(s.Values) < n {
				s.Values = append(s.Values, theta)
			}
		}
		if accepted := float64(within) / float64(drawn); drawn >= 100_000 && accepted < leastAcceptance {
			s, err := p.SampleMCMC(ctx, n, MCMCOptions{Chains: min(100, n/4+1), Seed: seed})
			if err != nil {
				return nil, fmt.Errorf("sbi: only %.2g %% of the posterior lies within the prior, and slice sampling fails, too: %w; train later rounds Truncated", 100*accepted, err)
			}
			// Not 0 where nothing was seen: that would mean that no draws were made.
			s.Acceptance = math.Max(accepted, 1/float64(drawn))
			return s, nil
		}
	}
	s.Acceptance = 1
	if drawn > 0 {
		s.Acceptance = float64(within) / float64(drawn)
	}
	return s, nil
}

// draw gives n raw draws of the flow, as parameters.
func (p *Posterior) draw(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	draws, _, err := p.drawWide(ctx, n, seed, 1)
	return draws, err
}

// drawWide gives n raw draws of the flow with its noise made wider by a factor, and
// the squared length of the noise of each.
func (p *Posterior) drawWide(ctx context.Context, n int, seed uint64, factor float32) (draws [][]float64, squares []float32, err error) {
	if err := p.made(); err != nil {
		return nil, nil, err
	}
	draws, squares = make([][]float64, n), make([]float32, n)
	dim := p.prior.Dim()
	batches := (n + drawBatch - 1) / drawBatch
	samplers := sync.Pool{New: func() any { return p.flow.sampler() }} // about one a goroutine
	err = parallel(ctx, batches, func(b int) {
		lo, hi := b*drawBatch, min((b+1)*drawBatch, n)
		u := make([]float32, (hi-lo)*dim)
		s := samplers.Get().(sampler)
		s.sample(u, p.context, rand.New(rand.NewPCG(seed, uint64(b))), factor, squares[lo:hi])
		samplers.Put(s)
		values := make([]float64, len(u))
		for i := lo; i < hi; i++ {
			at := (i - lo) * dim
			draws[i] = values[at : at+dim : at+dim]
			p.warp.fromFlow(u[at:at+dim], draws[i])
		}
	})
	return draws, squares, err
}

// LogProb gives the logarithm of the posterior density at parameter vectors; −Inf
// outside the prior. Where the estimator leaks outside the prior, its mass within
// is estimated once from 10,000 draws and divided out.
func (p *Posterior) LogProb(ctx context.Context, thetas [][]float64) ([]float64, error) {
	if err := p.correct(ctx); err != nil {
		return nil, err
	}
	out, err := p.Potential(ctx, thetas)
	for i := range out {
		out[i] -= p.logAccepted
	}
	return out, err
}

// Potential gives the logarithm of the posterior density up to a constant: the
// estimator's density where the prior has mass, −Inf elsewhere. It is LogProb
// without the correction of leakage, which takes draws; SampleMCMC walks on it.
func (p *Posterior) Potential(ctx context.Context, thetas [][]float64) ([]float64, error) {
	out, err := p.flowLogProb(ctx, thetas)
	for i := range out {
		if !Within(p.prior, thetas[i]) {
			out[i] = math.Inf(-1)
		}
	}
	return out, err
}

// flowLogProb is the density of the estimator, leaked mass and all.
func (p *Posterior) flowLogProb(ctx context.Context, thetas [][]float64) ([]float64, error) {
	if err := p.made(); err != nil {
		return nil, err
	}
	dim := p.prior.Dim()
	for i, theta := range thetas {
		if len(theta) != dim {
			return nil, fmt.Errorf("sbi: parameter vector %d has %d values; want %d", i, len(theta), dim)
		}
	}
	out := make([]float64, len(thetas))
	err := parallel(ctx, (len(thetas)+drawBatch-1)/drawBatch, func(b int) {
		lo, hi := b*drawBatch, min((b+1)*drawBatch, len(thetas))
		u := make([]float32, (hi-lo)*dim)
		for i := lo; i < hi; i++ {
			out[i] = p.warp.toFlow(thetas[i], u[(i-lo)*dim:][:dim])
		}
		for i, v := range p.chunkLogProb(u) {
			out[lo+i] += float64(v)
		}
	})
	return out, err
}

// chunkLogProb is the flow's density at points of its own space.
func (p *Posterior) chunkLogProb(u []float32) []float32 {
	tape := nn.NewTape(nn.TapeOptions{Goroutines: 1, Inference: true})
	x, errU := nn.FromSlice(u, len(u)/p.prior.Dim(), p.prior.Dim())
	c, errC := nn.FromSlice(p.context, 1, len(p.context))
	if errU != nil || errC != nil {
		return nil
	}
	return p.flow.logProb(tape, x, c).Data
}

// flowSpaceLogProb is the density at points of the flow's space, with respect to
// that space.
func (p *Posterior) flowSpaceLogProb(ctx context.Context, u []float32) ([]float64, error) {
	dim := p.prior.Dim()
	n := len(u) / dim
	out := make([]float64, n)
	err := parallel(ctx, (n+drawBatch-1)/drawBatch, func(b int) {
		lo, hi := b*drawBatch, min((b+1)*drawBatch, n)
		for i, v := range p.chunkLogProb(u[lo*dim : hi*dim]) {
			out[lo+i] = float64(v)
		}
	})
	return out, err
}

// correct estimates the mass within the prior, once, where there is leakage.
func (p *Posterior) correct(ctx context.Context) error {
	if err := p.made(); err != nil {
		return err
	}
	if p.contained() {
		return nil
	}
	p.estimating.Lock()
	defer p.estimating.Unlock()
	if p.estimated {
		return nil
	}
	draws, err := p.draw(ctx, 10_000, p.seed^0xacce97)
	if err != nil {
		return err
	}
	within := 0
	for _, theta := range draws {
		if Within(p.prior, theta) {
			within++
		}
	}
	p.logAccepted = math.Log(math.Max(float64(within), 0.5) / float64(len(draws)))
	p.estimated = true
	return nil
}

// contained says whether the estimator can't leak.
func (p *Posterior) contained() bool {
	lower, upper := p.prior.Bounds()
	for i := range lower {
		if p.warp.leaks(i, lower[i], upper[i]) {
			return false
		}
	}
	return fillsBounds(p.prior)
}
