package sbi

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// A batch is shared by hands: each takes some of the samples through the whole
// flow and back, and the gradients are added up. How many there are depends on the
// batch alone, so that results do not depend on the number of cores.
const (
	mostHands = 4
	handRows  = 100 // rows of the flow, atoms counted, from which another hand is worth it
	// pieceRows is how many of them a hand takes through the flow at a time: what
	// they leave on the tape for the way back fits a processor's cache.
	pieceRows = 640
)

// hand is one of those that share a batch.
type hand struct {
	flow        flow           // with the estimator's weights and gradients of its own
	parameters  []nn.Parameter // its
	tape, judge *nn.Tape       // for training and validation
	buffers     [][]float32
	used        int          // of them, in this batch
	contexts    []*nn.Tensor // of the pieces of its part
	order       []int        // of the atoms of a piece
	loss        float64
	err         error
}

// part is what a hand does of a batch.
type part struct {
	places  []int     // its samples
	chosen  []int     // atoms of each
	context []float32 // rows of the flow's context
	batch   int       // samples of the whole batch
	judge   bool      // no gradients
}

// hand gives hand number i. The first has the estimator's own flow.
func (f *fit) hand(i int) (*hand, error) {
	for len(f.hands) <= i {
		h := &hand{
			flow:  f.e.flow,
			tape:  nn.NewTape(nn.TapeOptions{Goroutines: 1}),
			judge: nn.NewTape(nn.TapeOptions{Goroutines: 1, Inference: true}),
		}
		if len(f.hands) > 0 {
			var err error
			if h.flow, err = f.e.copyFlow(); err != nil {
				return nil, err
			}
			own := f.e.flow.Parameters()
			for k, p := range h.flow.Parameters() {
				p.Tensor.Data = own[k].Tensor.Data
			}
		}
		h.parameters = h.flow.Parameters()
		f.hands = append(f.hands, h)
	}
	return f.hands[i], nil
}

// learn gives the mean loss of some samples, and sets the gradients of all that
// learns.
func (f *fit) learn(places []int, rng *rand.Rand) (float64, error) {
	if f.frozen {
		return f.share(places, f.gather(places), false, rng)
	}
	f.tape.Reset()
	loss, op := f.embedded(f.tape, places, false, rng)
	err := f.tape.Backward(loss)
	if op.err != nil {
		err = op.err
	}
	return op.loss, err
}

// assess gives the mean loss of some samples.
func (f *fit) assess(places []int, rng *rand.Rand) (float64, error) {
	if f.frozen {
		return f.share(places, f.gather(places), true, rng)
	}
	f.judge.Reset()
	_, op := f.embedded(f.judge, places, true, rng)
	if err := f.judge.Err(); err != nil {
		return 0, err
	}
	return op.loss, op.err
}

func (f *fit) gather(places []int) []float32 {
	f.rows = gatherInto(f.rows, f.x, places, f.width)
	return f.rows
}

// embedded gives the loss behind an embedding that learns.
func (f *fit) embedded(t *nn.Tape, places []int, judge bool, rng *rand.Rand) (*nn.Tensor, *flowLoss) {
	op := &flowLoss{fit: f, places: places, judge: judge, rng: rng}
	x, err := nn.FromSlice(f.gather(places), len(places), f.width)
	if err != nil {
		op.err = err
		return t.Mean(nil), op
	}
	return t.Custom(op, f.e.context(t, x)), op
}

// flowLoss is the mean loss as an operation on the flow's context. It sets the
// gradients of the flow's weights by the way.
type flowLoss struct {
	*fit
	places []int
	judge  bool
	rng    *rand.Rand
	loss   float64
	err    error
}

func (*flowLoss) Name() string { return "loss of the flow" }

func (o *flowLoss) Shape(in []*nn.Tensor) ([]int, error) {
	if in[0].Rank() != 2 || in[0].Dim(0) != len(o.places) {
		return nil, nn.ShapeError(in[0], "a row for every sample")
	}
	return []int{1}, nil
}

func (o *flowLoss) Forward(out []float32, in []*nn.Tensor) {
	o.loss, o.err = o.share(o.places, in[0].Data, o.judge, o.rng)
	out[0] = float32(o.loss)
}

