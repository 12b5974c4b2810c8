package nn

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// operation is an operation of the tape beside a slow one in float64, written
// apart from it: outputs must agree, and gradients with differences of the slow
// one.
type operation struct {
	name   string // of the tape's method; "" where there is none
	inputs []*Tensor
	fixed  int // inputs, from the last, that get no gradient
	fast   func(t *Tape, in []*Tensor) *Tensor
	slow   func(in []array) array
}

// array is a dense array of float64.
type array struct {
	data  []float64
	shape []int
}

func zeros(shape ...int) array {
	size := 1
	for _, d := range shape {
		size *= d
	}
	return array{make([]float64, size), shape}
}

func (a array) last() int { return a.shape[len(a.shape)-1] }

// each applies a function to every element.
func each(f func(x float64) float64) func(in []array) array {
	return func(in []array) array {
		y := zeros(in[0].shape...)
		for i, x := range in[0].data {
			y.data[i] = f(x)
		}
		return y
	}
}

// both applies a function to every pair of elements.
func both(f func(a, b float64) float64) func(in []array) array {
	return func(in []array) array {
		y := zeros(in[0].shape...)
		for i, x := range in[0].data {
			y.data[i] = f(x, in[1].data[i])
		}
		return y
	}
}

// total is the sum of a function of all elements of all inputs, times a factor.
func total(factor float64, f func(x []float64) float64) func(in []array) array {
	return func(in []array) array {
		y := zeros(1)
		x := make([]float64, len(in))
		for i := range in[0].data {
			for k := range in {
				x[k] = in[k].data[i]
			}
			y.data[0] += factor * f(x)
		}
		return y
	}
}

// rowwise takes every row of the last dimension to another.
func rowwise(f func(row []float64) []float64) func(in []array) array {
	return func(in []array) array {
		var all []float64
		width := in[0].last()
		out := 0
		for at := 0; at < len(in[0].data); at += width {
			row := f(in[0].data[at : at+width])
			out = len(row)
			all = append(all, row...)
		}
		shape := slices.Clone(in[0].shape)
		shape[len(shape)-1] = out
		return array{all, shape}
	}
}

