package study

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

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
}

// Rounds are the rounds of a sequence.
type Rounds struct {
	Inference *sbi.Inference
	// Posteriors are those for the observation, after each round.
	Posteriors []*sbi.Posterior
}

// Run runs the rounds that are missing. It fails when the sequence has no Name or
// no Options.Observation, and when its files hold an inference with other options.
func (s Sequence) Run(ctx context.Context) (*Rounds, error) {
	if s.Rounds == 0 {
		s.Rounds = 20
	}
	if s.Simulations == 0 {
		s.Simulations = 1000
	}
	if s.First == 0 {
		s.First = s.Simulations
	}
	if s.Folder == "" {
		s.Folder = filepath.Join("data", "inference")
	}
	if s.Name == "" || s.Options.Observation == nil {
		return nil, errors.New("study: a sequence needs a Name, under which it is kept, and Options.Observation, at which its rounds aim")
	}
	r, err := s.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("study: sequence %s: %w", s.Name, err)
	}
	return r, nil
}

func (s Sequence) run(ctx context.Context) (*Rounds, error) {
	if err := os.MkdirAll(s.Folder, 0o755); err != nil {
		return nil, err
	}
	s.Options.Checkpoint = filepath.Join(s.Folder, s.Name+".inference")
	inference, err := sbi.NewSNPE(s.Prior, s.Options)
	if err != nil {
		return nil, err
	}
	r := &Rounds{Inference: inference}
	for done := len(inference.Reports()); len(r.Posteriors) < s.Rounds; {
		k := len(r.Posteriors) + 1
		file := filepath.Join(s.Folder, fmt.Sprintf("%s.round%d", s.Name, k))
		if k < done {
			p, err := sbi.LoadPosterior(file)
			if err != nil {
				return nil, err
			}
			r.Posteriors = append(r.Posteriors, p)
			continue
		}
		if k > done {
			n := s.Simulations
			if k == 1 {
				n = s.First
			}
			if _, err := inference.Round(ctx, s.Simulator, n); err != nil {
				return nil, err
			}
			done++
		}
		p, err := inference.Posterior(s.Options.Observation)
		if err != nil {
			return nil, err
		}
		if err := p.Save(file); err != nil {
			return nil, err
		}
		r.Posteriors = append(r.Posteriors, p)
	}
	return r, nil
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
