package nn

import (
	"fmt"
	"math"
	"strings"
)

// A training's loss has exploded when it is this many times the largest of the
// first batches.
const (
	explosion    = 1e4
	firstBatches = 20
)

// lossWatch follows the losses of the batches. Its fields are those of a
// checkpoint.
type lossWatch struct {
	Batches   int
	Reference float64 // largest size of the losses of the first batches
	Epoch     int     // of the last batch whose loss was no larger than twice that
	Batch     int     // the same, in the epoch
}

// see takes a batch's loss, and says where it began to grow when it has exploded.
func (w *lossWatch) see(loss float64, epoch, batch int) error {
	w.Batches++
	size := math.Abs(loss)
	if w.Batches <= firstBatches {
		w.Reference = max(w.Reference, size)
	}
	switch {
	case size <= 2*w.Reference:
		w.Epoch, w.Batch = epoch, batch
	case size > explosion*w.Reference:
		return fmt.Errorf("nn: the loss has exploded to %.3g: it began to grow after epoch %d, batch %d, and was %.3g at most in the first %d batches; lower the learning rate or clip the gradient (ClipNorm)",
			loss, w.Epoch, w.Batch, w.Reference, min(w.Batches, firstBatches))
	}
	return nil
}

// watched looks for the first layer whose output is not finite.
type watched struct{ layer string }

func (w *watched) see(t *Tape, m Module, y *Tensor) {
	if w.layer == "" && !allFinite(y.Data) {
		w.layer = strings.TrimLeft(strings.Join(t.scope, ".")+" ("+describe(m)+")", ". ")
	}
}

// origin says where in the last batch values first were not finite.
func (t *training) origin() string {
	if !allFinite(t.inputs.Data) || !allFinite(t.targets.Data) {
		return "the batch's samples are not all finite"
	}
	for _, p := range t.m.Parameters() {
		if !p.Buffer && !allFinite(p.Tensor.Data) {
			return fmt.Sprintf("the batch before left %s with weights that are not finite", p.Name)
		}
	}
	// The batch once more, with an eye on every layer.
	t.tape.Reset()
	t.tape.source.Seed(t.o.Seed, uint64(t.batches))
	t.tape.watched = &watched{}
	t.tape.Run("", t.m, &t.inputs)
	layer := t.tape.watched.layer
	t.tape.watched = nil
	if layer == "" {
		return "every layer's output is finite, the loss function's is not"
	}
	return "the first output that is not finite is that of layer " + layer
}

func allFinite(values []float32) bool {
	for _, v := range values {
		if !finite(float64(v)) {
			return false
		}
	}
	return true
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
