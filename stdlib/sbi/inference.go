package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
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
	// Observation is what later rounds aim at; only the first round can do without. It
	// may be another one when an inference goes on from its Checkpoint.
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
	// never stopped. It fails when the prior is another one, or an option that changes
	// results, or the weights of Embedding: give it those that the inference began
	// with, or when it learns those after the last round. "" means none.
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
	case !(o.LR > 0) || math.IsInf(o.LR, 1):
		return o, fmt.Errorf("sbi: learning rate %g; want above 0", o.LR)
	case !(o.ClipNorm > 0):
		return o, fmt.Errorf("sbi: ClipNorm %g; want above 0", o.ClipNorm)
	case o.Patience < 1 || o.MaxEpochs < 1:
		return o, fmt.Errorf("sbi: patience of %d and at most %d epochs; want above 0", o.Patience, o.MaxEpochs)
	case o.Observation != nil && !finite(o.Observation):
		return o, fmt.Errorf("sbi: Options.Observation is %s; want finite values", brief(o.Observation))
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
	Reason      string        // what the first of those said, if it was simulated in Round
	Acceptance  float64       // share of the proposal's draws within the prior
	Training    TrainReport   // of the estimator
	Simulating  time.Duration // spent in the simulator
	Fitting     time.Duration // spent in training
}

// String says how the round went.
func (r RoundReport) String() string {
	text := fmt.Sprintf("round %d: %d simulations", r.Round, r.Simulations)
	if r.Failed > 0 {
		text += fmt.Sprintf(" (%d failed and were left out%s)", r.Failed, because(r.Reason))
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
	if o := s.o.Observation; o != nil && width > 0 && len(o) != width {
		return 0, fmt.Errorf("sbi: append: simulations have %d values, Options.Observation has %d", width, len(o))
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
// ones near the observation. Ending ctx stops it; the simulations that were done by
// then are appended, and can be trained on with Train or added to by another Round.
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
	noted, reason := noteFailures(s.simulatorContext(ctx))
	xs, err := simulator.Simulate(noted, thetas, s.seed("simulate"))
	if err != nil {
		if ctx.Err() != nil {
			return RoundReport{}, s.keep(thetas, xs, err)
		}
		return RoundReport{}, err
	}
	failed, err := s.Append(thetas, xs)
	if err != nil {
		return RoundReport{}, err
	}
	s.pending.Simulating += time.Since(start)
	s.pending.Acceptance = acceptance
	if s.pending.Reason == "" {
		s.pending.Reason = reason()
	}
	if failed == n {
		s.barren++
		return s.pending, fmt.Errorf("sbi: all %d simulations of round %d failed%s; look at what the simulator returns for one of them, or restrict the prior", n, s.pending.Round, because(s.pending.Reason))
	}
	if _, err = s.Train(ctx); err != nil {
		return s.pending, err
	}
	return s.reports[len(s.reports)-1], nil
}

// keep appends what a round that was stopped has simulated, and says so.
func (s *Inference) keep(thetas, xs [][]float64, stopped error) error {
	var doneThetas, doneXs [][]float64
	for i, x := range xs {
		if finite(x) {
			doneThetas, doneXs = append(doneThetas, thetas[i]), append(doneXs, x)
		}
	}
	if len(doneXs) == 0 {
		return stopped
	}
	if _, err := s.Append(doneThetas, doneXs); err != nil {
		return errors.Join(stopped, err)
	}
	return fmt.Errorf("sbi: %d of %d simulations were done and are kept; Train trains on them, another Round adds to them: %w", len(doneXs), len(thetas), stopped)
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
	f, err := s.trainedFlow()
	if err != nil {
		return nil, err
	}
	return s.posterior(f, x)
}

// trainedFlow gives a copy of the flow as it is now.
func (s *Inference) trainedFlow() (flow, error) {
	if len(s.reports) == 0 {
		return nil, errors.New("sbi: nothing is trained to the end yet; run Round or Train first")
	}
	return s.estimator.copyFlow()
}

// posterior gives the posterior for an observation by a copy of the flow.
func (s *Inference) posterior(f flow, x []float64) (*Posterior, error) {
	c, err := s.estimator.contextOf(x)
	if err != nil {
		return nil, err
	}
	return &Posterior{prior: s.prior, kind: s.o.Density, warp: s.estimator.warp, flow: f, context: c, seed: s.seed("posterior"), observation: append([]float64(nil), x...)}, nil
}

// String says what is inferred and how far it is.
func (s *Inference) String() string {
	text := fmt.Sprintf("inference of %s by %s", strings.Join(s.prior.Names(), ", "), densityName(s.o.Density))
	if n := len(s.reports); n > 0 {
		text += fmt.Sprintf("; round %d, %d simulations, validation loss %.3f", n, len(s.thetas), s.reports[n-1].Training.Validation[s.reports[n-1].Training.Best])
	} else if len(s.thetas) > 0 {
		text += fmt.Sprintf("; %d simulations, not trained yet", len(s.thetas))
	}
	return text
}

// densityName is a family's name, such as MAF.
func densityName(d Density) string {
	name := fmt.Sprintf("%T", d)
	return name[strings.LastIndex(name, ".")+1:]
}

// brief is a vector's text, of long ones the beginning.
func brief(x []float64) string {
	const most = 6
	if len(x) > most {
		return fmt.Sprintf("%.4g … (%d values)", x[:most], len(x))
	}
	return fmt.Sprintf("%.4g", x)
}
