package sbi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"hillock/internal/grouped"
	"hillock/stdlib/viz"
)

// progressAfter is how long a call works before its progress is shown.
const progressAfter = 300 * time.Millisecond

// Inference gathers simulations and trains a density estimator on them.
type Inference struct {
	prior     Prior
	o         Options
	estimator *estimator
	thetas    [][]float64
	xs        [][]float64
	rounds    []int // round of each simulation
	reports   []RoundReport
	pending   RoundReport  // of the round that has not been trained
	simulator Simulator    // of the last round
	barren    int          // rounds of which all simulations failed; each draws anew
	resumed   string       // the checkpoint that it goes on from; "" for none
	probe     *probe       // of the last round's simulator
	unlike    string       // what is to be said of appended parameters that are no draws of the prior
	changed   string       // what is to be said of a simulator that is not the checkpoint's
	remarked  atomic.Int64 // rounds after which a posterior's remark was shown
	view      *roundView   // of the round that is running
	watched   **roundView  // where the view of a round is left, if anywhere
	live      viz.LiveLoss
}

// RoundReport is what happened in a round.
type RoundReport struct {
	Round       int           // counted from 1
	Simulations int           // that were run
	Failed      int           // of them without a usable observation, or outside the prior
	Reason      string        // what the first of those said in the round's last call of Round
	Acceptance  float64       // share of the proposal's draws within the prior
	Warning     string        // what is unusual about what was trained on; "" for nothing
	Training    TrainReport   // of the estimator
	Simulating  time.Duration // spent in the simulator
	Fitting     time.Duration // spent in training
}

// String says how the round went.
func (r RoundReport) String() string {
	text := fmt.Sprintf("round %d: %s simulations", r.Round, grouped.Int(r.Simulations))
	if r.Failed > 0 {
		text += fmt.Sprintf(" (%d failed and were left out%s)", r.Failed, because(r.Reason))
	}
	if r.Acceptance > 0 && r.Acceptance < lowAcceptance {
		text += fmt.Sprintf(" (warning: only %.2g %% of the proposal lies within the prior; Truncated rounds do not leak)", 100*r.Acceptance)
	}
	if r.Warning != "" {
		text += fmt.Sprintf(" (warning: %s)", r.Warning)
	}
	return fmt.Sprintf("%s in %s, %s in %s", text, r.Simulating.Round(time.Millisecond), r.Training, r.Fitting.Round(time.Millisecond))
}

// NewSNPE begins an inference, or goes on from Options.Checkpoint. It fails when
// the prior or an option is wrong.
func NewSNPE(prior Prior, o Options) (*Inference, error) {
	if prior == nil {
		return nil, errors.New("sbi: no prior")
	}
	if err := sound(prior); err != nil {
		return nil, err
	}
	o, err := o.withDefaults(prior.Dim())
	if err != nil {
		return nil, err
	}
	s := &Inference{prior: prior, o: o}
	return s, s.resume()
}

// NewNPE begins an amortized inference: the same as NewSNPE, without
// Options.Observation, so that there is one round. When more simulations are wanted,
// Round again draws them from the prior, and Append takes them; they are trained on
// together with those before.
func NewNPE(prior Prior, o Options) (*Inference, error) { return NewSNPE(prior, o) }

// begun fails where there is no inference: one that was declared, or is left of a call
// that failed.
func (s *Inference) begun() error {
	if s == nil || s.prior == nil {
		return errors.New("sbi: the inference is nil or empty; take one from NewNPE or NewSNPE, when that gives no error")
	}
	return nil
}

// Append adds simulations that were made elsewhere, of parameters drawn from the
// prior in the first round and from the last round's posterior later: where there is an
// Options.Observation, what is appended after a training belongs to a new round, trained
// like one that Round proposes; without one all are draws of the prior, and a report warns
// where they don't look like it. Those whose observation is nil or not finite are left
// out, and those whose parameters lie outside the prior; it gives their number. The
// inference keeps copies. It fails when lengths differ, a parameter is not finite, or all
// parameters lie outside the prior.
func (s *Inference) Append(thetas, xs [][]float64) (failed int, err error) {
	if failed, err = s.add(thetas, xs); err == nil && s.pending.Round == 1 {
		s.noteUnlike(thetas)
	}
	return failed, err
}

