package nn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// LossFunc is a loss of a network's output against the target, of shape (1). rng
// is for losses that draw, such as masks; it depends on the training's seed and
// the batch alone.
type LossFunc func(t *Tape, output, target *Tensor, rng *rand.Rand) *Tensor

// TrainOptions are the options of Train. The zero value trains as the thesis
// does (section 3.3), with a constant learning rate.
type TrainOptions struct {
	Epochs     int      // at most; 0 means 150
	Batch      int      // samples in a batch; 0 means 32
	LR         float64  // base learning rate; 0 means 1e-4
	Schedule   Schedule // of the learning rate; the zero value is constant
	Loss       LossFunc // nil means MSELoss
	ClipNorm   float64  // limit on the norm of the gradient; 0 means none
	Patience   int      // epochs without improvement before stopping; 0 means 20, below 0 never
	Threshold  float64  // what a smaller validation loss must gain for patience to begin anew
	Seed       uint64   // of the order of samples, dropout and masks
	Goroutines int      // that share the work; 0 means all cores; results do not depend on it
	// Validation is the loss over the validation set; nil means Loss. With a loss that
	// weighs points it makes trainings comparable.
	Validation LossFunc
	// Optimiser makes what moves the weights; nil means Adam. Its learning rate is LR
	// under the Schedule.
	Optimiser func(m Module) (Optimiser, error)
	// Checkpoint names a file that the state is written to after every epoch. When
	// it exists, training goes on from it, and ends with the same bytes as if it
	// had never stopped. "" means none.
	Checkpoint string
	// Quiet shows neither the progress bar nor the loss curve.
	Quiet bool
}

// History is what happened in a training, epoch by epoch.
type History struct {
	Train         []float64 // mean loss of the epoch's batches
	Validation    []float64 // mean loss over the validation set at the epoch's end
	ValidationStd []float64 // standard deviation of the validation batches' losses
	LR            []float64 // learning rate at the epoch's end
	Best          int       // epoch of the smallest validation loss, whose weights the network has
	Stopped       string    // why it ended
	// BatchLR is the learning rate of every batch of the first epoch.
	BatchLR []float64
	Seconds float64 // that the epochs took, those before a stop included
}

// Losses gives the curves that viz.Loss draws.
func (h *History) Losses() (train, validation, deviation []float64) {
	return h.Train, h.Validation, h.ValidationStd
}

// String says how the training went.
func (h *History) String() string {
	if len(h.Train) == 0 {
		return "no epoch was trained"
	}
	return fmt.Sprintf("%d epochs, %s; best validation loss %.4g at epoch %d", len(h.Train), h.Stopped, h.Validation[h.Best], h.Best+1)
}

// Train fits a module to a dataset, and leaves it with the weights of the smallest
// validation loss. Ending ctx stops it within a batch; the history up to there
// comes back with the context's error, and the module has the best weights so far.
// A loss that explodes or is not finite stops it with an error that says where it
// began.
func Train(ctx context.Context, m Module, data Split, o TrainOptions) (*History, error) {
	t, err := newTraining(m, data, o)
	if err != nil {
		return nil, err
	}
	if err := t.resume(); err != nil {
		return nil, err
	}
	view := newTrainView(t)
	defer view.done()
	for t.epoch < t.o.Epochs && !t.patienceIsOver() {
		if err := t.runEpoch(ctx, view); err != nil {
			t.restoreBest()
			return t.history, err
		}
		if err := t.checkpoint(); err != nil {
			return t.history, err
		}
	}
	t.history.Stopped = "all epochs done"
	if t.patienceIsOver() {
		t.history.Stopped = fmt.Sprintf("no improvement in the last %d", t.o.Patience)
	}
	t.restoreBest()
	return t.history, nil
}