// operations are all of the tape, at odd sizes.
func operations() []operation {
	rng := rand.New(rand.NewPCG(11, 12))
	a, b := fill(rng, 3, 5, 14), fill(rng, 3, 5, 14)
	labels := fill(rng, 3, 5, 14)
	for i := range labels.Data {
		labels.Data[i] = float32(i % 2)
	}
	classes, _ := FromSlice([]float32{3, 0, 6, 2}, 4)
	one := func(f func(t *Tape, x *Tensor) *Tensor) func(*Tape, []*Tensor) *Tensor {
		return func(t *Tape, in []*Tensor) *Tensor { return f(t, in[0]) }
	}
	two := func(f func(t *Tape, x, y *Tensor) *Tensor) func(*Tape, []*Tensor) *Tensor {
		return func(t *Tape, in []*Tensor) *Tensor { return f(t, in[0], in[1]) }
	}
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	square := func(x []float64) float64 { return (x[0] - x[1]) * (x[0] - x[1]) }
	order := []int{3, 1, 0, 2, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4}
	n := 1.0 / float64(a.Len())
	scale, shift := fill(rng, 5), fill(rng, 5)
	statistics := batchStatistics{mean: make([]float32, 5), variance: make([]float32, 5), momentum: 0.1, epsilon: 1e-5}
	all := []operation{
		{"Add", []*Tensor{a, b}, 0, two((*Tape).Add), both(func(a, b float64) float64 { return a + b })},
		{"Sub", []*Tensor{a, b}, 0, two((*Tape).Sub), both(func(a, b float64) float64 { return a - b })},
		{"Mul", []*Tensor{a, b}, 0, two((*Tape).Mul), both(func(a, b float64) float64 { return a * b })},
		{"Affine", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Affine(x, 3, -1) }), each(func(x float64) float64 { return 3*x - 1 })},
		{"ReLU", []*Tensor{a}, 0, one((*Tape).ReLU), each(func(x float64) float64 { return math.Max(x, 0) })},
		{"Tanh", []*Tensor{a}, 0, one((*Tape).Tanh), each(math.Tanh)},
		{"Sigmoid", []*Tensor{a}, 0, one((*Tape).Sigmoid), each(sigmoid)},
		{"Exp", []*Tensor{a}, 0, one((*Tape).Exp), each(math.Exp)},
		{"SiLU", []*Tensor{a}, 0, one((*Tape).SiLU), each(func(x float64) float64 { return x * sigmoid(x) })},
		{"ELU", []*Tensor{a}, 0, one((*Tape).ELU), each(func(x float64) float64 { return math.Max(x, math.Expm1(math.Min(x, 0))) })},
		{"Dropout", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Dropout(x, 0) }), each(func(x float64) float64 { return x })},
		{"Flatten", []*Tensor{a}, 0, one((*Tape).Flatten), func(in []array) array { return array{in[0].data, []int{3, 70}} }},
		{"Reshape", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Reshape(x, 7, 15, 2) }), func(in []array) array { return array{in[0].data, []int{7, 15, 2}} }},
		{"Sum", []*Tensor{a}, 0, one((*Tape).Sum), total(1, func(x []float64) float64 { return x[0] })},
		{"Mean", []*Tensor{a}, 0, one((*Tape).Mean), total(n, func(x []float64) float64 { return x[0] })},
		{"MSE", []*Tensor{a, b}, 0, two((*Tape).MSE), total(n, square)},
		{"WeightedMSE", []*Tensor{a, b, labels}, 1, func(t *Tape, in []*Tensor) *Tensor { return t.WeightedMSE(in[0], in[1], in[2]) },
			total(n, func(x []float64) float64 { return x[2] * square(x) })},
		{"BCEWithLogits", []*Tensor{a, labels}, 1, two((*Tape).BCEWithLogits), total(n, func(x []float64) float64 {
			return -x[1]*math.Log(sigmoid(x[0])) - (1-x[1])*math.Log(1-sigmoid(x[0]))
		})},
		{"NLL", []*Tensor{fill(rng, 4, 7), classes}, 1, two((*Tape).NLL), func(in []array) array {
			y := zeros(1)
			for r, c := range in[1].data {
				y.data[0] -= in[0].data[r*7+int(c)] / 4
			}
			return y
		}},
		{"SumRows", []*Tensor{a}, 0, one((*Tape).SumRows), func(in []array) array {
			y := rowwise(func(row []float64) []float64 {
				sum := 0.0
				for _, x := range row {
					sum += x
				}
				return []float64{sum}
			})(in)
			return array{y.data, []int{3, 5}}
		}},
		{"LogSoftmax", []*Tensor{a}, 0, one((*Tape).LogSoftmax), rowwise(func(row []float64) []float64 {
			sum := 0.0
			for _, x := range row {
				sum += math.Exp(x)
			}
			y := slices.Clone(row)
			for i := range y {
				y[i] -= math.Log(sum)
			}
			return y
		})},
		{"Permute", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Permute(x, order) }), rowwise(func(row []float64) (y []float64) {
			for _, p := range order {
				y = append(y, row[p])
			}
			return y
		})},
		{"Slice", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Slice(x, 3, 9) }), rowwise(func(row []float64) []float64 { return row[3:9] })},
		{"Concat", []*Tensor{a, fill(rng, 3, 5, 2)}, 0, two((*Tape).Concat), func(in []array) array {
			y := zeros(3, 5, 16)
			for r := range 15 {
				copy(y.data[r*16:], in[0].data[r*14:][:14])
				copy(y.data[r*16+14:], in[1].data[r*2:][:2])
			}
			return y
		}},
		{"Transpose", []*Tensor{a}, 0, one((*Tape).Transpose), func(in []array) array {
			y := zeros(3, 14, 5)
			for i := range y.data {
				y.data[i] = in[0].data[i/70*70+i%5*14+i%70/5]
			}
			return y
		}},
		{"AddRepeated", []*Tensor{fill(rng, 15, 14), fill(rng, 3, 14)}, 0, two((*Tape).AddRepeated), func(in []array) array {
			y := zeros(15, 14)
			for i := range y.data {
				y.data[i] = in[0].data[i] + in[1].data[i/70*14+i%14]
			}
			return y
		}},
		{"Linear", []*Tensor{a, fill(rng, 7, 14), fill(rng, 7)}, 0, func(t *Tape, in []*Tensor) *Tensor { return t.Linear(in[0], in[1], in[2]) }, func(in []array) array {
			y := zeros(3, 5, 7)
			for i := range y.data {
				y.data[i] = in[2].data[i%7]
				for k := range 14 {
					y.data[i] += in[0].data[i/7*14+k] * in[1].data[i%7*14+k]
				}
			}
			return y
		}},
		{"MatMul", []*Tensor{fill(rng, 9, 6), fill(rng, 6, 8)}, 0, two((*Tape).MatMul), func(in []array) array {
			y := zeros(9, 8)
			for i := range y.data {
				for k := range 6 {
					y.data[i] += in[0].data[i/8*6+k] * in[1].data[k*8+i%8]
				}
			}
			return y
		}},
		{"", []*Tensor{a, scale, shift}, 0, func(t *Tape, in []*Tensor) *Tensor { return t.batchNorm(in[0], in[1], in[2], statistics) }, func(in []array) array {
			y := zeros(in[0].shape...)
			for c := range 5 {
				var places []int
				for i := range y.data {
					if i/14%5 == c {
						places = append(places, i)
					}
				}
				standardise(y.data, in[0].data, places, func(int) (p, q float64) { return in[1].data[c], in[2].data[c] })
			}
			return y
		}},
		{"", []*Tensor{a, fill(rng, 14), fill(rng, 14)}, 0, func(t *Tape, in []*Tensor) *Tensor { return t.layerNorm(in[0], in[1], in[2], 1e-5) }, func(in []array) array {
			y := zeros(in[0].shape...)
			for at := 0; at < len(y.data); at += 14 {
				var places []int
				for i := range 14 {
					places = append(places, at+i)
				}
				standardise(y.data, in[0].data, places, func(i int) (p, q float64) { return in[1].data[i], in[2].data[i] })
			}
			return y
		}},
		{"", []*Tensor{fill(rng, 3, 32)}, 0, one(HaarEmbedding(3).Apply), rowwise(func(row []float64) []float64 {
			y := slices.Clone(row)
			for len(y) > 4 { // a level at a time
				var half []float64
				for i := 0; i < len(y); i += 2 {
					half = append(half, (y[i]+y[i+1])/math.Sqrt2)
				}
				y = half
			}
			return y
		})},
	}
	for _, size := range []int{1, 2, 3, 5} {
		all = append(all, operation{"MaxPool1d", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.MaxPool1d(x, size) }), rowwise(func(row []float64) (y []float64) {
			for at := 0; at+size <= len(row); at += size {
				y = append(y, slices.Max(row[at:at+size]))
			}
			return y
		})}, operation{"Upsample", []*Tensor{a}, 0, one(func(t *Tape, x *Tensor) *Tensor { return t.Upsample(x, size) }), rowwise(func(row []float64) (y []float64) {
			for _, x := range row {
				for range size {
					y = append(y, x)
				}
			}
			return y
		})})
	}
	for _, o := range []ConvOptions{{}, {PadBefore: 2, PadAfter: 2}, {PadBefore: 5}, {PadAfter: 1, Dilation: 2}, {Stride: 2, PadBefore: 1, PadAfter: 2}, {Stride: 3, Dilation: 2, PadBefore: 4, PadAfter: 7}, {Stride: 4, PadBefore: 7, PadAfter: 2}} {
		for _, kernel := range []int{1, 3, 6} {
			in := []*Tensor{a, fill(rng, 4, 5, kernel), fill(rng, 4)}
			all = append(all, operation{"Conv1d", in, 0, func(t *Tape, in []*Tensor) *Tensor { return t.Conv1d(in[0], in[1], in[2], o) }, func(in []array) array { return convolve(in, o, false) }},
				operation{"", in, 0, func(t *Tape, in []*Tensor) *Tensor { return t.conv1d(in[0], in[1], in[2], o, true) }, func(in []array) array { return convolve(in, o, true) }})
		}
	}
	for _, reverse := range []bool{false, true} {
		all = append(all,
			operation{"", []*Tensor{fill(rng, 3, 4, 5), fill(rng, 24, 5), fill(rng, 24, 6), fill(rng, 24), fill(rng, 24)}, 0,
				func(t *Tape, in []*Tensor) *Tensor { return t.lstm(in[0], in[1], in[2], in[3], in[4], reverse) },
				func(in []array) array { return recur(in, 4, reverse, lstmCell) }},
			operation{"", []*Tensor{fill(rng, 3, 4, 5), fill(rng, 18, 5), fill(rng, 18, 6), fill(rng, 18), fill(rng, 18)}, 0,
				func(t *Tape, in []*Tensor) *Tensor { return t.gru(in[0], in[1], in[2], in[3], in[4], reverse) },
				func(in []array) array { return recur(in, 3, reverse, gruCell) }})
	}
	return all
}