// round is the one that the next simulations belong to.
func (s *Inference) round() int {
	if n := len(s.reports); n != 1 || s.o.Observation != nil {
		return n + 1
	}
	return 1 // without an observation there is nothing that another could aim at
}

// add adds simulations to the round.
func (s *Inference) add(thetas, xs [][]float64) (failed int, err error) {
	if err := s.begun(); err != nil {
		return 0, err
	}
	if len(thetas) != len(xs) {
		return 0, fmt.Errorf("sbi: append: %d parameter vectors and %d observations", len(thetas), len(xs))
	}
	round := s.round()
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
			return 0, fmt.Errorf("sbi: append: observation %d has %d values, others have %d; give nil for a simulation that failed", i, len(x), width)
		}
	}
	if o := s.o.Observation; o != nil && width > 0 && len(o) != width {
		return 0, fmt.Errorf("sbi: append: simulations have %d values, Options.Observation has %d; want as many in both", width, len(o))
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
		if round <= len(s.reports) { // more of it
			s.pending = s.reports[round-1]
		}
	}
	s.pending.Simulations += len(xs)
	for i, x := range xs {
		if !finite(x) || !inside[i] {
			failed++
			continue
		}
		s.thetas, s.xs, s.rounds = append(s.thetas, slices.Clone(thetas[i])), append(s.xs, slices.Clone(x)), append(s.rounds, round)
	}
	s.pending.Failed += failed
	return failed, nil
}

// Round proposes n parameter vectors, simulates them, appends what came out and
// trains on all simulations so far. The first round draws from the prior, later
// ones near Options.Observation; without one, another Round draws more from the prior,
// which count as the first's. Ending ctx stops it. When it fails, simulations that were
// done by then are appended: Train trains on them, another Round adds to them. None
// are of a simulator that can't be right: it fails at once when observations are not
// as long as Options.Observation or those before, or don't fit the embedding, when a
// SimulatorFunc gives a slice twice, and when all observations are the same.
func (s *Inference) Round(ctx context.Context, simulator Simulator, n int) (RoundReport, error) {
	if err := s.begun(); err != nil {
		return RoundReport{}, err
	}
	if n < 1 || simulator == nil {
		return RoundReport{}, fmt.Errorf("sbi: round of %d simulations by %T; want one or more, by a Simulator such as SimulatorFunc", n, simulator)
	}
	s.simulator = simulator
	defer s.watch(s.round())()
	start := time.Now()
	thetas, acceptance, err := s.propose(ctx, n)
	if err != nil {
		return RoundReport{}, err
	}
	s.compare(simulator)
	s.view.simulating(n, acceptance)
	seed := s.seed("simulate")
	xs, reason, err := observed(s.simulatorContext(ctx), simulator, thetas, seed, s.expected())
	if err == nil {
		if err := s.unvarying(thetas, xs); err != nil {
			return RoundReport{}, err
		}
	}
	s.probe = newProbe(simulator, thetas, xs, seed)
	failed := 0
	if err != nil {
		err = s.keep(thetas, xs, err)
	} else {
		failed, err = s.add(thetas, xs)
	}
	if s.pending.Round == s.round() { // some have come in
		s.pending.Simulating += time.Since(start)
		s.pending.Acceptance = acceptance
		if s.pending.Failed > 0 {
			s.pending.Reason = reason()
		}
	}
	if err != nil {
		return RoundReport{}, err
	}
	if failed == n {
		s.barren++
		return s.pending, fmt.Errorf("sbi: all %d simulations of round %d failed%s; look at what the simulator returns for one of them, or restrict the prior", n, s.pending.Round, because(reason()))
	}
	if _, err = s.Train(ctx); err != nil {
		return s.pending, err
	}
	return s.reports[len(s.reports)-1], nil
}

