package nn

import (
	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// trainView shows how a training goes: a bar that counts batches, and the losses
// of the epochs so far.
type trainView struct {
	t    *training
	bar  *notebook.Progress
	live viz.LiveLoss
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
	if !v.t.o.Quiet {
		v.live.Show(v.t.history, lossTitle)
	}
}

// done leaves the bar and the curve in their last state.
func (v *trainView) done() {
	v.bar.Done()
	v.live.Done(v.t.history, lossTitle)
}

const lossTitle = "Loss while training"