// standardise gives the elements at places mean 0 and variance 1, then scales and
// shifts them.
func standardise(y, x []float64, places []int, affine func(i int) (p, q float64)) {
	mean, variance := 0.0, 0.0
	for _, i := range places {
		mean += x[i] / float64(len(places))
	}
	for _, i := range places {
		variance += (x[i] - mean) * (x[i] - mean) / float64(len(places))
	}
	for k, i := range places {
		p, q := affine(k)
		y[i] = p*(x[i]-mean)/math.Sqrt(variance+1e-5) + q
	}
}

// convolve is a convolution from its definition.
func convolve(in []array, o ConvOptions, rectify bool) array {
	x, w := in[0], in[1]
	stride, dilation := max(o.Stride, 1), max(o.Dilation, 1)
	batch, channels, length, out, kernel := x.shape[0], x.shape[1], x.shape[2], w.shape[0], w.shape[2]
	y := zeros(batch, out, (length+o.PadBefore+o.PadAfter-dilation*(kernel-1)-1)/stride+1)
	for i := range y.data {
		at, c, b := i%y.last(), i/y.last()%out, i/y.last()/out
		y.data[i] = in[2].data[c]
		for k := range channels {
			for tap := range kernel {
				if p := at*stride + tap*dilation - o.PadBefore; p >= 0 && p < length {
					y.data[i] += x.data[(b*channels+k)*length+p] * w.data[(c*channels+k)*kernel+tap]
				}
			}
		}
		if rectify {
			y.data[i] = math.Max(y.data[i], 0)
		}
	}
	return y
}

