package nn

import (
	"math"
	"math/rand/v2"
	"testing"
)

// fill draws a tensor's elements from the standard normal distribution.
func fill(rng *rand.Rand, shape ...int) *Tensor {
	p := newParameter(shape...)
	for i := range p.Data {
		p.Data[i] = float32(rng.NormFloat64())
	}
	return p
}

// checkGradients compares the gradients of Σ f·weight with finite differences,
// for all inputs that want one.
func checkGradients(t *testing.T, name string, inputs []*Tensor, f func(tape *Tape) *Tensor) {
	t.Helper()
	tape := NewTape(TapeOptions{Goroutines: 2, Seed: 1})
	var weights *Tensor
	value := func() float64 {
		tape.Reset()
		y := f(tape)
		if tape.Err() != nil {
			t.Fatalf("%s: %v", name, tape.Err())
		}
		if weights == nil {
			weights = fill(rand.New(rand.NewPCG(9, 9)), y.Shape()...)
			weights.needs = false
		}
		sum := 0.0
		for i, v := range y.Data {
			sum += float64(v) * float64(weights.Data[i])
		}
		return sum
	}
	value()
	tape.Reset()
	// Twice the loss, so that every gradient is added to once.
	y := f(tape)
	loss := tape.Add(tape.Sum(tape.Mul(y, weights)), tape.Sum(tape.Mul(y, weights)))
	if err := tape.Backward(loss); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var grads [][]float32
	for _, x := range inputs {
		grads = append(grads, append([]float32(nil), x.Grad...))
	}
	rng := rand.New(rand.NewPCG(7, 7))
	for k, x := range inputs {
		for range 6 {
			// Along a random direction a sum over many elements is checked at once.
			direction := make([]float32, x.Len())
			want := 0.0
			for i := range direction {
				direction[i] = float32(rng.NormFloat64())
				want += float64(grads[k][i]) / 2 * float64(direction[i])
			}
			h := float32(1e-3)
			old := append([]float32(nil), x.Data...)
			for i := range x.Data {
				x.Data[i] = old[i] + h*direction[i]
			}
			up := value()
			for i := range x.Data {
				x.Data[i] = old[i] - h*direction[i]
			}
			down := value()
			copy(x.Data, old)
			got := (up - down) / (2 * float64(h))
			if math.Abs(got-want) > 2e-2*(math.Abs(want)+math.Sqrt(float64(x.Len()))) {
				t.Errorf("%s: slope along a direction of input %d: by differences %g, by Backward %g", name, k, got, want)
			}
		}
	}
}

