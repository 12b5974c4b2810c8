package nn

import "hillock/internal/gemm"

// recurrent is the geometry of a recurrent layer, kept with its node. Gates of
// all steps lie in one array of rows (sample, step), so that the products with
// the input are single large ones.
type recurrent struct {
	batch, steps, features, hidden, gates int
	reverse                               bool
}

// step gives the place in time of the i-th step in the layer's direction.
func (r *recurrent) step(i int) int {
	if r.reverse {
		return r.steps - 1 - i
	}
	return i
}

// recurrentNode begins a recurrent operation: checks shapes and multiplies the
// inputs of all steps with their weights, biases added.
func (t *Tape) recurrentNode(name string, backward func(t *Tape, n *node), gates int, x, inputWeight, hiddenWeight, inputBias, hiddenBias *Tensor, reverse bool) *node {
	n := t.begin(name, backward, x, inputWeight, hiddenWeight, inputBias, hiddenBias)
	if n == nil {
		return nil
	}
	hidden := hiddenWeight.Dim(1)
	if x.rank != 3 || inputWeight.rank != 2 || hiddenWeight.rank != 2 || inputWeight.dims[1] != x.dims[2] ||
		inputWeight.dims[0] != gates*hidden || hiddenWeight.dims[0] != gates*hidden || inputBias.Len() != gates*hidden || hiddenBias.Len() != gates*hidden {
		t.fail(n, "input %s does not fit weights %s and %s; want (batch, steps, features), (%d·hidden, features) and (%d·hidden, hidden)",
			shapeText(x.Shape()), shapeText(inputWeight.Shape()), shapeText(hiddenWeight.Shape()), gates, gates)
		return nil
	}
	n.recurrent = recurrent{batch: x.dims[0], steps: x.dims[1], features: x.dims[2], hidden: hidden, gates: gates, reverse: reverse}
	r := &n.recurrent
	t.result(n, r.batch, r.steps, hidden)
	width := gates * hidden
	t.countProducts(r.batch * r.steps * width * (r.features + hidden))
	all := n.buffer(0, r.batch*r.steps*width)
	t.products.Multiply(gemm.RowMajor(all, width), gemm.RowMajor(x.Data, r.features), gemm.RowMajor(inputWeight.Data, r.features).T(), r.batch*r.steps, width, r.features, false, t.team.size)
	for at := 0; at < len(all); at += width {
		t.vec[0].Add(all[at:at+width], all[at:at+width], inputBias.Data)
	}
	return n
}

// at views rows of width elements of all samples at a place in time.
func (r *recurrent) at(data []float32, place, width int) gemm.Operand {
	return gemm.Operand{Data: data[place*width:], Row: r.steps * width, Col: 1}
}

// row gives one sample's row at a place in time.
func (r *recurrent) row(data []float32, sample, place, width int) []float32 {
	return data[(sample*r.steps+place)*width:][:width]
}

// finish turns the gates' gradients (rows as the gates) into those of input,
// weights and biases. hiddenGates are the gates' gradients as the hidden
// product sees them.
func (t *Tape) finishRecurrent(n *node, inputGates, hiddenGates []float32) {
	r := &n.recurrent
	x, inputWeight, hiddenWeight := n.in[0], n.in[1], n.in[2]
	width, rows := r.gates*r.hidden, r.batch*r.steps
	if x.needs {
		grad, add := x.gradient()
		t.products.Multiply(gemm.RowMajor(grad, r.features), gemm.RowMajor(inputGates, width), gemm.RowMajor(inputWeight.Data, r.features), rows, r.features, width, add, t.team.size)
	}
	if inputWeight.needs {
		grad, add := inputWeight.gradient()
		t.products.Multiply(gemm.RowMajor(grad, r.features), gemm.RowMajor(inputGates, width).T(), gemm.RowMajor(x.Data, r.features), width, r.features, rows, add, t.team.size)
	}
	if hiddenWeight.needs {
		grad, add := hiddenWeight.gradient()
		if !add {
			clear(grad)
		}
		for i := 1; i < r.steps; i++ {
			t.products.Multiply(gemm.RowMajor(grad, r.hidden), r.at(hiddenGates, r.step(i), width).T(), r.at(n.out.Data, r.step(i-1), r.hidden), width, r.hidden, r.batch, true, 1)
		}
	}
	for i, gates := range [][]float32{inputGates, hiddenGates} {
		bias := n.in[3+i]
		if !bias.needs {
			continue
		}
		grad, add := bias.gradient()
		if !add {
			clear(grad)
		}
		for at := 0; at < len(gates); at += width {
			t.vec[0].Add(grad, grad, gates[at:at+width])
		}
	}
}

