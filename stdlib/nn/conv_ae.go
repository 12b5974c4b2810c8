package nn

import (
	"fmt"
	"math/rand/v2"
)

// ConvAEOptions are the options of the convolutional autoencoder.
type ConvAEOptions struct {
	// Latent is the size of the latent vector: 1024 divided by a power of two from
	// 2 to 32; 0 means 32.
	Latent int
	// Sigmoid ends the decoder with a sigmoid. Table 8 of the thesis shows none,
	// though its text speaks of one.
	Sigmoid bool
	// Seed is where the first weights are drawn from.
	Seed uint64
}

// ConvAE is the convolutional autoencoder of traces of 1,024 points (thesis,
// table 8): 240,258 parameters with a latent vector of 32.
type ConvAE struct {
	options          ConvAEOptions
	encoder, decoder *Sequential
}

// NewConvAE makes the autoencoder. It fails when the latent size is not one that
// pooling by two reaches from 1,024.
func NewConvAE(o ConvAEOptions) (*ConvAE, error) {
	if o.Latent == 0 {
		o.Latent = 32
	}
	// Every stage that does not pool doubles the latent vector.
	pools := map[int]int{32: 5, 64: 4, 128: 3, 256: 2, 512: 1}[o.Latent]
	if pools == 0 {
		return nil, fmt.Errorf("nn: latent size %d; want 32, 64, 128, 256 or 512", o.Latent)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0xae))
	stages := []struct {
		in, out, kernel int
		norm            bool
	}{{1, 32, 5, true}, {32, 16, 3, true}, {16, 64, 11, false}, {64, 128, 13, false}, {128, 1, 3, false}}
	var encoder, decoder []Module
	for i, s := range stages {
		encoder = append(encoder, NewConv1d(s.in, s.out, s.kernel, Same(s.kernel), rng), ReLU())
		if s.norm {
			encoder = append(encoder, NewBatchNorm1d(s.out))
		}
		if i < pools {
			encoder = append(encoder, MaxPool1d(2))
		}
	}
	for i := len(stages) - 1; i >= 0; i-- {
		s := stages[i]
		decoder = append(decoder, NewConv1d(s.out, s.in, s.kernel, Same(s.kernel), rng))
		if i > 0 {
			decoder = append(decoder, ReLU())
		}
		if i < pools {
			decoder = append(decoder, Upsample(2))
		}
	}
	if o.Sigmoid {
		decoder = append(decoder, Sigmoid())
	}
	return &ConvAE{options: o, encoder: NewSequential(encoder...), decoder: NewSequential(decoder...)}, nil
}

// Forward reconstructs traces of shape (batch, 1024) or (batch, 1, 1024); the
// output has the input's shape.
func (a *ConvAE) Forward(t *Tape, x *Tensor) *Tensor {
	return a.decode(t, a.encode(t, x), x)
}

// Encode gives the latent vectors, of shape (batch, latent); they are 0 or more.
func (a *ConvAE) Encode(t *Tape, x *Tensor) *Tensor {
	return t.Flatten(a.encode(t, x))
}

func (a *ConvAE) encode(t *Tape, x *Tensor) *Tensor {
	if x != nil && x.Rank() == 2 {
		x = t.Reshape(x, x.Dim(0), 1, x.Dim(1))
	}
	return t.Run("encoder", a.encoder, x)
}

func (a *ConvAE) decode(t *Tape, latent, like *Tensor) *Tensor {
	y := t.Run("decoder", a.decoder, latent)
	if like != nil && like.Rank() == 2 {
		y = t.Reshape(y, like.Dim(0), like.Dim(1))
	}
	return y
}

// Parameters are those of encoder and decoder.
func (a *ConvAE) Parameters() []Parameter {
	return append(prefixed("encoder", a.encoder), prefixed("decoder", a.decoder)...)
}

// Encoder gives the encoder as a module that takes (batch, 1024) to (batch,
// latent). It shares the weights.
func (a *ConvAE) Encoder() Module { return convEncoder{a} }

type convEncoder struct{ ae *ConvAE }

// Forward encodes.
func (e convEncoder) Forward(t *Tape, x *Tensor) *Tensor { return e.ae.Encode(t, x) }

// Parameters are the encoder's.
func (e convEncoder) Parameters() []Parameter { return e.ae.encoder.Parameters() }
