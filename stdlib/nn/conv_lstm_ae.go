package nn

import (
	"fmt"
	"math/rand/v2"
)

// ConvLSTMAEOptions are the options of the convolutional-LSTM autoencoder.
type ConvLSTMAEOptions struct {
	// Dropout is the probability of dropout in the encoder; 0 means the thesis's
	// 0.5, below 0 none.
	Dropout float64
	// Seed is where the first weights are drawn from.
	Seed uint64
}

// ConvLSTMAE is the convolutional-LSTM autoencoder of traces of 1,024 points
// (thesis, table 9): 39,803,948 parameters, a latent vector of 60.
type ConvLSTMAE struct{ encoder, decoder *Sequential }

// NewConvLSTMAE makes the autoencoder. It fails when the dropout is 1 or more.
func NewConvLSTMAE(o ConvLSTMAEOptions) (*ConvLSTMAE, error) {
	switch {
	case o.Dropout == 0:
		o.Dropout = 0.5
	case o.Dropout < 0:
		o.Dropout = 0
	case o.Dropout >= 1:
		return nil, fmt.Errorf("nn: dropout %g; want below 1", o.Dropout)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x157))
	var encoder []Module
	for _, s := range []struct {
		in, out, kernel int
		padding         int // zeros on both sides
		norm, pool      bool
	}{
		{1, 10, 7, 3, true, true}, {10, 32, 6, 2, true, true}, {32, 32, 5, 2, true, true}, {32, 64, 7, 3, false, false},
		{64, 64, 11, 5, true, true}, {64, 128, 11, 5, false, false}, {128, 64, 11, 5, true, true},
	} {
		encoder = append(encoder, NewConv1d(s.in, s.out, s.kernel, ConvOptions{PadBefore: s.padding, PadAfter: s.padding}, rng))
		if s.norm {
			encoder = append(encoder, NewBatchNorm1d(s.out))
		}
		encoder = append(encoder, Tanh(), Dropout(o.Dropout))
		if s.pool {
			encoder = append(encoder, MaxPool1d(2))
		}
	}
	encoder = append(encoder, NewConv1d(64, 1, 32, ConvOptions{PadBefore: 16, PadAfter: 16}, rng), Tanh(),
		&Function{"Transpose", (*Tape).Transpose},
		NewLSTM(1, 20, RecurrentOptions{}, rng),
		&Function{"LastStep", lastStep},
		NewLinear(20, 60, rng))

	decoder := []Module{&Function{"OneChannel", oneChannel}}
	for _, s := range []struct {
		in, out, kernel int
		padding         int
		up              bool
	}{
		{1, 1, 32, 0, true}, {1, 64, 11, 5, false}, {64, 128, 11, 5, true}, {128, 64, 11, 5, false}, {64, 64, 7, 3, true},
		{64, 32, 5, 2, true}, {32, 32, 6, 0, true}, {32, 10, 7, 3, true},
	} {
		pad := ConvOptions{PadBefore: s.padding, PadAfter: s.padding}
		if s.kernel%2 == 0 {
			pad = Same(s.kernel)
		}
		decoder = append(decoder, NewConv1d(s.in, s.out, s.kernel, pad, rng), Tanh())
		if s.up {
			decoder = append(decoder, Upsample(2))
		}
	}
	decoder = append(decoder, Flatten(), NewLinear(38400, 1024, rng), Sigmoid())
	return &ConvLSTMAE{NewSequential(encoder...), NewSequential(decoder...)}, nil
}

// lastStep keeps the last step of (batch, steps, features).
func lastStep(t *Tape, x *Tensor) *Tensor {
	if x.Rank() != 3 {
		return t.Flatten(x)
	}
	width := x.Dim(2)
	y := t.Flatten(x)
	return t.Slice(y, (x.Dim(1)-1)*width, x.Dim(1)*width)
}

// oneChannel takes (batch, length) to (batch, 1, length).
func oneChannel(t *Tape, x *Tensor) *Tensor {
	if x == nil || x.Rank() != 2 {
		return x
	}
	return t.Reshape(x, x.Dim(0), 1, x.Dim(1))
}

// Forward reconstructs traces of shape (batch, 1024) or (batch, 1, 1024); the
// output has the input's shape.
func (a *ConvLSTMAE) Forward(t *Tape, x *Tensor) *Tensor {
	latent := a.Encode(t, x)
	y := t.Run("decoder", a.decoder, latent)
	if x != nil && x.Rank() == 3 {
		y = oneChannel(t, y)
	}
	return y
}

// Encode gives the latent vectors, of shape (batch, 60).
func (a *ConvLSTMAE) Encode(t *Tape, x *Tensor) *Tensor {
	return t.Run("encoder", a.encoder, oneChannel(t, x))
}

// Parameters are those of encoder and decoder.
func (a *ConvLSTMAE) Parameters() []Parameter {
	return append(ParametersOf("encoder", a.encoder), ParametersOf("decoder", a.decoder)...)
}

// Encoder gives the encoder as a module that takes (batch, 1024) to (batch, 60).
// It shares the weights.
func (a *ConvLSTMAE) Encoder() Module { return convLSTMEncoder{a} }

type convLSTMEncoder struct{ ae *ConvLSTMAE }

// Forward encodes.
func (e convLSTMEncoder) Forward(t *Tape, x *Tensor) *Tensor { return e.ae.Encode(t, x) }

// Parameters are the encoder's.
func (e convLSTMEncoder) Parameters() []Parameter { return e.ae.encoder.Parameters() }

// Describe names the autoencoder.
func (a *ConvLSTMAE) Describe() string { return "CONV-LSTM-AE" }

// Describe names the encoder.
func (e convLSTMEncoder) Describe() string { return "CONV-LSTM-AE encoder" }