// training is the state of a training.
type training struct {
	m       Module
	data    Split
	o       TrainOptions
	mover   Optimiser
	tape    *Tape
	judge   *Tape
	train   part
	judged  part   // the validation set
	inputs  Tensor // of a batch
	targets Tensor
	history *History
	epoch   int // epochs done
	batches int // batches done
	best    [][]float32
	watch   lossWatch
	clipper *clipper
	source  *rand.PCG  // of losses that draw
	random  *rand.Rand // the same
}

func newTraining(m Module, data Split, o TrainOptions) (*training, error) {
	for _, d := range []struct{ value, usual *int }{{&o.Epochs, ptr(150)}, {&o.Batch, ptr(32)}, {&o.Patience, ptr(20)}} {
		if *d.value == 0 {
			*d.value = *d.usual
		}
	}
	if o.LR == 0 {
		o.LR = 1e-4
	}
	if o.Loss == nil {
		o.Loss = MSELoss
	}
	switch {
	case m == nil:
		return nil, errors.New("nn: train: no module")
	case data.Train == nil || data.Validation == nil || data.Train.Len() == 0 || data.Validation.Len() == 0:
		return nil, errors.New("nn: train: want samples to train on and to validate on")
	case o.Epochs < 0 || o.Batch < 1 || o.ClipNorm < 0:
		return nil, fmt.Errorf("nn: train: %d epochs, batch %d, clip norm %g; want none below 0", o.Epochs, o.Batch, o.ClipNorm)
	}
	if o.Validation == nil {
		o.Validation = o.Loss
	}
	if o.Optimiser == nil {
		o.Optimiser = func(m Module) (Optimiser, error) { return NewAdam(m, AdamOptions{LR: o.LR}) }
	}
	mover, err := o.Optimiser(m)
	if err != nil {
		return nil, err
	}
	source := rand.NewPCG(0, 0)
	t := &training{m: m, data: data, o: o, mover: mover, history: &History{}, source: source, random: rand.New(source),
		train: newPart(data.Train), judged: newPart(data.Validation), clipper: newClipper(m),
		tape:  NewTape(TapeOptions{Goroutines: o.Goroutines}),
		judge: NewTape(TapeOptions{Goroutines: o.Goroutines, Inference: true}),
	}
	return t, nil
}

func ptr(n int) *int { return &n }

// part is a set of samples with the shapes of a batch of them.
type part struct {
	Samples
	input, target []int
}

func newPart(s Samples) part {
	input, target := s.Shape()
	return part{s, append([]int{0}, input...), append([]int{0}, target...)}
}

// load reads a batch into the training's tensors.
func (t *training) load(p part, places []int) error {
	p.input[0], p.target[0] = len(places), len(places)
	for _, b := range []struct {
		tensor *Tensor
		shape  []int
	}{{&t.inputs, p.input}, {&t.targets, p.target}} {
		size, err := sizeOf(b.shape)
		if err != nil {
			return err
		}
		b.tensor.Data = grow(b.tensor.Data, size)
		b.tensor.setShape(b.shape)
	}
	if err := p.Read(places, t.inputs.Data, t.targets.Data); err != nil {
		return fmt.Errorf("nn: train: read samples: %w", err)
	}
	return nil
}

func (t *training) runEpoch(ctx context.Context, view *trainView) error {
	began := time.Now()
	rng := rand.New(rand.NewPCG(t.o.Seed, uint64(t.epoch)))
	places := order(t.data.Train, rng)
	sum, count := 0.0, 0
	for at := 0; at < len(places); at += t.o.Batch {
		if err := ctx.Err(); err != nil {
			return err
		}
		batch := places[at:min(at+t.o.Batch, len(places))]
		if len(batch) < t.o.Batch && at > 0 && len(batch) == 1 {
			break // one sample alone can't be normalised over its batch
		}
		if err := t.load(t.train, batch); err != nil {
			return err
		}
		rate := t.o.Schedule.Rate(t.o.LR, t.batches, t.epoch)
		t.mover.SetRate(rate)
		if t.epoch == 0 {
			t.history.BatchLR = append(t.history.BatchLR, rate)
		}
		loss, err := t.step()
		if err == nil {
			err = t.watch.see(loss, t.epoch+1, at/t.o.Batch+1)
		}
		if err != nil {
			return fmt.Errorf("epoch %d, batch %d (learning rate %.3g): %w", t.epoch+1, at/t.o.Batch+1, rate, err)
		}
		sum += loss * float64(len(batch))
		count += len(batch)
		t.batches++
		view.batch()
	}
	mean, deviation, err := t.validate(ctx)
	if err != nil {
		return err
	}
	h := t.history
	h.Train, h.Validation = append(h.Train, sum/float64(count)), append(h.Validation, mean)
	h.ValidationStd = append(h.ValidationStd, deviation)
	h.LR = append(h.LR, t.o.Schedule.Rate(t.o.LR, t.batches-1, t.epoch))
	h.Seconds += time.Since(began).Seconds()
	if t.best == nil || mean < h.Validation[h.Best] {
		h.Best = t.epoch
		t.keepBest()
	}
	t.epoch++
	view.epoch()
	return nil
}

