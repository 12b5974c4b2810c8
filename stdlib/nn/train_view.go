package nn

import (
	"time"

	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// trainView shows how a training goes: a bar that counts batches, and the losses
// of the epochs so far.
type trainView struct {
	t     *training
	bar   *notebook.Progress
	curve *notebook.Handle
	drawn time.Time
}

func newTrainView(t *training) *trainView {
	v := &trainView{t: t}
	if !t.o.Quiet {
		perEpoch := (t.data.Train.Len() + t.o.Batch - 1) / t.o.Batch
		v.bar = notebook.NewProgress(notebook.ProgressOptions{Total: t.o.Epochs * perEpoch, Label: "training", Unit: "batches"})
		v.bar.Set(t.batches)
	}
	return v
}

// batch counts a batch.
func (v *trainView) batch() { v.bar.Add(1) }

// epoch draws the curve anew, but not more often than the eye needs.
func (v *trainView) epoch() {
	if time.Since(v.drawn) > time.Second {
		v.draw()
	}
}

// done leaves the bar and the curve in their last state.
func (v *trainView) done() {
	v.bar.Done()
	if v.curve != nil || len(v.t.history.Train) > 1 {
		v.draw()
	}
}

func (v *trainView) draw() {
	h := v.t.history
	if v.t.o.Quiet || len(h.Train) < 2 {
		return
	}
	epochs := make([]float64, len(h.Train))
	for i := range epochs {
		epochs[i] = float64(i + 1)
	}
	p, err := viz.Curves([]viz.Series{{Name: "training", X: epochs, Y: h.Train}, {Name: "validation", X: epochs, Y: h.Validation}},
		viz.Labels{Title: "Loss while training", X: "epoch", Y: "loss"})
	if err != nil {
		return // a loss that can't be drawn stops the training elsewhere
	}
	v.drawn = time.Now()
	if v.curve == nil {
		v.curve = notebook.DisplayID("", p)
		return
	}
	v.curve.Update(p)
}
