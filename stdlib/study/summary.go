package study

import (
	"fmt"
	"math/rand/v2"

	"hillock/stdlib/nn"
)

// SummaryOptions are the options of NewSummary.
type SummaryOptions struct {
	Channels int // of the convolutions; 0 means 64
	Outputs  int // summaries; 0 means 16
	Seed     uint64
}

// Summary turns a trace into a few numbers, and is trained together with an
// estimator: convolutions with steps of 4 twice, then two that keep the 64 steps,
// and beside them one that sees every point. What they find is pooled over the
// trace, its largest and its mean values: how high the membrane rises, how low it
// falls, how often something happens. Two dense layers make the summaries.
//
// It takes traces of any length from 32 points; give it
// sbi.Options{Retrain: true, StandardiseInput: sbi.Structured}.
type Summary struct {
	fine   *nn.Conv1d // sees every point
	coarse *nn.Sequential
	out    *nn.Sequential
}

// NewSummary makes a summary network. It fails when an option is below 0 or
// Channels is odd.
func NewSummary(o SummaryOptions) (*Summary, error) {
	if o.Channels == 0 {
		o.Channels = 64
	}
	if o.Outputs == 0 {
		o.Outputs = 16
	}
	if o.Channels < 2 || o.Channels%2 != 0 || o.Outputs < 1 {
		return nil, fmt.Errorf("study: a summary network with %d channels and %d outputs; want an even number from 2 and 1 or more", o.Channels, o.Outputs)
	}
	const filters, taps, dense = 16, 9, 128
	rng := rand.New(rand.NewPCG(o.Seed, 0x5ee))
	c := o.Channels
	return &Summary{
		fine: nn.NewConv1d(1, filters, taps, nn.Same(taps), rng),
		coarse: nn.NewSequential(
			nn.NewConv1d(1, c/2, 16, nn.ConvOptions{Stride: 4, PadBefore: 6, PadAfter: 6}, rng), nn.ReLU(),
			nn.NewConv1d(c/2, c, 8, nn.ConvOptions{Stride: 4, PadBefore: 2, PadAfter: 2}, rng), nn.ReLU(),
			nn.NewConv1d(c, c, 5, nn.Same(5), rng), nn.ReLU(),
			nn.NewConv1d(c, c, 5, nn.Same(5), rng), nn.ReLU(),
		),
		out: nn.NewSequential(nn.NewLinear(2*filters+2*c, dense, rng), nn.ReLU(), nn.NewLinear(dense, o.Outputs, rng)),
	}, nil
}

// Forward takes (batch, points) to (batch, outputs).
func (s *Summary) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	x = t.Reshape(x, x.Dim(0), 1, x.Len()/x.Dim(0))
	fine, coarse := s.fine.Forward(t, x), s.coarse.Forward(t, x)
	return s.out.Forward(t, t.Concat(
		t.Concat(largest(t, fine), mean(t, t.ReLU(fine))),
		t.Concat(largest(t, coarse), mean(t, coarse))))
}

// largest takes (batch, channels, steps) to the largest value of each channel.
func largest(t *nn.Tape, x *nn.Tensor) *nn.Tensor { return t.Flatten(t.MaxPool1d(x, x.Dim(2))) }

// mean takes (batch, channels, steps) to the mean of each channel.
func mean(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	return t.Affine(t.SumRows(x), 1/float32(x.Dim(2)), 0)
}

// Parameters are those of all parts.
func (s *Summary) Parameters() []nn.Parameter {
	all := nn.ParametersOf("fine", s.fine)
	all = append(all, nn.ParametersOf("coarse", s.coarse)...)
	return append(all, nn.ParametersOf("out", s.out)...)
}

// Describe names the network.
func (*Summary) Describe() string { return "summary network" }