func TestGradientsEqualFiniteDifferences(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := fill(rng, 3, 5, 14), fill(rng, 3, 5, 14)
	checkGradients(t, "Add", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.Add(a, b) })
	checkGradients(t, "Sub", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.Sub(a, b) })
	checkGradients(t, "Mul", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.Mul(a, b) })
	checkGradients(t, "Affine", []*Tensor{a}, func(t *Tape) *Tensor { return t.Affine(a, 3, -1) })
	checkGradients(t, "ReLU", []*Tensor{a}, func(t *Tape) *Tensor { return t.ReLU(a) })
	checkGradients(t, "Tanh", []*Tensor{a}, func(t *Tape) *Tensor { return t.Tanh(a) })
	checkGradients(t, "Sigmoid", []*Tensor{a}, func(t *Tape) *Tensor { return t.Sigmoid(a) })
	checkGradients(t, "Exp", []*Tensor{a}, func(t *Tape) *Tensor { return t.Exp(a) })
	checkGradients(t, "SiLU", []*Tensor{a}, func(t *Tape) *Tensor { return t.SiLU(a) })
	checkGradients(t, "ELU", []*Tensor{a}, func(t *Tape) *Tensor { return t.ELU(a) })
	checkGradients(t, "Flatten", []*Tensor{a}, func(t *Tape) *Tensor { return t.Flatten(a) })
	checkGradients(t, "Mean", []*Tensor{a}, func(t *Tape) *Tensor { return t.Mean(t.Mul(a, a)) })
	checkGradients(t, "MSE", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.MSE(a, b) })
	for _, size := range []int{2, 3} {
		checkGradients(t, "MaxPool1d", []*Tensor{a}, func(t *Tape) *Tensor { return t.MaxPool1d(a, size) })
		checkGradients(t, "Upsample", []*Tensor{a}, func(t *Tape) *Tensor { return t.Upsample(a, size) })
	}
	weights := fill(rng, 3, 5, 14)
	weights.needs = false
	checkGradients(t, "WeightedMSE", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.WeightedMSE(a, b, weights) })
	targets := fill(rng, 3, 5, 14)
	targets.needs = false
	for i := range targets.Data {
		targets.Data[i] = float32(i % 2)
	}
	checkGradients(t, "BCEWithLogits", []*Tensor{a}, func(t *Tape) *Tensor { return t.BCEWithLogits(a, targets) })

	w, bias := fill(rng, 7, 14), fill(rng, 7)
	checkGradients(t, "Linear", []*Tensor{a, w, bias}, func(t *Tape) *Tensor { return t.Linear(a, w, bias) })
	x, y := fill(rng, 9, 6), fill(rng, 6, 8)
	checkGradients(t, "MatMul", []*Tensor{x, y}, func(t *Tape) *Tensor { return t.MatMul(x, y) })

	for _, o := range []ConvOptions{{}, {PadBefore: 2, PadAfter: 2}, {PadBefore: 5}, {PadAfter: 1, Dilation: 2}, {Stride: 2, PadBefore: 1, PadAfter: 2}, {Stride: 3, Dilation: 2, PadBefore: 4, PadAfter: 7}, {Stride: 4, PadBefore: 7, PadAfter: 2}} {
		for _, kernel := range []int{1, 3, 6} {
			if kernel == 6 && o.Dilation == 2 && o.PadBefore == 0 {
				o.PadAfter = 4
			}
			kernels, shift := fill(rng, 4, 5, kernel), fill(rng, 4)
			checkGradients(t, "Conv1d", []*Tensor{a, kernels, shift}, func(t *Tape) *Tensor { return t.Conv1d(a, kernels, shift, o) })
		}
	}
	for _, reverse := range []bool{false, true} {
		steps, wi, wh, bi, bh := fill(rng, 3, 4, 5), fill(rng, 24, 5), fill(rng, 24, 6), fill(rng, 24), fill(rng, 24)
		checkGradients(t, "LSTM", []*Tensor{steps, wi, wh, bi, bh}, func(t *Tape) *Tensor { return t.lstm(steps, wi, wh, bi, bh, reverse) })
		wi, wh, bi, bh = fill(rng, 18, 5), fill(rng, 18, 6), fill(rng, 18), fill(rng, 18)
		checkGradients(t, "GRU", []*Tensor{steps, wi, wh, bi, bh}, func(t *Tape) *Tensor { return t.gru(steps, wi, wh, bi, bh, reverse) })
	}
	few := fill(rng, 3, 14)
	many := fill(rng, 15, 14)
	checkGradients(t, "AddRepeated", []*Tensor{many, few}, func(t *Tape) *Tensor { return t.AddRepeated(many, few) })
	checkGradients(t, "SumRows", []*Tensor{a}, func(t *Tape) *Tensor { return t.SumRows(a) })
	checkGradients(t, "LogSoftmax", []*Tensor{a}, func(t *Tape) *Tensor { return t.LogSoftmax(a) })
	checkGradients(t, "Permute", []*Tensor{a}, func(t *Tape) *Tensor {
		return t.Permute(a, []int{3, 1, 0, 2, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4})
	})
	checkGradients(t, "Custom", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.Custom(difference{}, a, b) })
	checkGradients(t, "Concat", []*Tensor{a, b}, func(t *Tape) *Tensor { return t.Concat(a, b) })
	checkGradients(t, "Slice", []*Tensor{a}, func(t *Tape) *Tensor { return t.Slice(a, 3, 9) })
	checkGradients(t, "Transpose", []*Tensor{a}, func(t *Tape) *Tensor { return t.Transpose(a) })
	scale, shift := fill(rng, 5), fill(rng, 5)
	statistics := batchStatistics{mean: make([]float32, 5), variance: make([]float32, 5), momentum: 0.1, epsilon: 1e-5}
	checkGradients(t, "BatchNorm1d", []*Tensor{a, scale, shift}, func(t *Tape) *Tensor { return t.batchNorm(a, scale, shift, statistics) })
	scale, shift = fill(rng, 14), fill(rng, 14)
	checkGradients(t, "LayerNorm", []*Tensor{a, scale, shift}, func(t *Tape) *Tensor { return t.layerNorm(a, scale, shift, 1e-5) })
}

