package nn

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
)

// ConvAEOptions are the options of the convolutional autoencoder.
type ConvAEOptions struct {
	// Latent is the size of the latent vector, a power of two from 4 to 512; 0 means
	// 32, the thesis's. Sizes above 32 leave poolings out, those below pool more in
	// the last stage; the number of parameters is the same.
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

// NewConvAE makes the autoencoder. It fails when the latent size is not a power of
// two from 4 to 512.
func NewConvAE(o ConvAEOptions) (*ConvAE, error) {
	if o.Latent == 0 {
		o.Latent = 32
	}
	// Every stage that does not pool doubles the latent vector.
	pools := min(bits.TrailingZeros(uint(1024/max(o.Latent, 1))), 5)
	if o.Latent < 4 || o.Latent > 512 || 1024%o.Latent != 0 {
		return nil, fmt.Errorf("nn: latent size %d; want 4, 8, 16, 32, 64, 128, 256 or 512", o.Latent)
	}
	last := max(32/o.Latent, 1) // what the last stage pools more than by two
	rng := rand.New(rand.NewPCG(o.Seed, 0xae))
	stages := []struct {
		in, out, kernel int
		norm            bool
	}{{1, 32, 5, true}, {32, 16, 3, true}, {16, 64, 11, false}, {64, 128, 13, false}, {128, 1, 3, false}}
	pool := func(stage int) int {
		if stage == len(stages)-1 {
			return 2 * last
		}
		return 2
	}
	var encoder, decoder []Module
	for i, s := range stages {
		encoder = append(encoder, NewConv1d(s.in, s.out, s.kernel, Same(s.kernel), rng), ReLU())
		if s.norm {
			encoder = append(encoder, NewBatchNorm1d(s.out))
		}
		if i < pools {
			encoder = append(encoder, MaxPool1d(pool(i)))
		}
	}
	for i := len(stages) - 1; i >= 0; i-- {
		s := stages[i]
		decoder = append(decoder, NewConv1d(s.out, s.in, s.kernel, Same(s.kernel), rng))
		if i > 0 {
			decoder = append(decoder, ReLU())
		}
		if i < pools {
			decoder = append(decoder, Upsample(pool(i)))
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
	return append(ParametersOf("encoder", a.encoder), ParametersOf("decoder", a.decoder)...)
}

// Encoder gives the encoder as a module that takes (batch, 1024) to (batch,
// latent). It shares the weights.
func (a *ConvAE) Encoder() Module { return convEncoder{a} }

type convEncoder struct{ ae *ConvAE }

// Forward encodes.
func (e convEncoder) Forward(t *Tape, x *Tensor) *Tensor { return e.ae.Encode(t, x) }

// Parameters are the encoder's.
func (e convEncoder) Parameters() []Parameter { return e.ae.encoder.Parameters() }

// Describe names the autoencoder.
func (a *ConvAE) Describe() string { return "CONV-AE" }

// Describe names the encoder.
func (e convEncoder) Describe() string { return "CONV-AE encoder" }