// recur runs a recurrent cell over the steps. Its gates get the sums of input and
// of hidden state apart.
func recur(in []array, gates int, reverse bool, cell func(input, hidden, h, c []float64)) array {
	x, wi, wh, bi, bh := in[0], in[1], in[2], in[3], in[4]
	batch, steps, features, size := x.shape[0], x.shape[1], x.shape[2], wh.shape[1]
	y := zeros(batch, steps, size)
	for b := range batch {
		h, c := make([]float64, size), make([]float64, size)
		for s := range steps {
			if reverse {
				s = steps - 1 - s
			}
			input, hidden := make([]float64, gates*size), make([]float64, gates*size)
			for g := range input {
				input[g], hidden[g] = bi.data[g], bh.data[g]
				for k := range features {
					input[g] += wi.data[g*features+k] * x.data[(b*steps+s)*features+k]
				}
				for k := range size {
					hidden[g] += wh.data[g*size+k] * h[k]
				}
			}
			cell(input, hidden, h, c)
			copy(y.data[(b*steps+s)*size:], h)
		}
	}
	return y
}

// lstmCell has the gates input, forget, cell and output.
func lstmCell(input, hidden, h, c []float64) {
	n := len(h)
	sigmoid := func(g int) float64 { return 1 / (1 + math.Exp(-input[g]-hidden[g])) }
	for k := range h {
		c[k] = sigmoid(n+k)*c[k] + sigmoid(k)*math.Tanh(input[2*n+k]+hidden[2*n+k])
		h[k] = sigmoid(3*n+k) * math.Tanh(c[k])
	}
}

