package study

import (
	"fmt"
	"math/rand/v2"

	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
)

// SummaryOptions are the options of NewSummary.
type SummaryOptions struct {
	Hidden  int // units of the recurrent layers, each direction; 0 means 32
	Outputs int // summaries; 0 means 16
	// Pooled gives the network the largest and the mean values of what its
	// convolutions find in the trace, beside what the recurrent units make of it: how
	// high the membrane rises, how low it falls, how often it does something. The
	// last state of recurrent units is slow to learn such numbers exactly.
	Pooled bool
	Seed   uint64
}

// NewSummary makes a summary network for traces, to be trained together with an
// estimator: two convolutions with steps of 4, which turn 1,024 points into 64
// steps of 32 values (Pooled: 64), then recurrent units that read them in both
// directions (sbi.SummaryNet). Reading the points one by one would take 16 times as
// long.
func NewSummary(o SummaryOptions) (nn.Module, error) {
	if o.Hidden == 0 {
		o.Hidden = 32
	}
	if o.Outputs == 0 {
		o.Outputs = 16
	}
	channels := 32
	if o.Pooled {
		channels = 64
	}
	recurrent, err := sbi.NewSummaryNet(sbi.SummaryOptions{Channels: channels, Filters: 32, Hidden: o.Hidden, Outputs: o.Outputs, Seed: o.Seed})
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x5ee))
	convolutions := []nn.Module{
		nn.NewConv1d(1, channels/2, 16, nn.ConvOptions{Stride: 4, PadBefore: 6, PadAfter: 6}, rng), nn.ReLU(),
		nn.NewConv1d(channels/2, channels, 8, nn.ConvOptions{Stride: 4, PadBefore: 2, PadAfter: 2}, rng), nn.ReLU(),
	}
	if o.Pooled {
		const filters, taps = 16, 9
		return &pooledSummary{
			fine: nn.NewConv1d(1, filters, taps, nn.Same(taps), rng), coarse: nn.NewSequential(convolutions...), recurrent: recurrent,
			out: nn.NewLinear(2*filters+2*channels+o.Outputs, o.Outputs, rng),
		}, nil
	}
	all := append([]nn.Module{&nn.Function{Name: "one channel", Apply: oneChannel}}, convolutions...)
	return nn.NewSequential(append(all, nn.Flatten(), recurrent)...), nil
}

// oneChannel takes (batch, points) to (batch, 1, points).
func oneChannel(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	return t.Reshape(x, x.Dim(0), 1, x.Len()/x.Dim(0))
}

// pooledSummary joins recurrent units with values that are pooled over the trace.
type pooledSummary struct {
	fine      *nn.Conv1d // sees every point
	coarse    *nn.Sequential
	recurrent *sbi.SummaryNet
	out       *nn.Linear
}

// Forward takes (batch, points) to (batch, outputs).
func (s *pooledSummary) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	x = oneChannel(t, x)
	fine, coarse := s.fine.Forward(t, x), s.coarse.Forward(t, x)
	pooled := t.Concat(
		t.Concat(largest(t, fine), mean(t, t.ReLU(fine))),
		t.Concat(largest(t, coarse), mean(t, coarse)))
	return s.out.Forward(t, t.Concat(pooled, s.recurrent.Forward(t, t.Flatten(coarse))))
}

// largest takes (batch, channels, steps) to the largest value of each channel.
func largest(t *nn.Tape, x *nn.Tensor) *nn.Tensor { return t.Flatten(t.MaxPool1d(x, x.Dim(2))) }

// mean takes (batch, channels, steps) to the mean of each channel.
func mean(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	batch, channels, steps := x.Dim(0), x.Dim(1), x.Dim(2)
	sums := t.SumRows(t.Reshape(x, batch*channels, steps))
	return t.Affine(t.Reshape(sums, batch, channels), 1/float32(steps), 0)
}

// Parameters are those of all parts.
func (s *pooledSummary) Parameters() []nn.Parameter {
	all := nn.ParametersOf("fine", s.fine)
	all = append(all, nn.ParametersOf("coarse", s.coarse)...)
	all = append(all, nn.ParametersOf("recurrent", s.recurrent)...)
	return append(all, nn.ParametersOf("out", s.out)...)
}

// Describe names the network.
func (s *pooledSummary) Describe() string { return "summary network with pooled values" }