// lstm runs a long short-term memory over the steps of x, of shape (batch,
// steps, features), from zero states; the gates' order is PyTorch's: input,
// forget, cell, output.
func (t *Tape) lstm(x, inputWeight, hiddenWeight, inputBias, hiddenBias *Tensor, reverse bool) *Tensor {
	n := t.recurrentNode("lstm", lstmBackward, 4, x, inputWeight, hiddenWeight, inputBias, hiddenBias, reverse)
	if n == nil {
		return t.void
	}
	r := &n.recurrent
	h, width := r.hidden, 4*r.hidden
	gates := n.buffers[0]
	cells, squashed := n.buffer(1, len(n.out.Data)), n.buffer(2, len(n.out.Data))
	v := t.vec[0]
	for i := range r.steps {
		now, before := r.step(i), 0
		if i > 0 {
			before = r.step(i - 1)
			t.products.Multiply(r.at(gates, now, width), r.at(n.out.Data, before, h), gemm.RowMajor(hiddenWeight.Data, h).T(), r.batch, width, h, true, 1)
		}
		for b := range r.batch {
			g := r.row(gates, b, now, width)
			v.Add(g, g, hiddenBias.Data)
			v.Sigmoid(g[:2*h], g[:2*h])
			v.Tanh(g[2*h:3*h], g[2*h:3*h])
			v.Sigmoid(g[3*h:], g[3*h:])
			c := r.row(cells, b, now, h)
			v.Mul(c, g[:h], g[2*h:3*h])
			if i > 0 {
				for k, old := range r.row(cells, b, before, h) {
					c[k] += g[h+k] * old
				}
			}
			s := r.row(squashed, b, now, h)
			v.Tanh(s, c)
			v.Mul(r.row(n.out.Data, b, now, h), g[3*h:], s)
		}
	}
	return n.out
}

func lstmBackward(t *Tape, n *node) {
	r := &n.recurrent
	h, width := r.hidden, 4*r.hidden
	gates, cells, squashed := n.buffers[0], n.buffers[1], n.buffers[2]
	grads := n.buffer(3, len(gates))
	carry := n.buffer(4, 2*r.batch*h) // gradients of hidden and cell state, handed back in time
	clear(carry)
	hiddenCarry, cellCarry := carry[:r.batch*h], carry[r.batch*h:]
	for i := r.steps - 1; i >= 0; i-- {
		now := r.step(i)
		for b := range r.batch {
			g, d := r.row(gates, b, now, width), r.row(grads, b, now, width)
			dy, s := r.row(n.out.Grad, b, now, h), r.row(squashed, b, now, h)
			for k := range h {
				in, forget, cell, out := g[k], g[h+k], g[2*h+k], g[3*h+k]
				dh := dy[k] + hiddenCarry[b*h+k]
				dc := dh*out*(1-s[k]*s[k]) + cellCarry[b*h+k]
				old := float32(0)
				if i > 0 {
					old = cells[(b*r.steps+r.step(i-1))*h+k]
				}
				d[k] = dc * cell * in * (1 - in)
				d[h+k] = dc * old * forget * (1 - forget)
				d[2*h+k] = dc * in * (1 - cell*cell)
				d[3*h+k] = dh * s[k] * out * (1 - out)
				cellCarry[b*h+k] = dc * forget
			}
		}
		t.products.Multiply(gemm.RowMajor(hiddenCarry, h), r.at(grads, now, width), gemm.RowMajor(n.in[2].Data, h), r.batch, h, width, false, 1)
	}
	t.finishRecurrent(n, grads, grads)
}

