package nn

import (
	"cmp"
	"fmt"
	"math/rand/v2"
)

// Linear is a fully connected layer, y = x·Wᵀ + b.
type Linear struct {
	Weight *Tensor // (out, in)
	Bias   *Tensor // (out), or nil
}

// NewLinear makes a layer from in to out features, drawn uniformly from
// ±1/√in.
func NewLinear(in, out int, rng *rand.Rand) *Linear {
	return &Linear{Weight: uniform(newParameter(out, in), in, rng), Bias: uniform(newParameter(out), in, rng)}
}

// Forward takes (…, in) to (…, out).
func (l *Linear) Forward(t *Tape, x *Tensor) *Tensor { return t.Linear(x, l.Weight, l.Bias) }

// Parameters are weight and, if there is one, bias.
func (l *Linear) Parameters() []Parameter { return weightAndBias(l.Weight, l.Bias) }

// Describe says the sizes.
func (l *Linear) Describe() string {
	return fmt.Sprintf("Linear(%d, %d)", l.Weight.Dim(1), l.Weight.Dim(0))
}

func weightAndBias(weight, bias *Tensor) []Parameter {
	p := []Parameter{{Name: "weight", Tensor: weight}}
	if bias != nil {
		p = append(p, Parameter{Name: "bias", Tensor: bias})
	}
	return p
}

// Conv1d is a one-dimensional convolution layer.
type Conv1d struct {
	Weight  *Tensor // (out, in, kernel)
	Bias    *Tensor // (out), or nil
	Options ConvOptions
}

// NewConv1d makes a layer from in to out channels, drawn uniformly from
// ±1/√(in·kernel).
func NewConv1d(in, out, kernel int, o ConvOptions, rng *rand.Rand) *Conv1d {
	return &Conv1d{Weight: uniform(newParameter(out, in, kernel), in*kernel, rng), Bias: uniform(newParameter(out), in*kernel, rng), Options: o}
}

// Same is the padding that keeps the length, for stride 1; of an even kernel the
// extra zero comes after.
func Same(kernel int) ConvOptions {
	return ConvOptions{PadBefore: (kernel - 1) / 2, PadAfter: kernel / 2}
}

// Causal is the padding that keeps the length and lets no output see a later
// input, for stride 1 and the given dilation.
func Causal(kernel, dilation int) ConvOptions {
	return ConvOptions{Dilation: dilation, PadBefore: (kernel - 1) * max(dilation, 1)}
}

// Forward takes (batch, in, length) to (batch, out, new length).
func (l *Conv1d) Forward(t *Tape, x *Tensor) *Tensor {
	return t.Conv1d(x, l.Weight, l.Bias, l.Options)
}

// Parameters are weight and, if there is one, bias.
func (l *Conv1d) Parameters() []Parameter { return weightAndBias(l.Weight, l.Bias) }

// Describe says the sizes.
func (l *Conv1d) Describe() string {
	return fmt.Sprintf("Conv1d(%d, %d, kernel %d)", l.Weight.Dim(1), l.Weight.Dim(0), l.Weight.Dim(2))
}

// BatchNorm1d normalises every channel over the batch (Ioffe and Szegedy 2015,
// https://arxiv.org/abs/1502.03167).
type BatchNorm1d struct {
	Weight, Bias            *Tensor // (channels): scale and shift
	RunningMean, RunningVar *Tensor // (channels), used outside training
	// Momentum is the weight of a new batch in the running statistics; 0 means 0.1.
	Momentum float32
	// Epsilon is added to the variance; 0 means 1e-5.
	Epsilon float64
}

// NewBatchNorm1d makes a layer for a number of channels.
func NewBatchNorm1d(channels int) *BatchNorm1d {
	l := &BatchNorm1d{Weight: newParameter(channels), Bias: newParameter(channels),
		RunningMean: makeTensor(make([]float32, channels), []int{channels}), RunningVar: makeTensor(make([]float32, channels), []int{channels})}
	for i := range channels {
		l.Weight.Data[i], l.RunningVar.Data[i] = 1, 1
	}
	return l
}

