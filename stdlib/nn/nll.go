package nn

// NLL is the mean negative log-likelihood of classes, of shape (1): minus the
// element of each row of logProbabilities, of shape (batch, classes), that its
// class names. classes are whole numbers from 0, of shape (batch) or (batch, 1).
// After LogSoftmax it is the cross-entropy.
func (t *Tape) NLL(logProbabilities, classes *Tensor) *Tensor {
	n := t.begin("nll", nllBackward, logProbabilities, classes)
	if n == nil {
		return t.void
	}
	rows, width := logProbabilities.Dim(0), logProbabilities.Dim(1)
	if logProbabilities.rank != 2 || classes.Len() != rows || classes.rank > 2 {
		return t.fail(n, "classes %s do not fit log-probabilities %s; want (batch) and (batch, classes)", shapeText(classes.Shape()), shapeText(logProbabilities.Shape()))
	}
	places := n.rows(0, rows)
	sum := 0.0
	for r, class := range classes.Data {
		places[r] = int(class)
		if float32(places[r]) != class || places[r] < 0 || places[r] >= width {
			return t.fail(n, "class %g in row %d; want a whole number from 0 to %d", class, r, width-1)
		}
		sum -= float64(logProbabilities.Data[r*width+places[r]])
	}
	out := t.result(n, 1)
	out.Data[0] = float32(sum / float64(rows))
	out.needs = logProbabilities.needs && !t.inference
	return out
}

func nllBackward(t *Tape, n *node) {
	x := n.in[0]
	grad, add := x.gradient()
	if !add {
		clear(grad)
	}
	rows, width := x.dims[0], x.dims[1]
	for r, place := range n.offsets[0] {
		grad[r*width+place] -= n.out.Grad[0] / float32(rows)
	}
}
