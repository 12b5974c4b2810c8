package sbi

import (
	"sort"

	"hillock/internal/gemm"
	"hillock/stdlib/nn"
)

func (o *perceptronOp) Backward(_, outGrad []float32, in []*nn.Tensor, grads [][]float32) {
	contexts := in[1].Dim(0)
	last, dim := o.layers-1, o.inputs
	for _, s := range o.gradients {
		clear(s)
	}
	if o.shared != nil {
		o.shared.begin()
	}
	clear(o.first)
	all := o.findLive(outGrad)
	for lo := 0; lo < len(o.live); lo += o.columns {
		places := o.live[lo:min(lo+o.columns, len(o.live))]
		n := len(places)
		units := o.unitsOf(places, all)
		o.gradientsOf(o.output, outGrad, places, all)
		delta := o.output[(o.outputs-o.own.outputs)*o.columns:]
		for i := last; i > 0; i-- {
			if i < last && o.shared != nil {
				o.kernel.Turn(o.along, o.stride, delta, o.columns, o.own.width, n)
				o.addToContexts(o.shared.slopes[i], places, contexts)
			}
			x, next := units[i-1], o.delta[i%2][:o.own.width*o.columns]
			o.kernel.Turn(o.along, o.stride, x, o.columns, o.own.width, n)
			o.addWeights(i, delta, n)
			o.back(next, delta, i, n)
			o.vec.TanhGrad(next, x, next)
			delta = next
		}
		o.kernel.Turn(o.along, o.stride, delta, o.columns, o.own.width, n)
		o.u = o.u[:0]
		for _, r := range places {
			o.u = append(append(o.u, 1), in[0].Data[r*dim:][:dim]...)
		}
		o.multiply(o.first, o.stride, gemm.RowMajor(o.u, 1+dim).T(), o.along, o.stride, 1+dim, o.stride, n, true)
		if to := grads[0]; to != nil {
			o.uGrad = resize(o.uGrad, dim*o.columns)
			o.multiply(o.uGrad, o.columns, gemm.Operand{Data: o.weights[0][1:], Row: 1, Col: 1 + dim}, delta, o.columns, dim, wholeVectors(n), o.own.width, false)
			for k, r := range places {
				for i := range dim {
					to[r*dim+i] += o.uGrad[i*o.columns+k]
				}
			}
		}
		switch to := grads[1]; {
		case o.shared != nil:
			o.addToContexts(o.shared.slopes[0], places, contexts)
		case to != nil:
			o.addToContexts(to, places, contexts)
		}
	}
	o.unpack()
	if o.shared != nil {
		o.shared.backward(outGrad, grads[1], o.sums)
	}
	for i, mask := range o.masks {
		o.vec.Mul(o.sums[2*i], o.sums[2*i], mask.Data)
	}
	for i, sum := range o.sums {
		if to := grads[2+i]; to != nil {
			o.vec.Add(to, to, sum)
		}
	}
}

// unpack brings the gradients of weights and biases into the weights' order.
func (o *perceptronOp) unpack() {
	for i := range o.layers {
		all, units := o.size(i)
		features, own := o.own.size(i)
		weights, biases := o.sums[2*i][all-features:], o.sums[2*i+1][units-own:]
		for r := range own {
			unit := weights[(units-own+r)*all:][:features]
			if i == 0 {
				biases[r] = o.first[r]
				for k := range unit {
					unit[k] = o.first[(1+k)*o.stride+r]
				}
				continue
			}
			row := o.gradients[i][r*o.stride:]
			copy(unit, row)
			biases[r] = row[o.own.width]
		}
	}
}

// findLive lists the rows that have a gradient, which atoms far from where the
// posterior is do not; all rows when those without are too few to be left out.
func (o *perceptronOp) findLive(outGrad []float32) (all bool) {
	rows := len(outGrad) / o.outputs
	o.live = o.live[:0]
	for r := range rows {
		for _, g := range outGrad[r*o.outputs:][:o.outputs] {
			if g != 0 {
				o.live = append(o.live, r)
				break
			}
		}
	}
	if len(o.live) < rows*3/4 {
		return false
	}
	o.live = o.live[:0]
	for r := range rows {
		o.live = append(o.live, r)
	}
	return true
}

// unitsOf gives the hidden units of some rows, which with all are a group.
func (o *perceptronOp) unitsOf(places []int, all bool) [][]float32 {
	o.units = o.units[:0]
	if all {
		for i := range o.layers - 1 {
			o.units = append(o.units, o.layer(places[0]/o.columns, i)[o.columns:])
		}
		return o.units
	}
	o.from = o.from[:0]
	for _, r := range places {
		o.from = append(o.from, r/o.columns*(o.layers-1)*(1+o.own.width)*o.columns+r%o.columns)
	}
	size := o.own.width * o.columns
	o.copies = resize(o.copies, (o.layers-1)*size)
	for i := range o.layers - 1 {
		units := o.copies[i*size:][:size]
		for unit := range o.own.width {
			to, from := units[unit*o.columns:][:len(places)], o.hidden[(i*(1+o.own.width)+1+unit)*o.columns:]
			for k, at := range o.from {
				to[k] = from[at]
			}
		}
		o.units = append(o.units, units)
	}
	return o.units
}

// gradientsOf brings the outputs' gradients of some rows into columns.
func (o *perceptronOp) gradientsOf(delta, outGrad []float32, places []int, all bool) {
	if all {
		outGrad = outGrad[places[0]*o.outputs:]
	} else {
		o.slopes = gatherInto(o.slopes, outGrad, places, o.outputs)
		outGrad = o.slopes
	}
	o.kernel.Turn(delta, o.columns, outGrad, o.outputs, len(places), o.outputs)
}

// addWeights adds to the gradients of a layer's weights and biases those of n rows, of
// which delta holds the units' gradients and o.along the features.
func (o *perceptronOp) addWeights(layer int, delta []float32, n int) {
	o.eachBlock(layer, func(from, to int) {
		slopes := gemm.Operand{Data: delta[from*o.columns:], Row: o.columns, Col: 1}
		add := func(first, end int) {
			o.multiply(o.gradients[layer][from*o.stride+first:], o.stride, slopes, o.along[first:], o.stride, to-from, end-first, n, true)
		}
		seen := wholeVectors(o.own.seen(layer, to-1))
		if bias := o.stride - longest; seen <= bias {
			add(0, seen)
			add(bias, o.stride)
		} else {
			add(0, o.stride)
		}
	})
}

// back computes the gradients of the units below a layer's, of n rows.
func (o *perceptronOp) back(next, delta []float32, layer, n int) {
	features, units := o.own.size(layer)
	o.eachBlock(layer-1, func(from, to int) {
		first := min(o.own.seeing(layer, from), units-1)
		weights := gemm.Operand{Data: o.weights[layer][first*(1+features)+1+from:], Row: 1, Col: 1 + features}
		o.multiply(next[from*o.columns:], o.columns, weights, delta[first*o.columns:], o.columns, to-from, wholeVectors(n), units-first, false)
	})
}

// addToContexts adds the gradients of a layer's units, which o.along has, to those of
// the contexts.
func (o *perceptronOp) addToContexts(grads []float32, places []int, contexts int) {
	width := o.own.width
	for k, r := range places {
		to := grads[r%contexts*width:][:width]
		o.vec.Add(to, to, o.along[k*o.stride:][:width])
	}
}

// seeing is the first unit of a layer that sees a unit of the layer before.
func (p perceptron) seeing(layer, unit int) int {
	_, units := p.size(layer)
	return sort.Search(units, func(u int) bool { return p.seen(layer, u) > unit })
}
