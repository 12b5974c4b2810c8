package adex

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hillock/internal/simd"
	"hillock/internal/simdadex"
	"hillock/stdlib/notebook"
)

// progressAfter is how long a batch may take before it shows its progress.
const progressAfter = time.Second

// Batch is the result of SimulateBatch: one run for each parameter set.
type Batch struct {
	Params   []Params    // of each run
	Stimulus Stimulus    // that all runs got
	Dt       float64     // time between two samples, ms
	Duration float64     // simulated time of each run, ms
	Samples  int         // samples of each trace
	V        [][]float64 // membrane potential of each run, mV; nil with Options.SpikesOnly
	W        [][]float64 // adaptation current of each run, pA; nil without Options.RecordW
	Spikes   [][]float64 // spike times of each run, ms
	Diverged []bool      // runs that left the finite numbers or had a parameter that is not one

	vs, ws []slab // the memory of V and W, block by block
}

// SimulateBatch integrates one neuron for each parameter set, all with the same
// stimulus, on all cores; what takes longer than a second shows its progress. Each
// run has the bytes that Simulate gives for it, at any number of cores.
//
// Who simulates batch after batch does it faster with Options.Reuse: to get fresh
// memory for the traces of a thousand runs, 80 MB, can take as long as their steps.
//
// A set with a NaN in it gives a trace of NaN and is marked in Batch.Diverged;
// any other parameter that the model cannot have is an error that names the set
// and the field, before anything is simulated. A context that ends stops the
// batch and drops it.
func SimulateBatch(ctx context.Context, sets []Params, stimulus Stimulus, opts Options) (*Batch, error) {
	opts, current, err := prepare(stimulus, opts)
	if err != nil {
		return nil, err
	}
	for i, p := range sets {
		if p.hasNaN() {
			continue
		}
		err := p.Validate()
		if err == nil {
			err = p.checkStep(opts.Dt)
		}
		if err != nil {
			return nil, fmt.Errorf("parameter set %d: %w", i, err)
		}
	}
	b := newBatch(sets, stimulus, opts, len(current))
	progress := notebook.NewProgress(notebook.ProgressOptions{
		Total: len(sets), Label: "simulating neurons", Unit: "runs", After: progressAfter,
	})
	defer progress.Done()
	blocks := len(b.vs)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) {
		wait.Go(func() {
			w := worker{batch: b, current: current, opts: opts, level: simd.Best()}
			for {
				block := int(next.Add(1)) - 1
				if block >= blocks || ctx.Err() != nil {
					return
				}
				first := block * simdadex.Lanes
				last := min(first+simdadex.Lanes, len(sets))
				w.simulate(ctx, first, last)
				progress.Add(last - first)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("adex: batch of %d runs stopped: %w", len(sets), err)
	}
	return b, nil
}

func newBatch(sets []Params, stimulus Stimulus, opts Options, steps int) *Batch {
	b := &Batch{
		Params: sets, Stimulus: stimulus,
		Dt: opts.Dt * float64(opts.RecordEvery), Duration: float64(steps) * opts.Dt,
		Samples: samples(steps, opts), Spikes: make([][]float64, len(sets)), Diverged: make([]bool, len(sets)),
	}
	if !opts.SpikesOnly {
		b.V = make([][]float64, len(sets))
	}
	if opts.RecordW {
		b.W = make([][]float64, len(sets))
	}
	blocks := (len(sets) + simdadex.Lanes - 1) / simdadex.Lanes
	b.vs, b.ws = make([]slab, blocks), make([]slab, blocks)
	if old := opts.Reuse; old != nil {
		copy(b.vs, old.vs)
		copy(b.ws, old.ws)
	}
	return b
}

func row(x [][]float64, i int) []float64 {
	if x == nil {
		return nil
	}
	return x[i]
}

func fillNaN(x []float64) {
	for k := range x {
		x[k] = math.NaN()
	}
}

// oneNaN makes all NaN the same: the processor's own carry a sign or not.
func oneNaN(x []float64) {
	for k := range x {
		if math.IsNaN(x[k]) {
			x[k] = math.NaN()
		}
	}
}

func (p Params) hasNaN() bool {
	for _, f := range p.fields() {
		if math.IsNaN(f.value) {
			return true
		}
	}
	return false
}

// Len is the number of runs.
func (b *Batch) Len() int { return len(b.Params) }

// Run gives run i; its traces share memory with the batch.
func (b *Batch) Run(i int) *Run {
	return &Run{
		Params: b.Params[i], Stimulus: b.Stimulus, Dt: b.Dt, Duration: b.Duration,
		V: row(b.V, i), W: row(b.W, i), Spikes: b.Spikes[i], Diverged: b.Diverged[i],
	}
}

// Trace gives the membrane potential of run i in mV and the time between two
// samples in ms.
func (b *Batch) Trace(i int) (v []float64, dt float64) { return row(b.V, i), b.Dt }

// Adaptation gives the adaptation current of run i in pA, or nil if it was not
// recorded, and the time between two samples in ms.
func (b *Batch) Adaptation(i int) (w []float64, dt float64) { return row(b.W, i), b.Dt }

// First gives the first n runs, or all if there are fewer; they share memory
// with the batch.
func (b *Batch) First(n int) *Batch {
	n = min(max(n, 0), b.Len())
	first := *b
	first.Params, first.Spikes, first.Diverged = b.Params[:n:n], b.Spikes[:n:n], b.Diverged[:n:n]
	if b.V != nil {
		first.V = b.V[:n:n]
	}
	if b.W != nil {
		first.W = b.W[:n:n]
	}
	return &first
}

// Spiking is the share of runs with at least one spike, between 0 and 1; 0 for
// an empty batch.
func (b *Batch) Spiking() float64 {
	if b.Len() == 0 {
		return 0
	}
	n := 0
	for _, s := range b.Spikes {
		if len(s) > 0 {
			n++
		}
	}
	return float64(n) / float64(b.Len())
}

// Counts gives the number of spikes of each run.
func (b *Batch) Counts() []int {
	counts := make([]int, b.Len())
	for i, s := range b.Spikes {
		counts[i] = len(s)
	}
	return counts
}

// String says in one sentence what the batch is.
func (b *Batch) String() string {
	s := fmt.Sprintf("%d AdEx runs of %g ms: %.1f %% spike", b.Len(), round(b.Duration), 100*b.Spiking())
	n := 0
	for _, d := range b.Diverged {
		if d {
			n++
		}
	}
	if n > 0 {
		s += fmt.Sprintf("; %d diverged", n)
	}
	return s
}
