package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
)

// trainState is what a checkpoint holds besides tensors, in its metadata.
type trainState struct {
	Epoch   int
	Batches int
	Steps   int
	Options string
	History History
	Watch   lossWatch
}

// signature is the options that a resumed training must share.
func (t *training) signature() string {
	o := t.o
	return fmt.Sprintf("batch %d, learning rate %g, schedule %+v, clip %g, seed %d, %d samples, %s",
		o.Batch, o.LR, o.Schedule, o.ClipNorm, o.Seed, t.data.Train.Len(), t.mover.Describe())
}

// snapshot is the tensors of a checkpoint by name: weights, the best weights,
// and the optimiser's moments.
type snapshot []Parameter

// Forward is not used; a snapshot is a module only to be saved and loaded.
func (s snapshot) Forward(t *Tape, x *Tensor) *Tensor { return x }

// Parameters are the tensors.
func (s snapshot) Parameters() []Parameter { return s }

func (t *training) snapshot() snapshot {
	var s snapshot
	if t.best == nil {
		t.keepBest()
	}
	for i, p := range t.m.Parameters() {
		shape := p.Tensor.Shape()
		s = append(s, Parameter{Name: "now." + p.Name, Tensor: p.Tensor}, Parameter{Name: "best." + p.Name, Tensor: makeTensor(t.best[i], shape)})
	}
	_, state := t.mover.State()
	for _, p := range state {
		s = append(s, Parameter{Name: "optimiser." + p.Name, Tensor: p.Tensor})
	}
	return s
}

// checkpoint writes the state after an epoch.
func (t *training) checkpoint() error {
	if t.o.Checkpoint == "" {
		return nil
	}
	steps, _ := t.mover.State()
	state, err := json.Marshal(trainState{Epoch: t.epoch, Batches: t.batches, Steps: *steps, Options: t.signature(), History: *t.history, Watch: t.watch})
	if err != nil {
		return fmt.Errorf("nn: checkpoint: %w", err)
	}
	return Save(t.o.Checkpoint, t.snapshot(), map[string]string{"training": string(state)})
}

// resume goes on from a checkpoint, if there is one.
func (t *training) resume() error {
	if t.o.Checkpoint == "" {
		return nil
	}
	file, err := os.Open(t.o.Checkpoint)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("nn: resume: %w", err)
	}
	defer file.Close()
	_, metadata, err := ReadSafetensors(file)
	if err != nil {
		return fmt.Errorf("nn: resume from %s: %w; remove the file to begin anew", t.o.Checkpoint, err)
	}
	var state trainState
	if err := json.Unmarshal([]byte(metadata["training"]), &state); err != nil {
		return fmt.Errorf("nn: resume from %s: it is no checkpoint of a training: %w", t.o.Checkpoint, err)
	}
	if state.Options != t.signature() {
		return fmt.Errorf("nn: resume from %s: it was trained with %s, not with %s; use another file or remove it", t.o.Checkpoint, strconv.Quote(state.Options), strconv.Quote(t.signature()))
	}
	if err := Load(t.o.Checkpoint, t.snapshot()); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	steps, _ := t.mover.State()
	t.epoch, t.batches, *steps, *t.history, t.watch = state.Epoch, state.Batches, state.Steps, state.History, state.Watch
	return nil
}
