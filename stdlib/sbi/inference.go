package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"hillock/stdlib/nn"
	"hillock/stdlib/viz"
)

// progressAfter is how long a call works before its progress is shown.
const progressAfter = 300 * time.Millisecond

// Options are the options of an inference. The zero value is neural posterior
// estimation with the Python toolbox's settings of today.
type Options struct {
	// Density is the family of the estimator; nil means MAF{}.
	Density Density
	// Support is the space that the estimator lives on.
	Support Support
	// Observation is what later rounds aim at; only the first round can do without.
	Observation []float64

	// Embedding turns observations into the estimator's context; nil means none: the
	// standardised observation itself. It takes (rows, values), standardised as
	// StandardiseInput says. Its outputs are standardised.
	Embedding nn.Module
	// Retrain trains the embedding with the estimator; otherwise it is frozen.
	Retrain bool
	// StandardiseInput is for embeddings that were not trained before: Structured for
	// those with convolutions or recurrent units, PerValue for others. The zero value
	// gives an embedding the observations as the simulator makes them, and standardises
	// per value where there is none.
	StandardiseInput Standardisation

	// Atoms is the number of parameter vectors that SNPE-C tells apart; 0 means 10.
	Atoms int
	// Combined adds, in later rounds, the first round's loss of the samples drawn
	// from the prior.
	Combined bool
	// Truncated makes later rounds draw from the prior, truncated to where the
	// posterior has mass (TSNPE, Deistler, Gonçalves and Macke 2022,
	// https://arxiv.org/abs/2210.04815), and train with the first round's loss.
	Truncated bool

	Batch int     // samples in a training batch; 0 means 200 (50 in the thesis's time)
	LR    float64 // learning rate of Adam; 0 means 5e-4
	// Schedule changes the learning rate over the batches and epochs of each round;
	// the zero value leaves it constant. A rate that falls in the end is worth it
	// where training is noisy (few samples a batch, a high rate, an embedding that
	// learns): widths of posteriors are learned along with that noise, and stay too
	// large when weights are averaged but the noise never settles.
	Schedule   nn.Schedule
	Validation float64 // share of the samples that validate; 0 means 0.1
	Patience   int     // epochs without improvement before training stops; 0 means 20
	ClipNorm   float64 // limit on the gradient's norm; 0 means 5
	MaxEpochs  int     // 0 means no limit
	Goroutines int     // that share the work; 0 means all cores
	Seed       uint64  // of weights, draws and the order of samples
	// Checkpoint names a file that the inference is written to after every round.
	// When it exists, NewSNPE goes on from it, with the same results as if it had
	// never stopped. "" means none.
	Checkpoint string
	Name       string // in the live view and above the losses, to tell trainings apart
	Quiet      bool   // shows no progress
}

// SNPEOptions is the name under which users of the toolbox look for Options.
type SNPEOptions = Options