func TestConvolutionWithReLUEqualsBothInTurn(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	x, kernels, shift := fill(rng, 3, 5, 14), fill(rng, 4, 5, 3), fill(rng, 4)
	gradients := func(f func(tape *Tape) *Tensor) (all [][]float32) {
		tape := NewTape(TapeOptions{})
		y := f(tape)
		if err := tape.Backward(tape.Sum(tape.Mul(y, y))); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*Tensor{y, x, kernels, shift} {
			all = append(all, append([]float32(nil), p.Data...), append([]float32(nil), p.Grad...))
		}
		return all
	}
	together := gradients(func(tape *Tape) *Tensor { return tape.conv1d(x, kernels, shift, Same(3), true) })
	apart := gradients(func(tape *Tape) *Tensor { return tape.ReLU(tape.Conv1d(x, kernels, shift, Same(3))) })
	for i := range together {
		if i == 1 {
			continue // the output's own gradient is masked in place
		}
		for j := range together[i] {
			if together[i][j] != apart[i][j] {
				t.Fatalf("array %d, element %d: %g together, %g apart", i, j, together[i][j], apart[i][j])
			}
		}
	}
}

// A batch in two pieces has the gradients of the whole, and Backward begins anew.
func TestAccumulatedGradientsAreThoseOfTheWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	net := NewSequential(NewLinear(4, 6, rng), Tanh(), NewLinear(6, 2, rng))
	x, y := fill(rng, 9, 4), fill(rng, 9, 2)
	tape := NewTape(TapeOptions{})
	run := func(lo, hi int, backward func(*Tensor) error) (gradients []float32) {
		tape.Reset()
		part, err := FromSlice(x.Data[4*lo:4*hi], hi-lo, 4)
		if err != nil {
			t.Fatal(err)
		}
		target, err := FromSlice(y.Data[2*lo:2*hi], hi-lo, 2)
		if err != nil {
			t.Fatal(err)
		}
		off := tape.Sub(net.Forward(tape, part), target)
		if err := backward(tape.Sum(tape.Mul(off, off))); err != nil {
			t.Fatal(err)
		}
		for _, p := range net.Parameters() {
			gradients = append(gradients, p.Tensor.Grad...)
		}
		return gradients
	}
	run(0, 9, tape.Backward)
	run(0, 5, tape.Backward)
	pieces, whole := run(5, 9, tape.Accumulate), run(0, 9, tape.Backward)
	for i, want := range whole {
		if math.Abs(float64(pieces[i]-want)) > 1e-5*(1+math.Abs(float64(want))) {
			t.Errorf("gradient %d is %g in pieces, %g of the whole", i, pieces[i], want)
		}
	}
}

func TestErrorsNameOperationShapesAndLayer(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	net := NewSequential(NewLinear(4, 3, rng), Tanh(), NewLinear(2, 1, rng))
	tape := NewTape(TapeOptions{})
	loss := tape.Mean(net.Forward(tape, fill(rng, 8, 4)))
	err := tape.Backward(loss)
	const want = "nn: linear in 2: input (8, 3) does not fit weight (1, 2) and bias (1)"
	if err == nil || err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	tape.Reset()
	if tape.Err() != nil {
		t.Errorf("after Reset: %v", tape.Err())
	}
}

// difference is a − 2b, written as a user would.
type difference struct{}

func (difference) Name() string { return "difference" }

func (difference) Shape(in []*Tensor) ([]int, error) { return in[0].Shape(), nil }

func (difference) Forward(out []float32, in []*Tensor) {
	for i := range out {
		out[i] = in[0].Data[i] - 2*in[1].Data[i]
	}
}

func (difference) Backward(_, outGrad []float32, _ []*Tensor, grads [][]float32) {
	for k, factor := range []float32{1, -2} {
		for i, g := range outGrad {
			grads[k][i] += factor * g
		}
	}
}
