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
	Seed    uint64
}

// NewSummary makes a summary network for traces, to be trained together with an
// estimator: two convolutions with steps of 4, which turn 1,024 points into 64
// steps of 32 values, then recurrent units that read them in both directions
// (sbi.SummaryNet). Reading the points one by one would take 16 times as long.
func NewSummary(o SummaryOptions) (nn.Module, error) {
	if o.Hidden == 0 {
		o.Hidden = 32
	}
	if o.Outputs == 0 {
		o.Outputs = 16
	}
	const channels = 32
	recurrent, err := sbi.NewSummaryNet(sbi.SummaryOptions{Channels: channels, Filters: channels, Hidden: o.Hidden, Outputs: o.Outputs, Seed: o.Seed})
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x5ee))
	oneChannel := &nn.Function{Name: "one channel", Apply: func(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
		return t.Reshape(x, x.Dim(0), 1, x.Len()/x.Dim(0))
	}}
	return nn.NewSequential(
		oneChannel,
		nn.NewConv1d(1, channels/2, 16, nn.ConvOptions{Stride: 4, PadBefore: 6, PadAfter: 6}, rng), nn.ReLU(),
		nn.NewConv1d(channels/2, channels, 8, nn.ConvOptions{Stride: 4, PadBefore: 2, PadAfter: 2}, rng), nn.ReLU(),
		nn.Flatten(), recurrent,
	), nil
}