// withDefaults fills in what is zero and checks the rest.
func (o Options) withDefaults() (Options, error) {
	if o.Density == nil {
		o.Density = MAF{}
	}
	for _, d := range []struct {
		value *int
		usual int
	}{{&o.Atoms, 10}, {&o.Batch, 200}, {&o.Patience, 20}, {&o.MaxEpochs, math.MaxInt}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	for _, d := range []struct {
		value *float64
		usual float64
	}{{&o.LR, 5e-4}, {&o.Validation, 0.1}, {&o.ClipNorm, 5}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
	}
	switch {
	case o.Atoms < 2:
		return o, fmt.Errorf("sbi: %d atoms; want 2 or more", o.Atoms)
	case o.Batch < 2:
		return o, fmt.Errorf("sbi: batch of %d; want 2 or more", o.Batch)
	case !(o.Validation > 0 && o.Validation < 1):
		return o, fmt.Errorf("sbi: validation share %g; want between 0 and 1", o.Validation)
	case !(o.LR > 0) || !(o.ClipNorm > 0) || o.Patience < 1 || o.MaxEpochs < 1:
		return o, errors.New("sbi: learning rate, clip norm, patience and epochs must be above 0")
	case !(o.Schedule.Decay >= 0 && o.Schedule.Decay <= 1):
		return o, fmt.Errorf("sbi: Schedule.Decay %g; want a factor from 0, for none, to 1", o.Schedule.Decay)
	case o.StandardiseInput < Unstandardised || o.StandardiseInput > Structured:
		return o, fmt.Errorf("sbi: StandardiseInput %d; want Unstandardised, PerValue or Structured", o.StandardiseInput)
	case o.Retrain && o.Embedding == nil:
		return o, errors.New("sbi: Retrain without an Embedding; set Embedding or leave Retrain out")
	}
	return o, nil
}

// Inference gathers simulations and trains a density estimator on them.
type Inference struct {
	prior     Prior
	o         Options
	estimator *estimator
	thetas    [][]float64
	xs        [][]float64
	rounds    []int // round of each simulation
	reports   []RoundReport
	pending   RoundReport // of the round that has not been trained
	simulator Simulator   // of the last round
	barren    int         // rounds of which all simulations failed; each draws anew
	view      *roundView  // of the round that is running
	live      viz.LiveLoss
}

// RoundReport is what happened in a round.
type RoundReport struct {
	Round       int           // counted from 1
	Simulations int           // that were run
	Failed      int           // of them without a usable observation, or outside the prior
	Acceptance  float64       // share of the proposal's draws within the prior
	Training    TrainReport   // of the estimator
	Simulating  time.Duration // spent in the simulator
	Fitting     time.Duration // spent in training
}

// String says how the round went.
func (r RoundReport) String() string {
	text := fmt.Sprintf("round %d: %d simulations", r.Round, r.Simulations)
	if r.Failed > 0 {
		text += fmt.Sprintf(" (%d failed and were left out)", r.Failed)
	}
	if r.Acceptance > 0 && r.Acceptance < lowAcceptance {
		text += fmt.Sprintf(" (warning: only %.2g %% of the proposal lies within the prior; Truncated rounds do not leak)", 100*r.Acceptance)
	}
	return fmt.Sprintf("%s in %s, %s in %s", text, r.Simulating.Round(time.Millisecond), r.Training, r.Fitting.Round(time.Millisecond))
}

// NewSNPE begins an inference, or goes on from Options.Checkpoint. It fails when
// the prior or an option is wrong.
func NewSNPE(prior Prior, o Options) (*Inference, error) {
	if prior == nil {
		return nil, errors.New("sbi: no prior")
	}
	if err := prior.Err(); err != nil {
		return nil, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Inference{prior: prior, o: o}
	return s, s.resume()
}

// NewNPE begins an amortized inference: the same as NewSNPE, of which only one
// round is run.
func NewNPE(prior Prior, o Options) (*Inference, error) { return NewSNPE(prior, o) }

// Append adds simulations that were made elsewhere, of parameters drawn from the
// prior in the first round and from the last round's posterior later. Those whose
// observation is nil or not finite are left out, and those whose parameters lie
// outside the prior; it gives their number. It fails when lengths differ, a
// parameter is not finite, or all parameters lie outside the prior.
func (s *Inference) Append(thetas, xs [][]float64) (failed int, err error) {
	if len(thetas) != len(xs) {
		return 0, fmt.Errorf("sbi: append: %d parameter vectors and %d observations", len(thetas), len(xs))
	}
	round := len(s.reports) + 1
	width := 0
	if len(s.xs) > 0 {
		width = len(s.xs[0])
	}
	for i, x := range xs {
		if len(thetas[i]) != s.prior.Dim() {
			return 0, fmt.Errorf("sbi: append: parameter vector %d has %d values; the prior has %d", i, len(thetas[i]), s.prior.Dim())
		}
		if !finite(thetas[i]) {
			return 0, fmt.Errorf("sbi: append: parameter vector %d is %v; want finite values", i, thetas[i])
		}
		if finite(x) && width == 0 {
			width = len(x)
		}
		if finite(x) && len(x) != width {
			return 0, fmt.Errorf("sbi: append: observation %d has %d values, others have %d", i, len(x), width)
		}
	}
	inside := make([]bool, len(thetas))
	for i, theta := range thetas {
		inside[i] = Within(s.prior, theta)
	}
	if len(thetas) > 0 && !slices.Contains(inside, true) {
		lower, upper := s.prior.Bounds()
		return 0, fmt.Errorf("sbi: append: all %d parameter vectors lie outside the prior, such as %v; it reaches from %v to %v", len(thetas), thetas[0], lower, upper)
	}
	if s.pending.Round != round {
		s.pending = RoundReport{Round: round, Acceptance: 1}
	}
	s.pending.Simulations += len(xs)
	for i, x := range xs {
		if !finite(x) || !inside[i] {
			failed++
			continue
		}
		s.thetas, s.xs, s.rounds = append(s.thetas, thetas[i]), append(s.xs, x), append(s.rounds, round)
	}
	s.pending.Failed += failed
	return failed, nil
}

// Round proposes n parameter vectors, simulates them, appends what came out and
// trains on all simulations so far. The first round draws from the prior, later
// ones near the observation. Ending ctx stops it; a round whose simulations were
// appended can be trained again with Train.
func (s *Inference) Round(ctx context.Context, simulator Simulator, n int) (RoundReport, error) {
	if n < 1 || simulator == nil {
		return RoundReport{}, fmt.Errorf("sbi: round of %d simulations by %T; want one or more, by a Simulator such as SimulatorFunc", n, simulator)
	}
	s.simulator = simulator
	defer s.watch()()
	start := time.Now()
	thetas, acceptance, err := s.propose(ctx, n)
	if err != nil {
		return RoundReport{}, err
	}
	s.view.simulating(n, acceptance)
	xs, err := simulator.Simulate(s.simulatorContext(ctx), thetas, s.seed("simulate"))
	if err != nil {
		return RoundReport{}, err
	}
	failed, err := s.Append(thetas, xs)
	if err != nil {
		return RoundReport{}, err
	}
	s.pending.Simulating += time.Since(start)
	s.pending.Acceptance = acceptance
	if failed == n {
		s.barren++
		return s.pending, fmt.Errorf("sbi: all %d simulations of round %d failed; look at what the simulator returns for one of them, or restrict the prior", n, s.pending.Round)
	}
	if _, err = s.Train(ctx); err != nil {
		return s.pending, err
	}
	return s.reports[len(s.reports)-1], nil
}

// Reports are those of the rounds so far.
func (s *Inference) Reports() []RoundReport { return append([]RoundReport(nil), s.reports...) }

// seed gives a seed for a purpose in the current round.
func (s *Inference) seed(purpose string) uint64 {
	// A round that was interrupted and is run again draws anew.
	h := s.o.Seed*0x9e3779b97f4a7c15 + uint64(len(s.reports)+1) + uint64(len(s.thetas))<<20 + uint64(s.barren)<<50
	for _, c := range purpose {
		h = (h ^ uint64(c)) * 0x100000001b3
	}
	return h
}

// propose draws the round's parameters and gives the share of draws that lay
// within the prior.
func (s *Inference) propose(ctx context.Context, n int) (thetas [][]float64, acceptance float64, err error) {
	seed := s.seed("propose")
	if len(s.reports) == 0 { // also when the first training was stopped
		return Draw(s.prior, n, seed), 1, nil
	}
	if s.o.Observation == nil {
		return nil, 0, errors.New("sbi: a second round needs Options.Observation, to know where to simulate")
	}
	posterior, err := s.Posterior(s.o.Observation)
	if err != nil {
		return nil, 0, err
	}
	if s.o.Truncated {
		thetas, err = posterior.truncated(ctx, n, seed)
		return thetas, 1, err
	}
	samples, err := posterior.SampleSeed(ctx, n, seed)
	if err != nil {
		return nil, 0, err
	}
	return samples.Values, samples.Acceptance, nil
}

// Posterior gives the posterior for an observation, as the estimator sees it
// now; later training does not change it.
func (s *Inference) Posterior(x []float64) (*Posterior, error) {
	if len(s.reports) == 0 {
		return nil, errors.New("sbi: nothing is trained to the end yet; run Round or Train first")
	}
	c, err := s.estimator.contextOf(x)
	if err != nil {
		return nil, err
	}
	f, err := s.estimator.copyFlow()
	if err != nil {
		return nil, err
	}
	return &Posterior{prior: s.prior, kind: s.o.Density, warp: s.estimator.warp, flow: f, context: c, seed: s.seed("posterior"), observation: append([]float64(nil), x...)}, nil
}
