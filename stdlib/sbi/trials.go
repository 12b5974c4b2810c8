package sbi

import (
	"fmt"

	"hillock/stdlib/nn"
)

// PermutationInvariant is an embedding of observations of so many trials, such as
// repeated recordings: all values of the first, then all of the next. The network, of
// one trial's values, takes each trial alone, and its outputs are averaged over the
// trials, whose order plays no part (Zaheer et al. 2017,
// https://arxiv.org/abs/1703.06114). Put what combines the averages behind it:
// nn.NewSequential(net, nn.NewLinear(…), …). Train it with the estimator:
// Options{Embedding: net, Retrain: true, StandardiseInput: Structured}; PerValue would
// make the same trial look different at different places. It fails without a network,
// and for fewer than one trial.
func PermutationInvariant(trial nn.Module, trials int) (nn.Module, error) {
	if trial == nil || trials < 1 {
		return nil, fmt.Errorf("sbi: permutation-invariant embedding of %d trials by the network %T; want one or more, by a network such as FCNN of one trial's values", trials, trial)
	}
	return &pooled{trial: trial, trials: trials}, nil
}

// pooled is a network for one trial, and the mean of its outputs over all trials.
type pooled struct {
	trial  nn.Module
	trials int
}

// Forward takes (batch, trials·values) to (batch, outputs).
func (p *pooled) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	rows := x.Dim(0)
	each := t.Flatten(t.Run("trial", p.trial, t.Reshape(x, rows*p.trials, x.Dim(1)/p.trials)))
	outputs := t.Reshape(each, rows, p.trials, each.Dim(1))
	return t.Affine(t.SumRows(t.Transpose(outputs)), 1/float32(p.trials), 0)
}

// Parameters are the network's.
func (p *pooled) Parameters() []nn.Parameter { return named("trial", p.trial) }

// Describe says what is pooled.
func (p *pooled) Describe() string {
	what := "network"
	if d, ok := p.trial.(nn.Describer); ok {
		what = d.Describe()
	}
	return fmt.Sprintf("PermutationInvariant(%d trials, %s)", p.trials, what)
}
