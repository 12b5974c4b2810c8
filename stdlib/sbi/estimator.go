package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"hillock/stdlib/nn"
)

// scaling standardises features per dimension.
type scaling struct{ mean, std []float32 }

// newScaling fits a scaling to rows of width values.
func newScaling(data []float32, width int) scaling {
	s := scaling{make([]float32, width), make([]float32, width)}
	n := float64(len(data) / width)
	for i := range width {
		sum, squares := 0.0, 0.0
		for at := i; at < len(data); at += width {
			sum += float64(data[at])
		}
		mean := sum / n
		for at := i; at < len(data); at += width {
			squares += (float64(data[at]) - mean) * (float64(data[at]) - mean)
		}
		std := math.Sqrt(squares / n)
		s.mean[i], s.std[i] = float32(mean), float32(std)
		if !(std > 1e-7*math.Abs(mean)) || s.std[i] == 0 { // all the same but for rounding
			s.std[i] = 1
		}
	}
	return s
}

func (s scaling) apply(data []float32) {
	if s.mean == nil {
		return
	}
	for i, v := range data {
		k := i % len(s.mean)
		data[i] = (v - s.mean[k]) / s.std[k]
	}
}

// Standardisation is how observations are standardised, by the simulations that
// an estimator is trained on first.
type Standardisation int

// The kinds of standardisation.
const (
	// Unstandardised leaves observations as they are.
	Unstandardised Standardisation = iota
	// PerValue shifts and scales each value of an observation by its own mean and
	// standard deviation; the Python toolbox calls it "independent".
	PerValue
	// Structured shifts and scales all values by the same mean and standard deviation
	// ("structured" in the toolbox). It keeps the shape of a trace: PerValue would
	// make the same voltage look different at different times to a network whose
	// weights serve all of them.
	Structured
)

// estimator is a density estimator with everything around it: the parameters'
// support, the observations' standardisation and embedding.
type estimator struct {
	prior     Prior
	kind      Density
	warp      *warp
	flow      flow
	embedding nn.Module   // nil for none
	input     standard    // of the observation; unused with a raw embedding
	features  scaling     // of what the embedding gives
	width     int         // values of an observation
	began     string      // fingerprint of the embedding before training; "" for none
	left      [][]float32 // its weights after the last training
	seen      []float32   // standardised features of the first simulations, for a frozen embedding
}

// newEstimator builds an estimator for training data.
func newEstimator(ctx context.Context, prior Prior, o Options, thetas, xs [][]float64) (*estimator, error) {
	e := &estimator{prior: prior, kind: o.Density, embedding: o.Embedding, width: len(xs[0]), warp: newWarp(o.Support, prior, thetas)}
	switch {
	case o.StandardiseInput == Structured:
		e.input = newStandard(xs, true)
	case o.StandardiseInput == PerValue || e.embedding == nil:
		e.input = newStandard(xs, false)
	}
	if e.embedding != nil {
		features, width, err := e.embed(ctx, e.rows(xs))
		if err != nil {
			return nil, fmt.Errorf("sbi: embed the observations: %w", err)
		}
		e.features, e.began = newScaling(features, width), fingerprint(e.embedding)
		e.left = weightsOf(e.embedding)
		if !o.Retrain {
			e.features.apply(features)
			e.seen = features
		}
	}
	return e, e.build(o.Seed)
}

// build makes the flow.
func (e *estimator) build(seed uint64) (err error) {
	e.flow, err = e.kind.build(e.prior.Dim(), e.contextWidth(), rand.New(rand.NewPCG(seed, 0xf10)))
	return err
}

// contextWidth is the number of values of the flow's context.
func (e *estimator) contextWidth() int {
	if e.features.mean != nil {
		return len(e.features.mean)
	}
	return e.width
}

// rows lays observations out, standardised, as float32.
func (e *estimator) rows(xs [][]float64) []float32 {
	data := make([]float32, 0, len(xs)*e.width)
	for _, x := range xs {
		for i, v := range x {
			data = append(data, float32(e.input.of(i, v)))
		}
	}
	return data
}

// standard is the mean and the deviation that observations are standardised by, in
// the simulator's precision: what is left of large offsets would be lost in float32.
type standard struct{ mean, std []float64 }

// meanAndScale gives the mean and the standard deviation of values, 1 for what is all
// the same but for rounding.
func meanAndScale(values []float64) (mean, scale float64) {
	mean, scale = stat.PopMeanStdDev(values, nil)
	if !(scale > 1e-12*math.Abs(mean)) {
		scale = 1
	}
	return mean, scale
}

// newStandard fits it to observations, value by value or for all values together.
func newStandard(xs [][]float64, together bool) standard {
	var s standard
	add := func(values []float64) {
		mean, std := meanAndScale(values)
		s.mean, s.std = append(s.mean, mean), append(s.std, std)
	}
	if together {
		add(slices.Concat(xs...))
		return s
	}
	column := make([]float64, len(xs))
	for i := range xs[0] {
		for k, x := range xs {
			column[k] = x[i]
		}
		add(column)
	}
	return s
}

