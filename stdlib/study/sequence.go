package study

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
)

// Sequence is a sequential inference that is kept on disk: what was stopped goes
// on after the last complete round.
//
//	found := must(study.Sequence{
//		Name: "snpe-2d-frozen-" + scale, Prior: prior, Simulator: simulator, Rounds: 20,
//		Options: sbi.Options{Observation: x, Embedding: encoder, Seed: 42},
//	}.Run(ctx))
type Sequence struct {
	Name        string // of the files; it should say what the options are
	Prior       sbi.Prior
	Simulator   sbi.Simulator
	Rounds      int         // in all; 0 means 20
	Simulations int         // a round; 0 means 1000
	First       int         // of the first round; 0 means Simulations
	Options     sbi.Options // its Checkpoint is set by Run
	Folder      string      // keeps the files; "" means data/inference

	each func() // is called when the posterior of a round is there; nil for nothing
}

// Rounds are the rounds of a sequence.
type Rounds struct {
	Inference *sbi.Inference
	// Posteriors are those for the observation, after each round.
	Posteriors []*sbi.Posterior
}

// Run runs the rounds that are missing. It fails when the sequence has no Name or
// no Options.Observation, and when its files hold rounds with other options, of
// other sizes, for another observation, of another Simulator or Recorder, or of a
// SimulatorFunc that gives other values, or more of them than Rounds. To tell, Run
// calls a SimulatorFunc once more than the rounds need. An embedding that learns has
// the last round's weights then, or after a failure those from before, so that Run can
// be called again.
func (s Sequence) Run(ctx context.Context) (*Rounds, error) {
	s.fill()
	if s.Name == "" || s.Options.Observation == nil {
		return nil, errors.New("study: a sequence needs a Name, under which it is kept, and Options.Observation, at which its rounds aim")
	}
	if s.Rounds < 0 || s.Simulations < 0 || s.First < 0 {
		return nil, fmt.Errorf("study: sequence %s: %d rounds of %d simulations, the first of %d; want 1 or more of each", s.Name, s.Rounds, s.Simulations, s.First)
	}
	r, err := s.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("study: sequence %s: %w", s.Name, err)
	}
	return r, nil
}

// fill puts the values in place that 0 stands for.
func (s *Sequence) fill() {
	s.Rounds = cmp.Or(s.Rounds, 20)
	s.Simulations = cmp.Or(s.Simulations, 1000)
	s.First = cmp.Or(s.First, s.Simulations)
	s.Folder = cmp.Or(s.Folder, filepath.Join("data", "inference"))
}

func (s Sequence) run(ctx context.Context) (r *Rounds, err error) {
	if err := os.MkdirAll(s.Folder, 0o755); err != nil {
		return nil, err
	}
	s.Options.Checkpoint = s.path("inference")
	if s.Options.Retrain {
		putBack := keepWeights(s.Options.Embedding)
		defer func() {
			if err != nil {
				putBack()
			}
		}()
	}
	inference, err := sbi.NewSNPE(s.Prior, s.Options)
	if err != nil {
		return nil, err
	}
	if err := s.fits(inference.Reports()); err != nil {
		return nil, err
	}
	if err := s.sameSimulator(ctx, len(inference.Reports())); err != nil {
		return nil, err
	}
	r = &Rounds{Inference: inference}
	for done := len(inference.Reports()); len(r.Posteriors) < s.Rounds; {
		k := len(r.Posteriors) + 1
		if k < done {
			p, err := s.load(k)
			if err != nil {
				return nil, err
			}
			r.found(p, s.each)
			continue
		}
		if k > done {
			if _, err := inference.Round(ctx, s.Simulator, s.simulations(k)); err != nil {
				if stopped := ctx.Err(); stopped != nil { // no inference is handed out that could go on with part of a round
					return nil, fmt.Errorf("stopped in round %d of %d; the rounds before it are kept in %s, after which Run goes on: %w", k, s.Rounds, s.Folder, stopped)
				}
				return nil, err
			}
			done++
		}
		p, err := inference.Posterior(s.Options.Observation)
		if err != nil {
			return nil, err
		}
		if err := p.Save(s.file(k)); err != nil {
			return nil, err
		}
		r.found(p, s.each)
	}
	return r, nil
}

func (r *Rounds) found(p *sbi.Posterior, each func()) {
	r.Posteriors = append(r.Posteriors, p)
	if each != nil {
		each()
	}
}

// keepWeights copies the weights of a module, nil for none, and gives what puts them
// back.
func keepWeights(m nn.Module) (putBack func()) {
	if m == nil {
		return func() {}
	}
	var kept [][]float32
	for _, p := range m.Parameters() {
		kept = append(kept, slices.Clone(p.Tensor.Data))
	}
	return func() {
		for i, p := range m.Parameters() {
			copy(p.Tensor.Data, kept[i])
		}
	}
}

// file keeps a round's posterior.
func (s Sequence) file(round int) string { return s.path(fmt.Sprintf("round%d", round)) }

func (s Sequence) path(kind string) string { return filepath.Join(s.Folder, s.Name+"."+kind) }

// load reads a round's posterior.
func (s Sequence) load(round int) (*sbi.Posterior, error) {
	p, err := sbi.LoadPosterior(s.file(round))
	if err != nil {
		return nil, fmt.Errorf("%w; or remove the files of %s in %s to begin anew", err, s.Name, s.Folder)
	}
	return p, nil
}

// simulations is their number in a round.
func (s Sequence) simulations(round int) int {
	if round == 1 {
		return s.First
	}
	return s.Simulations
}

// fits tells whether kept rounds are those of this sequence.
func (s Sequence) fits(kept []sbi.RoundReport) error {
	if n := len(kept); n > s.Rounds {
		return fmt.Errorf("%d rounds are kept in %s, more than the %d asked for; set Rounds to %d, use another Name or remove the files", n, s.Folder, s.Rounds, n)
	}
	for i, report := range kept {
		if n := s.simulations(i + 1); report.Simulations != n {
			return fmt.Errorf("round %d in %s has %d simulations, not %d; use another Name or remove the files", i+1, s.Folder, report.Simulations, n)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	p, err := s.load(1)
	if errors.Is(err, fs.ErrNotExist) && len(kept) == 1 {
		return nil // stopped before it was written, which is done next
	}
	if err != nil {
		return err
	}
	if !slices.Equal(p.Observation(), s.Options.Observation) {
		return fmt.Errorf("the rounds in %s aim at another observation; use another Name or remove the files", s.Folder)
	}
	return nil
}

// Last is the posterior after the last round.
func (r *Rounds) Last() *sbi.Posterior { return r.Posteriors[len(r.Posteriors)-1] }

// LogProb gives the logarithm of the density at a parameter vector after each
// round: figures 16, 23 and 24 of the thesis for the true one.
func (r *Rounds) LogProb(ctx context.Context, theta []float64) ([]float64, error) {
	all := make([]float64, len(r.Posteriors))
	for i, p := range r.Posteriors {
		at, err := p.LogProb(ctx, [][]float64{theta})
		if err != nil {
			return nil, fmt.Errorf("study: round %d: %w", i+1, err)
		}
		all[i] = at[0]
	}
	return all, nil
}