// Forward normalises (batch, channels) or (batch, channels, length).
func (l *BatchNorm1d) Forward(t *Tape, x *Tensor) *Tensor {
	return t.batchNorm(x, l.Weight, l.Bias, batchStatistics{
		mean: l.RunningMean.Data, variance: l.RunningVar.Data,
		momentum: cmp.Or(l.Momentum, 0.1), epsilon: cmp.Or(l.Epsilon, 1e-5),
	})
}

// Parameters are weight, bias and the running statistics.
func (l *BatchNorm1d) Parameters() []Parameter {
	return append(weightAndBias(l.Weight, l.Bias),
		Parameter{Name: "running_mean", Tensor: l.RunningMean, Buffer: true},
		Parameter{Name: "running_var", Tensor: l.RunningVar, Buffer: true})
}

// Describe says the number of channels.
func (l *BatchNorm1d) Describe() string { return fmt.Sprintf("BatchNorm1d(%d)", l.Weight.Len()) }

// LayerNorm normalises the last dimension (Ba et al. 2016,
// https://arxiv.org/abs/1607.06450).
type LayerNorm struct {
	Weight, Bias *Tensor // (features): scale and shift
	// Epsilon is added to the variance; 0 means 1e-5.
	Epsilon float64
}

// NewLayerNorm makes a layer for a number of features.
func NewLayerNorm(features int) *LayerNorm {
	l := &LayerNorm{Weight: newParameter(features), Bias: newParameter(features)}
	for i := range features {
		l.Weight.Data[i] = 1
	}
	return l
}

// Forward normalises (…, features).
func (l *LayerNorm) Forward(t *Tape, x *Tensor) *Tensor {
	epsilon := l.Epsilon
	if epsilon == 0 {
		epsilon = 1e-5
	}
	return t.layerNorm(x, l.Weight, l.Bias, epsilon)
}

// Parameters are weight and bias.
func (l *LayerNorm) Parameters() []Parameter { return weightAndBias(l.Weight, l.Bias) }

// Describe says the number of features.
func (l *LayerNorm) Describe() string { return fmt.Sprintf("LayerNorm(%d)", l.Weight.Len()) }

// Function is a layer without parameters.
type Function struct {
	Name  string
	Apply func(t *Tape, x *Tensor) *Tensor
}

// Forward applies the function.
func (f *Function) Forward(t *Tape, x *Tensor) *Tensor { return f.Apply(t, x) }

// Parameters are none.
func (f *Function) Parameters() []Parameter { return nil }

// Describe says the name.
func (f *Function) Describe() string { return f.Name }

// ReLU is the layer max(x, 0).
func ReLU() *Function { return &Function{reluName, (*Tape).ReLU} }

const reluName = "ReLU"

// Tanh is the layer tanh x.
func Tanh() *Function { return &Function{"Tanh", (*Tape).Tanh} }

// Sigmoid is the layer 1/(1 + e^−x).
func Sigmoid() *Function { return &Function{"Sigmoid", (*Tape).Sigmoid} }

// ELU is the layer that is x above 0 and e^x − 1 below.
func ELU() *Function { return &Function{"ELU", (*Tape).ELU} }

// SiLU is the layer x/(1 + e^−x).
func SiLU() *Function { return &Function{"SiLU", (*Tape).SiLU} }

// Flatten is the layer that joins all dimensions after the batch.
func Flatten() *Function { return &Function{"Flatten", (*Tape).Flatten} }

// MaxPool1d is the layer that keeps the largest of every size elements.
func MaxPool1d(size int) *Function {
	return &Function{fmt.Sprintf("MaxPool1d(%d)", size), func(t *Tape, x *Tensor) *Tensor { return t.MaxPool1d(x, size) }}
}

// Upsample is the layer that repeats every element factor times.
func Upsample(factor int) *Function {
	return &Function{fmt.Sprintf("Upsample(%d)", factor), func(t *Tape, x *Tensor) *Tensor { return t.Upsample(x, factor) }}
}