// gru runs a gated recurrent unit over the steps of x, of shape (batch, steps,
// features), from a zero state; the gates' order is PyTorch's: reset, update,
// new.
func (t *Tape) gru(x, inputWeight, hiddenWeight, inputBias, hiddenBias *Tensor, reverse bool) *Tensor {
	n := t.recurrentNode("gru", gruBackward, 3, x, inputWeight, hiddenWeight, inputBias, hiddenBias, reverse)
	if n == nil {
		return t.void
	}
	r := &n.recurrent
	h, width := r.hidden, 3*r.hidden
	gates := n.buffers[0]
	fromHidden := n.buffer(1, len(gates)) // the hidden state's part of the gates
	v := t.vec[0]
	for i := range r.steps {
		now, before := r.step(i), 0
		if i > 0 {
			before = r.step(i - 1)
			t.products.Multiply(r.at(fromHidden, now, width), r.at(n.out.Data, before, h), gemm.RowMajor(hiddenWeight.Data, h).T(), r.batch, width, h, false, 1)
		}
		for b := range r.batch {
			g, f := r.row(gates, b, now, width), r.row(fromHidden, b, now, width)
			if i == 0 {
				copy(f, hiddenBias.Data)
			} else {
				v.Add(f, f, hiddenBias.Data)
			}
			v.Add(g[:2*h], g[:2*h], f[:2*h])
			v.Sigmoid(g[:2*h], g[:2*h])
			for k := range h {
				g[2*h+k] += g[k] * f[2*h+k]
			}
			v.Tanh(g[2*h:], g[2*h:])
			y := r.row(n.out.Data, b, now, h)
			for k := range h {
				old := float32(0)
				if i > 0 {
					old = n.out.Data[(b*r.steps+before)*h+k]
				}
				y[k] = g[2*h+k] + g[h+k]*(old-g[2*h+k])
			}
		}
	}
	return n.out
}

func gruBackward(t *Tape, n *node) {
	r := &n.recurrent
	h, width := r.hidden, 3*r.hidden
	gates, fromHidden := n.buffers[0], n.buffers[1]
	inputGrads, hiddenGrads := n.buffer(2, len(gates)), n.buffer(3, len(gates))
	carry := n.buffer(4, 2*r.batch*h)
	clear(carry)
	through, direct := carry[:r.batch*h], carry[r.batch*h:]
	for i := r.steps - 1; i >= 0; i-- {
		now := r.step(i)
		for b := range r.batch {
			g, f := r.row(gates, b, now, width), r.row(fromHidden, b, now, width)
			in, hid := r.row(inputGrads, b, now, width), r.row(hiddenGrads, b, now, width)
			dy := r.row(n.out.Grad, b, now, h)
			for k := range h {
				reset, update, fresh := g[k], g[h+k], g[2*h+k]
				dh := dy[k] + through[b*h+k] + direct[b*h+k]
				old := float32(0)
				if i > 0 {
					old = n.out.Data[(b*r.steps+r.step(i-1))*h+k]
				}
				dn := dh * (1 - update) * (1 - fresh*fresh)
				du := dh * (old - fresh) * update * (1 - update)
				dr := dn * f[2*h+k] * reset * (1 - reset)
				in[k], in[h+k], in[2*h+k] = dr, du, dn
				hid[k], hid[h+k], hid[2*h+k] = dr, du, dn*reset
				direct[b*h+k] = dh * update
			}
		}
		t.products.Multiply(gemm.RowMajor(through, h), r.at(hiddenGrads, now, width), gemm.RowMajor(n.in[2].Data, h), r.batch, h, width, false, 1)
	}
	t.finishRecurrent(n, inputGrads, hiddenGrads)
}