// expected is what the next simulations must be like.
func (s *Inference) expected() expected {
	switch {
	case len(s.xs) > 0:
		return expected{width: len(s.xs[0]), of: "those before have"}
	case s.o.Observation != nil: // which was embedded already
		return expected{width: len(s.o.Observation), of: "Options.Observation has"}
	}
	return expected{embedding: s.o.Embedding}
}

// keep appends what a round has simulated that ends with an error, and says so.
func (s *Inference) keep(thetas, xs [][]float64, ended error) error {
	var doneThetas, doneXs [][]float64
	for i, x := range xs[:min(len(xs), len(thetas))] {
		if finite(x) {
			doneThetas, doneXs = append(doneThetas, thetas[i]), append(doneXs, x)
		}
	}
	if len(doneXs) == 0 {
		return ended
	}
	if _, err := s.add(doneThetas, doneXs); err != nil {
		return errors.Join(ended, err)
	}
	return fmt.Errorf("sbi: %d of %d simulations were done and are kept; Train trains on them, another Round adds to them: %w", len(doneXs), len(thetas), ended)
}

// Simulations gives the parameters and observations of all usable simulations so
// far, and the round of each, counted from 1: to save them, to look at them, or to
// Append them to another inference.
func (s *Inference) Simulations() (thetas, xs [][]float64, rounds []int) {
	if s.begun() != nil {
		return nil, nil, nil
	}
	thetas, xs = make([][]float64, len(s.thetas)), make([][]float64, len(s.xs))
	for i := range s.thetas {
		thetas[i], xs[i] = slices.Clone(s.thetas[i]), slices.Clone(s.xs[i])
	}
	return thetas, xs, slices.Clone(s.rounds)
}

// Reports are those of the rounds so far.
func (s *Inference) Reports() []RoundReport {
	if s.begun() != nil {
		return nil
	}
	return slices.Clone(s.reports)
}

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
	if s.resumed != "" && s.o.Observation == nil && len(s.reports) > 0 { // a cell that was run again
		return nil, 0, fmt.Errorf("sbi: round %d is done already, and came from %s: use its Posterior, remove the file to begin anew, or set Options.Observation, to know where another one is to simulate", len(s.reports), s.resumed)
	}
	if s.round() == 1 { // also when the first training was stopped
		thetas, err = drawSeed(ctx, s.prior, n, seed)
		return thetas, 1, err
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
// now; later training does not change it. It fails before the first round is trained,
// and for an observation that has another number of values than the simulations or
// one that is not finite. It says where an observation lies far outside the
// simulations, or after several rounds is not Options.Observation, once after a
// training, as the text of every such posterior does.
func (s *Inference) Posterior(x []float64) (*Posterior, error) {
	f, err := s.trainedFlow()
	if err != nil {
		return nil, err
	}
	p, err := s.posterior(f, x)
	if err != nil {
		return nil, err
	}
	p.remark = s.remark(x)
	s.sayRemark(x, p.remark)
	return p, nil
}

// trainedFlow gives a copy of the flow as it is now.
func (s *Inference) trainedFlow() (flow, error) {
	if err := s.begun(); err != nil {
		return nil, err
	}
	if len(s.reports) == 0 {
		return nil, errors.New("sbi: nothing is trained to the end yet; run Round or Train first")
	}
	if err := s.estimator.unchanged(); err != nil {
		return nil, err
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
	if s.begun() != nil {
		return "no inference"
	}
	text := fmt.Sprintf("inference of %s by %s", strings.Join(s.prior.Names(), ", "), densityName(s.o.Density))
	if n := len(s.reports); n > 0 {
		text += fmt.Sprintf("; round %d, %s simulations, validation loss %.3f", n, grouped.Int(len(s.thetas)), s.reports[n-1].Training.Validation[s.reports[n-1].Training.Best])
	} else if len(s.thetas) > 0 {
		text += fmt.Sprintf("; %s simulations, not trained yet", grouped.Int(len(s.thetas)))
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