func (o *flowLoss) Backward(_, outGrad []float32, _ []*nn.Tensor, grads [][]float32) {
	if grads[0] == nil || o.err != nil {
		return
	}
	at := 0
	for _, h := range o.hands[:o.handsFor(len(o.places))] {
		for _, context := range h.contexts {
			for i, g := range context.Grad {
				grads[0][at+i] += g * outGrad[0]
			}
			at += len(context.Grad)
		}
	}
}

// handsFor is the number of hands for a batch.
func (f *fit) handsFor(samples int) int {
	rows := samples
	if f.atomic {
		rows *= min(f.o.Atoms, samples)
	}
	return max(1, min(mostHands, rows/handRows, samples))
}

// share has the hands compute the mean loss of samples with the given context,
// and without judge its gradients.
func (f *fit) share(places []int, context []float32, judge bool, rng *rand.Rand) (float64, error) {
	hands := f.handsFor(len(places))
	width, atoms := len(context)/len(places), 0
	if f.atomic {
		atoms = f.choose(places, rng)
	}
	parts := make([]part, hands)
	for i := range parts {
		if _, err := f.hand(i); err != nil {
			return 0, err
		}
		lo, hi := i*len(places)/hands, (i+1)*len(places)/hands
		parts[i] = part{places: places[lo:hi], chosen: f.chosen[lo*atoms : hi*atoms], context: context[lo*width : hi*width], batch: len(places), judge: judge}
	}
	f.work(parts)
	sum := 0.0
	for _, h := range f.hands[:hands] {
		if h.err != nil {
			return 0, h.err
		}
		sum += h.loss
	}
	if !judge {
		f.addUp(hands)
	}
	return sum, nil
}

// work has each hand do its part, as many at a time as there may be goroutines.
func (f *fit) work(parts []part) {
	workers := f.o.Goroutines
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(parts); i = int(next.Add(1)) - 1 {
			f.hands[i].work(f, parts[i])
		}
	}
	var wait sync.WaitGroup
	for range min(workers, len(parts)) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
}

// addUp adds the gradients of the other hands to the first one's.
func (f *fit) addUp(hands int) {
	if hands == 1 {
		return
	}
	v := vec.New(simd.Best())
	for i, p := range f.hands[0].parameters {
		for _, h := range f.hands[1:hands] {
			if more := h.parameters[i].Tensor.Grad; more != nil && !p.Buffer {
				v.Add(p.Tensor.Grad, p.Tensor.Grad, more)
			}
		}
	}
}

// choose draws the atoms of every sample, its own first, and gives their number.
func (f *fit) choose(places []int, rng *rand.Rand) int {
	atoms := min(f.o.Atoms, len(places))
	f.chosen = f.chosen[:0]
	for i, own := range places {
		f.chosen = append(f.chosen, own)
		var drawn [32]int
		// Draw the others without replacement: a place drawn again is drawn anew.
		others := drawn[:0]
		for len(others) < atoms-1 {
			j := rng.IntN(len(places) - 1)
			if j >= i {
				j++
			}
			if !slices.Contains(others, j) {
				others = append(others, j)
				f.chosen = append(f.chosen, places[j])
			}
		}
	}
	return atoms
}

// work does a part of a batch, piece by piece.
func (h *hand) work(f *fit, p part) {
	n := len(p.places)
	atoms, width := max(1, len(p.chosen)/n), len(p.context)/n
	h.loss, h.contexts = 0, h.contexts[:0]
	for lo, size := 0, max(1, f.pieceRows/atoms); lo < n && h.err == nil; lo += size {
		hi := min(lo+size, n)
		piece := part{places: p.places[lo:hi], context: p.context[lo*width : hi*width], batch: p.batch, judge: p.judge}
		if f.atomic {
			piece.chosen = p.chosen[lo*atoms : hi*atoms]
		}
		h.err = h.piece(f, piece)
	}
}

