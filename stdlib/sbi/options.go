package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"hillock/stdlib/nn"
)

// Options are the options of an inference. The zero value is neural posterior
// estimation with the Python toolbox's settings of today.
type Options struct {
	// Density is the family of the estimator; nil means MAF{}, and NSF{} of a single
	// parameter: there MAF is a normal distribution and nothing else.
	Density Density
	// Support is the space that the estimator lives on.
	Support Support
	// Observation is what later rounds aim at; without it all simulations are draws of
	// the prior. It may be another one when an inference goes on from its Checkpoint.
	Observation []float64

	// Embedding turns observations into the estimator's context; nil means none: the
	// standardised observation itself. It takes (rows, values), standardised as
	// StandardiseInput says. Its outputs are standardised.
	Embedding nn.Module
	// Retrain trains the embedding with the estimator; otherwise it is frozen. Either
	// way its weights must stay as the inference leaves them: what is trained by one
	// inference can't serve another, so that each member of an ensemble needs its own.
	Retrain bool
	// StandardiseInput is for embeddings that were not trained before: Structured for
	// those with convolutions or recurrent units, PerValue for others. The zero value
	// gives an embedding the observations as the simulator makes them, and standardises
	// per value where there is none. RoundReport.Warning says when they lie far from 0 ± 1.
	StandardiseInput Standardisation

	// Atoms is the number of parameter vectors that SNPE-C tells apart; 0 means 10.
	Atoms int
	// Combined adds, in later rounds, the first round's loss of the samples drawn
	// from the prior.
	Combined bool
	// Truncated makes later rounds draw from the prior, truncated to where the
	// posterior has mass (TSNPE, Deistler, Gonçalves and Macke 2022,
	// https://arxiv.org/abs/2210.04815), and train with the first round's loss. It
	// leaves Combined nothing to add.
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
	// with, or when it learns those after the last round. "" means none. It says what
	// it goes on from, and warns when a SimulatorFunc gives other values than before. So
	// that a cell does the same when it is run again, it counts the rounds that are done:
	//
	//	for len(s.Reports()) < 3 {
	//		must(s.Round(ctx, simulator, 1000))
	//	}
	Checkpoint string
	Name       string // in the live view and above the losses, to tell trainings apart
	Quiet      bool   // shows no progress
}

// SNPEOptions is the name under which users of the toolbox look for Options.
type SNPEOptions = Options

// withDefaults fills in what is zero and checks the rest, for dim parameters.
func (o Options) withDefaults(dim int) (Options, error) {
	if o.Density == nil {
		o.Density = MAF{}
		if dim == 1 {
			o.Density = NSF{}
		}
	}
	o.Observation = slices.Clone(o.Observation)
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
	case o.Patience < 1:
		return o, fmt.Errorf("sbi: patience of %d epochs; want 1 or more, or 0 for the usual 20", o.Patience)
	case o.MaxEpochs < 1:
		return o, fmt.Errorf("sbi: MaxEpochs %d; want 1 or more, or 0 for no limit", o.MaxEpochs)
	case o.Observation != nil && !finite(o.Observation):
		return o, fmt.Errorf("sbi: Options.Observation is %s; want finite values", brief(o.Observation))
	case !(o.Schedule.Decay >= 0 && o.Schedule.Decay <= 1):
		return o, fmt.Errorf("sbi: Schedule.Decay %g; want a factor from 0, for none, to 1", o.Schedule.Decay)
	case o.StandardiseInput < Unstandardised || o.StandardiseInput > Structured:
		return o, fmt.Errorf("sbi: StandardiseInput %d; want Unstandardised, PerValue or Structured", o.StandardiseInput)
	case o.Support < Unbounded || o.Support > BoxLogit:
		return o, fmt.Errorf("sbi: %s; want Unbounded, BoxProbit or BoxLogit", o.Support)
	case o.Combined && o.Truncated:
		return o, errors.New("sbi: Combined with Truncated, whose rounds train with the first round's loss alone; leave one of them out")
	case o.Retrain && o.Embedding == nil:
		return o, errors.New("sbi: Retrain without an Embedding; set Embedding or leave Retrain out")
	}
	return o, o.try(dim)
}

// try builds the estimator's flow, and embeds the observation where there is one:
// what is wrong with them is said before anything is simulated.
func (o Options) try(dim int) error {
	if _, err := o.Density.build(dim, 1, rand.New(rand.NewPCG(0, 0))); err != nil {
		return err
	}
	if o.Embedding == nil || len(o.Observation) == 0 {
		return nil
	}
	if err := takes(o.Embedding, o.Observation); err != nil {
		return fmt.Errorf("sbi: embed Options.Observation: %w", err)
	}
	return nil
}

// takes says what is wrong when an embedding can't take an observation.
func takes(embedding nn.Module, x []float64) error {
	e := estimator{embedding: embedding, width: len(x)}
	_, _, err := e.embed(context.Background(), e.rows([][]float64{x}))
	if n := inputs(embedding); err != nil && n > 0 && n != len(x) {
		return fmt.Errorf("it takes %d values, observations have %d; make an embedding of %d values", n, len(x), len(x))
	}
	return err
}

// inputs is the number of values that an embedding takes which begins with a linear
// layer; 0 for others.
func inputs(m nn.Module) int {
	switch m := m.(type) {
	case *nn.Linear:
		if m.Weight != nil && m.Weight.Rank() == 2 {
			return m.Weight.Dim(1)
		}
	case *nn.Sequential:
		if len(m.Modules) > 0 {
			return inputs(m.Modules[0])
		}
	case *pooled:
		return m.trials * inputs(m.trial)
	}
	return 0
}
