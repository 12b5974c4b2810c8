package sbi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"hillock/stdlib/nn"
)

// FCNN is a fully connected embedding of observations of so many values: hidden
// layers with ReLU, then the outputs. Train it with the estimator: Options{Embedding:
// net, Retrain: true, StandardiseInput: PerValue}. It fails when a size is below 1.
func FCNN(values int, hidden []int, outputs int, seed uint64) (*nn.Sequential, error) {
	if values < 1 || outputs < 1 || len(hidden) > 0 && slices.Min(hidden) < 1 {
		return nil, fmt.Errorf("sbi: FCNN from %d values by hidden layers of %v units to %d outputs; want 1 or more of each", values, hidden, outputs)
	}
	rng := rand.New(rand.NewPCG(seed, 0xfc))
	var layers []nn.Module
	for _, units := range hidden {
		layers = append(layers, nn.NewLinear(values, units, rng), nn.ReLU())
		values = units
	}
	return nn.NewSequential(append(layers, nn.NewLinear(values, outputs, rng))...), nil
}

// embeddingWarnings says what about an embedding and what it is given makes a posterior
// no better than the prior, though nothing fails.
func embeddingWarnings(o Options, xs [][]float64) (warnings []string) {
	if o.Embedding == nil {
		return nil
	}
	if o.StandardiseInput == Unstandardised && len(o.Embedding.Parameters()) > 0 {
		// Layers begin with weights for values around 0 or 1.
		mean, deviation := overall(xs)
		if math.Abs(mean) > max(3, 3*deviation) || deviation > 10 || deviation < 1e-3 {
			warnings = append(warnings, fmt.Sprintf("the embedding sees values around %.4g ± %.2g as they are; unless it was trained on such, set Options.StandardiseInput to sbi.PerValue, or sbi.Structured for a trace", mean, deviation))
		}
	}
	if !o.Retrain && untrained(o.Embedding) {
		warnings = append(warnings, "the embedding is frozen, and its weights look as if it was never trained; set Options.Retrain, or train it before")
	}
	return warnings
}

// overall is the mean and the deviation of all values of observations.
func overall(xs [][]float64) (mean, deviation float64) {
	n, squares := 0.0, 0.0
	for _, x := range xs {
		for _, v := range x {
			n++
			d := v - mean
			mean += d / n
			squares += d * (v - mean)
		}
	}
	return mean, math.Sqrt(squares / n)
}

// untrained says whether a module's weights look like those that layers of nn begin
// with: drawn evenly from ±1/√inputs. Of fifty or more, the largest lies close below,
// and training takes some beyond.
func untrained(m nn.Module) bool {
	count, largest := 0, 0.0
	for _, p := range m.Parameters() {
		w := p.Tensor
		if w.Rank() < 2 || !strings.HasSuffix("."+p.Name, ".weight") {
			continue
		}
		count += w.Len()
		begin := math.Sqrt(float64(w.Len() / w.Dim(0)))
		for _, v := range w.Data {
			largest = max(largest, math.Abs(float64(v))*begin)
		}
	}
	return count >= 50 && largest > 0.9 && largest < 1+1e-6
}

// SummaryOptions are the options of NewSummaryNet. The zero value is the network
// that BayesFlow 2 uses for time series, with 8 summaries.
type SummaryOptions struct {
	Channels int // of the observation: all values of one, then all of the next; 0 means 1
	Filters  int // of the convolution; 0 means 32
	Kernel   int // of the convolution; 0 means 3
	Hidden   int // units of the recurrent layers, each direction; 0 means 128
	Skip     int // the second branch reads every Skip-th step; 0 means 4
	Outputs  int // summaries; 0 means 8
	Seed     uint64
}

// SummaryNet turns time series into a few numbers: a convolution, then gated
// recurrent units that read the series in both directions, and beside it units
// that read only every few steps; the last states are joined and mapped to the
// outputs.
type SummaryNet struct {
	o          SummaryOptions
	conv       *nn.Conv1d
	near, far  *nn.GRU
	out        *nn.Linear
	stepStride *nn.Conv1d
}

// NewSummaryNet makes a network for observations of any length. It fails when an
// option is below 0.
func NewSummaryNet(o SummaryOptions) (*SummaryNet, error) {
	err := sizes("summary network", size{&o.Channels, 1, "channels"}, size{&o.Filters, 32, "filters"}, size{&o.Kernel, 3, "taps"},
		size{&o.Hidden, 128, "hidden units"}, size{&o.Skip, 4, "steps to skip"}, size{&o.Outputs, 8, "outputs"})
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x5a3))
	return &SummaryNet{
		o:          o,
		conv:       nn.NewConv1d(o.Channels, o.Filters, o.Kernel, nn.Same(o.Kernel), rng),
		near:       nn.NewGRU(o.Filters, o.Hidden, nn.RecurrentOptions{Bidirectional: true}, rng),
		stepStride: nn.NewConv1d(o.Filters, o.Filters, 1, nn.ConvOptions{Stride: o.Skip}, rng),
		far:        nn.NewGRU(o.Filters, o.Hidden, nn.RecurrentOptions{Bidirectional: true}, rng),
		out:        nn.NewLinear(4*o.Hidden, o.Outputs, rng),
	}, nil
}

// Forward takes (batch, channels·steps) to (batch, outputs).
func (s *SummaryNet) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	features := t.ReLU(s.conv.Forward(t, t.Reshape(x, x.Dim(0), s.o.Channels, x.Len()/x.Dim(0)/s.o.Channels)))
	near := s.ends(t, s.near, features)
	far := s.ends(t, s.far, s.stepStride.Forward(t, features))
	return s.out.Forward(t, t.Concat(near, far))
}

// ends gives the state of each direction after its last step.
func (s *SummaryNet) ends(t *nn.Tape, layer *nn.GRU, x *nn.Tensor) *nn.Tensor {
	y := t.Flatten(layer.Forward(t, t.Transpose(x)))
	width, h := y.Dim(1), s.o.Hidden
	if width < 2*h {
		return y
	}
	return t.Concat(t.Slice(y, width-2*h, width-h), t.Slice(y, h, 2*h))
}

// Describe says the sizes.
func (s *SummaryNet) Describe() string {
	return fmt.Sprintf("SummaryNet(%d channels, %d filters, %d hidden units, %d outputs)", s.o.Channels, s.o.Filters, s.o.Hidden, s.o.Outputs)
}

// Parameters are those of all layers.
func (s *SummaryNet) Parameters() []nn.Parameter {
	var all []nn.Parameter
	for _, l := range []struct {
		name string
		m    nn.Module
	}{{"conv", s.conv}, {"near", s.near}, {"skip", s.stepStride}, {"far", s.far}, {"out", s.out}} {
		all = append(all, named(l.name, l.m)...)
	}
	return all
}