// step trains on the loaded batch and gives its loss.
func (t *training) step() (float64, error) {
	t.tape.Reset()
	t.tape.source.Seed(t.o.Seed, uint64(t.batches))
	t.source.Seed(t.o.Seed^0x105e, uint64(t.batches))
	loss := t.o.Loss(t.tape, t.m.Forward(t.tape, &t.inputs), &t.targets, t.random)
	if err := t.tape.Backward(loss); err != nil {
		return 0, err
	}
	value := float64(loss.Data[0])
	if !finite(value) {
		return 0, fmt.Errorf("nn: the loss is %g: %s; lower the learning rate, clip the gradient (ClipNorm) or look for NaN in the data", value, t.origin())
	}
	if t.o.ClipNorm > 0 {
		t.clipper.clip(t.o.ClipNorm)
	}
	t.mover.Step()
	return value, nil
}

// validate gives the mean loss over the validation set and the deviation of its
// batches.
func (t *training) validate(ctx context.Context) (mean, deviation float64, err error) {
	var sum, squares, weight float64
	n := t.data.Validation.Len()
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	for at := 0; at < n; at += t.o.Batch {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		batch := places[at:min(at+t.o.Batch, n)]
		if err := t.load(t.judged, batch); err != nil {
			return 0, 0, err
		}
		t.judge.Reset()
		t.source.Seed(t.o.Seed^0x7a1, uint64(at))
		loss := t.o.Validation(t.judge, t.m.Forward(t.judge, &t.inputs), &t.targets, t.random)
		if err := t.judge.Err(); err != nil {
			return 0, 0, err
		}
		value, size := float64(loss.Data[0]), float64(len(batch))
		sum, squares, weight = sum+size*value, squares+size*value*value, weight+size
	}
	mean = sum / weight
	if !finite(mean) {
		return 0, 0, fmt.Errorf("nn: after epoch %d the validation loss is %g though the training loss is finite; look for NaN in the validation set, or lower the learning rate", t.epoch+1, mean)
	}
	return mean, math.Sqrt(max(squares/weight-mean*mean, 0)), nil
}

// patienceIsOver says whether the validation loss has gained less than the
// threshold for too many epochs.
func (t *training) patienceIsOver() bool {
	last, reference := 0, math.Inf(1)
	for epoch, loss := range t.history.Validation {
		if loss < reference-t.o.Threshold {
			last, reference = epoch, loss
		}
	}
	return t.o.Patience > 0 && t.epoch > 0 && t.epoch-1-last >= t.o.Patience
}

// keepBest copies the weights and buffers of the module.
func (t *training) keepBest() {
	parameters := t.m.Parameters()
	if t.best == nil {
		t.best = make([][]float32, len(parameters))
	}
	for i, p := range parameters {
		t.best[i] = append(t.best[i][:0], p.Tensor.Data...)
	}
}

func (t *training) restoreBest() {
	if t.best == nil {
		return
	}
	for i, p := range t.m.Parameters() {
		copy(p.Tensor.Data, t.best[i])
	}
}