// piece does some samples of a part.
func (h *hand) piece(f *fit, p part) error {
	t := h.tape
	if p.judge {
		t = h.judge
	}
	t.Reset()
	h.used = 0
	context, err := nn.FromSlice(p.context, len(p.places), len(p.context)/len(p.places))
	if err != nil {
		return err
	}
	if !f.frozen {
		context.WantGradient()
	}
	h.contexts = append(h.contexts, context)
	loss := t.Affine(t.Sum(h.score(f, t, p, context)), -1/float32(p.batch), 0)
	switch {
	case p.judge:
		err = t.Err()
	case len(h.contexts) == 1:
		err = t.Backward(loss)
	default:
		err = t.Accumulate(loss)
	}
	h.loss += float64(loss.Data[0])
	return err
}

// score is what training raises, for every sample: log q, or the share of the
// own parameters among the atoms, or in a combined loss both.
func (h *hand) score(f *fit, t *nn.Tape, p part, context *nn.Tensor) *nn.Tensor {
	if !f.atomic {
		return h.logProb(f, t, p.places, context)
	}
	score := h.atomic(f, t, p, context)
	if !f.o.Combined {
		return score
	}
	// The samples of the prior also enter with the first round's loss.
	mask := make([]float32, len(p.places))
	for i, place := range p.places {
		if f.fromPrior[place] {
			mask[i] = 1
		}
	}
	weights, err := nn.FromSlice(mask, len(mask))
	if err != nil {
		return t.Mean(nil)
	}
	return t.Add(score, t.Mul(h.logProb(f, t, p.places, context), weights))
}

// atomic is the score of SNPE-C: each observation's own parameters are told from
// those of other samples of the batch, by the ratio of posterior and prior
// (Greenberg, Nonnenmacher and Macke 2019, section 3.2).
func (h *hand) atomic(f *fit, t *nn.Tape, p part, context *nn.Tensor) *nn.Tensor {
	samples, atoms := len(p.places), len(p.chosen)/len(p.places)
	h.order = resize(h.order, len(p.chosen)) // the first atoms of all samples, then the second ones
	for i := range samples {
		for k, place := range p.chosen[i*atoms:][:atoms] {
			h.order[k*samples+i] = place
		}
	}
	offsets, err := nn.FromSlice(h.gather(f.weight, h.order, 1), len(h.order))
	if err != nil {
		return t.Mean(nil)
	}
	ratios := t.Add(h.logProb(f, t, h.order, context), offsets)
	shares := t.LogSoftmax(t.Custom(atomsOp{samples, atoms}, ratios))
	return t.Reshape(t.Slice(shares, 0, 1), samples)
}

// atomsOp gives every sample a row of its atoms. It cuts gradients that are too small
// to matter beside others: those of atoms far from where the posterior is. On their
// way back they would fall below what processors compute fast with.
type atomsOp struct{ samples, atoms int }

const smallestGradient = 1e-12

func (atomsOp) Name() string { return "atoms" }

func (o atomsOp) Shape([]*nn.Tensor) ([]int, error) { return []int{o.samples, o.atoms}, nil }

func (o atomsOp) Forward(out []float32, in []*nn.Tensor) {
	for i := range out {
		out[i] = in[0].Data[i%o.atoms*o.samples+i/o.atoms]
	}
}

func (o atomsOp) Backward(_, outGrad []float32, _ []*nn.Tensor, grads [][]float32) {
	for i, g := range outGrad {
		if g > smallestGradient || g < -smallestGradient {
			grads[0][i%o.atoms*o.samples+i/o.atoms] += g
		}
	}
}

// logProb is log q of samples in the flow's space, of which row r mod contexts of the
// context is that of sample r.
func (h *hand) logProb(f *fit, t *nn.Tape, places []int, context *nn.Tensor) *nn.Tensor {
	dim := f.e.prior.Dim()
	u, err := nn.FromSlice(h.gather(f.u, places, dim), len(places), dim)
	if err != nil {
		return t.Mean(nil)
	}
	return h.flow.logProb(t, u, context)
}

// gather copies rows of width values into a buffer that lasts until the next
// batch.
func (h *hand) gather(data []float32, places []int, width int) []float32 {
	if h.used == len(h.buffers) {
		h.buffers = append(h.buffers, nil)
	}
	h.buffers[h.used] = gatherInto(h.buffers[h.used], data, places, width)
	h.used++
	return h.buffers[h.used-1]
}