// of standardises value i of an observation.
func (s standard) of(i int, v float64) float64 {
	if s.mean == nil {
		return v
	}
	i %= len(s.mean)
	return (v - s.mean[i]) / s.std[i]
}

// context gives the flow's context for observations on a tape, of shape (rows,
// width); the observations are standardised already.
func (e *estimator) context(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	if e.embedding == nil {
		return x
	}
	t.Enter("embedding")
	defer t.Leave()
	y := t.Flatten(e.embedding.Forward(t, x))
	if e.features.mean == nil || y.Dim(1) != len(e.features.mean) {
		return y
	}
	return t.Custom(&scaleOp{e.features}, y)
}

// embed gives the raw features of standardised observations, without a gradient.
func (e *estimator) embed(ctx context.Context, data []float32) (features []float32, width int, err error) {
	tape := nn.NewTape(nn.TapeOptions{Inference: true})
	const batch = 16 // traces through a convolutional encoder take some 30 ms
	for at := 0; at < len(data); at += batch * e.width {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		part := data[at:min(at+batch*e.width, len(data))]
		x, err := nn.FromSlice(part, len(part)/e.width, e.width)
		if err != nil {
			return nil, 0, err
		}
		tape.Reset()
		y := tape.Flatten(e.embedding.Forward(tape, x))
		if err := tape.Err(); err != nil {
			return nil, 0, err
		}
		features, width = append(features, y.Data...), y.Dim(1)
	}
	return features, width, nil
}

// unchanged fails when the embedding, which is the caller's, has other weights than
// this estimator left it: its features are no longer those that the flow knows.
func (e *estimator) unchanged() error {
	if e.embedding == nil {
		return nil
	}
	same := func(p nn.Parameter, left []float32) bool { return slices.Equal(p.Tensor.Data, left) }
	if !slices.EqualFunc(e.embedding.Parameters(), e.left, same) {
		return errors.New("sbi: the weights of Options.Embedding changed since this inference was trained with it, as another training does; give each inference a network of its own")
	}
	return nil
}

// frozenFeatures gives the standardised features of all simulations by an embedding
// that does not learn. Those that it gave before it keeps.
func (e *estimator) frozenFeatures(ctx context.Context, xs [][]float64) ([]float32, error) {
	features, _, err := e.embed(ctx, e.rows(xs[len(e.seen)/e.contextWidth():]))
	if err != nil {
		return nil, fmt.Errorf("sbi: embed the observations: %w", err)
	}
	e.features.apply(features)
	e.seen = append(e.seen, features...)
	return e.seen, nil
}

// contextOf gives the flow's context of one observation.
func (e *estimator) contextOf(x []float64) ([]float32, error) {
	if len(x) != e.width {
		return nil, fmt.Errorf("sbi: an observation of %d values; the estimator was trained on %d", len(x), e.width)
	}
	if !finite(x) {
		return nil, fmt.Errorf("sbi: the observation has values that are not finite")
	}
	data := e.rows([][]float64{x})
	if e.embedding == nil {
		return data, nil
	}
	features, _, err := e.embed(context.Background(), data) // one row
	if err != nil {
		return nil, err
	}
	e.features.apply(features)
	return features, nil
}

// Parameters are those of the flow and, when it learns, of the embedding.
func (e *estimator) Parameters() []nn.Parameter {
	all := named("flow", e.flow)
	if e.embedding != nil {
		all = append(all, named("embedding", e.embedding)...)
	}
	return all
}

// copyFlow gives a flow with weights of its own.
func (e *estimator) copyFlow() (flow, error) {
	return buildFlow(e.kind, e.prior.Dim(), e.contextWidth(), weightsOf(e.flow))
}

// buildFlow makes a flow with the given weights.
func buildFlow(kind Density, dim, context int, weights [][]float32) (flow, error) {
	f, err := kind.build(dim, context, rand.New(rand.NewPCG(0, 0)))
	if err != nil {
		return nil, err
	}
	return f, loadWeights(f, weights)
}

// scaleOp standardises rows.
type scaleOp struct{ scaling }

func (*scaleOp) Name() string { return "standardise" }

func (o *scaleOp) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[0].Dim(1) != len(o.mean) {
		return nil, nn.ShapeError(in[0], fmt.Sprintf("(rows, %d)", len(o.mean)))
	}
	return in[0].Shape(), nil
}

func (o *scaleOp) Forward(out []float32, in []*nn.Tensor) {
	copy(out, in[0].Data)
	o.apply(out)
}

func (o *scaleOp) Backward(_, outGrad []float32, _ []*nn.Tensor, grads [][]float32) {
	if grads[0] == nil {
		return
	}
	for i, g := range outGrad {
		grads[0][i] += g / o.std[i%len(o.std)]
	}
}
