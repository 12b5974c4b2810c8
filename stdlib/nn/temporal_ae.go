package nn

import (
	"fmt"
	"math/rand/v2"
)

// TemporalAEOptions are the options of the temporal convolutional autoencoder.
type TemporalAEOptions struct {
	Points   int    // of a trace; 0 means 1,024
	Latent   int    // size of the latent vector; 0 means 32; it must divide Points
	Channels int    // of the hidden layers; 0 means 32
	Blocks   int    // residual blocks, with dilations 1, 2, 4, …; 0 means 6
	Kernel   int    // taps of the convolutions; 0 means 5
	Seed     uint64 // where the first weights are drawn from
}

// TemporalAE is an autoencoder of causal, dilated convolutions with residual
// connections (temporal convolutional network, Bai, Kolter and Koltun 2018,
// https://arxiv.org/abs/1803.01271), which the thesis names in its outlook: a
// point of the encoder's features sees the trace up to that point alone.
type TemporalAE struct {
	encoder, decoder *Sequential
}

// NewTemporalAE makes the autoencoder. It fails when the latent size does not
// divide the points.
func NewTemporalAE(o TemporalAEOptions) (*TemporalAE, error) {
	for _, d := range []struct {
		value *int
		usual int
		name  string
	}{{&o.Points, 1024, "points"}, {&o.Latent, 32, "latent size"}, {&o.Channels, 32, "channels"}, {&o.Blocks, 6, "blocks"}, {&o.Kernel, 5, "kernel"}} {
		if *d.value == 0 {
			*d.value = d.usual
		}
		if *d.value < 1 {
			return nil, fmt.Errorf("nn: temporal autoencoder with %s %d; want 1 or more", d.name, *d.value)
		}
	}
	if o.Points%o.Latent != 0 {
		return nil, fmt.Errorf("nn: temporal autoencoder: latent size %d does not divide %d points", o.Latent, o.Points)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x7c9))
	stack := func(in int) []Module {
		var blocks []Module
		for b := range o.Blocks {
			from := o.Channels
			var shortcut Module
			if b == 0 {
				from = in
				shortcut = NewConv1d(in, o.Channels, 1, ConvOptions{}, rng)
			}
			body := NewSequential(NewConv1d(from, o.Channels, o.Kernel, Causal(o.Kernel, 1<<b), rng), ReLU(),
				NewConv1d(o.Channels, o.Channels, o.Kernel, Causal(o.Kernel, 1<<b), rng), ReLU())
			blocks = append(blocks, &Residual{Body: body, Shortcut: shortcut})
		}
		return append(blocks, NewConv1d(o.Channels, 1, 1, ConvOptions{}, rng))
	}
	factor := o.Points / o.Latent
	encoder := append(stack(1), MaxPool1d(factor))
	decoder := append([]Module{Upsample(factor)}, stack(1)...)
	return &TemporalAE{NewSequential(encoder...), NewSequential(decoder...)}, nil
}

// Forward reconstructs traces of shape (batch, points) or (batch, 1, points).
func (a *TemporalAE) Forward(t *Tape, x *Tensor) *Tensor {
	latent := t.Run("encoder", a.encoder, oneChannel(t, x))
	y := t.Run("decoder", a.decoder, latent)
	if x != nil && x.Rank() == 2 {
		y = t.Flatten(y)
	}
	return y
}

// Encode gives the latent vectors, of shape (batch, latent).
func (a *TemporalAE) Encode(t *Tape, x *Tensor) *Tensor {
	return t.Flatten(t.Run("encoder", a.encoder, oneChannel(t, x)))
}

// Parameters are those of encoder and decoder.
func (a *TemporalAE) Parameters() []Parameter {
	return append(ParametersOf("encoder", a.encoder), ParametersOf("decoder", a.decoder)...)
}

// Encoder gives the encoder as a module that takes (batch, points) to (batch,
// latent). It shares the weights.
func (a *TemporalAE) Encoder() Module { return temporalEncoder{a} }

type temporalEncoder struct{ ae *TemporalAE }

// Forward encodes.
func (e temporalEncoder) Forward(t *Tape, x *Tensor) *Tensor { return e.ae.Encode(t, x) }

// Parameters are the encoder's.
func (e temporalEncoder) Parameters() []Parameter { return e.ae.encoder.Parameters() }

// Describe names the autoencoder.
func (a *TemporalAE) Describe() string { return "temporal autoencoder" }

// Describe names the encoder.
func (e temporalEncoder) Describe() string { return "temporal autoencoder encoder" }