// gruCell has the gates reset, update and new.
func gruCell(input, hidden, h, _ []float64) {
	n := len(h)
	sigmoid := func(g int) float64 { return 1 / (1 + math.Exp(-input[g]-hidden[g])) }
	for k := range h {
		update := sigmoid(n + k)
		h[k] = (1-update)*math.Tanh(input[2*n+k]+sigmoid(k)*hidden[2*n+k]) + update*h[k]
	}
}

func TestOperationsEqualSlowOnesAndTheirGradientsDifferences(t *testing.T) {
	for _, op := range operations() {
		in := make([]array, len(op.inputs))
		for k, x := range op.inputs {
			x.needs = k < len(op.inputs)-op.fixed
			in[k] = zeros(x.Shape()...)
			for i, v := range x.Data {
				in[k].data[i] = float64(v)
			}
		}
		tape := NewTape(TapeOptions{Goroutines: 2, Seed: 1})
		y := op.fast(tape, op.inputs)
		want := op.slow(in)
		if tape.Err() != nil || !slices.Equal(y.Shape(), want.shape) {
			t.Fatalf("%s: shape %v, want %v: %v", op.name, y.Shape(), want.shape, tape.Err())
		}
		for i, v := range want.data {
			if math.Abs(float64(y.Data[i])-v) > 1e-5*(1+math.Abs(v)) {
				t.Fatalf("%s: output %d is %g, want %g", op.name, i, y.Data[i], v)
			}
		}
		// The gradient of Σ output·weight, where two paths lead to every input.
		weights := fill(rand.New(rand.NewPCG(3, 3)), y.Shape()...)
		weights.needs = false
		loss := tape.Add(tape.Sum(tape.Mul(y, weights)), tape.Sum(tape.Mul(op.fast(tape, op.inputs), weights)))
		if err := tape.Backward(loss); err != nil {
			t.Fatalf("%s: %v", op.name, err)
		}
		value := func() (sum float64) {
			for i, v := range op.slow(in).data {
				sum += 2 * v * float64(weights.Data[i])
			}
			return sum
		}
		for k, x := range op.inputs[:len(op.inputs)-op.fixed] {
			size := 0.0
			for _, g := range x.Grad {
				size = max(size, math.Abs(float64(g)))
			}
			for i := range x.Data {
				const h = 1e-5
				was := in[k].data[i]
				in[k].data[i] = was + h
				up := value()
				in[k].data[i] = was - h
				slope := (up - value()) / (2 * h)
				in[k].data[i] = was
				if math.Abs(float64(x.Grad[i])-slope) > 2e-5*(size+0.1) {
					t.Fatalf("%s %v: gradient %d of input %d is %g, by differences %g", op.name, x.Shape(), i, k, x.Grad[i], slope)
				}
			}
		}
	}
}

func TestEveryOperationIsChecked(t *testing.T) {
	checked := map[string]bool{
		"Custom": true, // in TestGradientsEqualFiniteDifferences
		"Run":    true, // runs a module
		"Mask":   true, // draws; has no gradient
	}
	for _, op := range operations() {
		checked[op.name] = true
	}
	tape := reflect.TypeFor[*Tape]()
	for i := range tape.NumMethod() {
		m := tape.Method(i)
		if m.Type.NumOut() == 1 && m.Type.Out(0) == reflect.TypeFor[*Tensor]() && !checked[m.Name] {
			t.Errorf("%s has no slow implementation to compare with", m.Name)
		}
	}
}
