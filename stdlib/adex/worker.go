package adex

import (
	"context"

	"hillock/internal/simd"
	"hillock/internal/simdadex"
)

// worker simulates parts of a batch, one after the other.
type worker struct {
	batch   *Batch
	current []float64 // A
	opts    Options
	level   simd.Level
	block   *simdadex.Block
	spikes  [][]int
}

// fewest is the number of neurons from which a block of them is faster than one
// after the other.
const fewest = 4

// simulate runs the parameter sets from first to last, at most as many as a
// block holds.
func (w *worker) simulate(ctx context.Context, first, last int) {
	states := make([]simdadex.State, last-first)
	w.spikes = w.spikes[:0]
	for range states {
		w.spikes = append(w.spikes, nil)
	}
	if simdadex.Vectorised(w.level) && last-first >= fewest {
		w.together(ctx, first, states)
	} else {
		w.oneByOne(ctx, first, states)
	}
	b := w.batch
	for k, s := range states {
		i := first + k
		b.Spikes[i] = times(w.spikes[k], w.opts.Dt)
		b.Diverged[i] = diverged(s)
		if b.Params[i].hasNaN() {
			b.Diverged[i] = true
			b.Spikes[i] = []float64{}
			fillNaN(row(b.V, i))
			fillNaN(row(b.W, i))
		} else if b.Diverged[i] {
			oneNaN(row(b.V, i))
			oneNaN(row(b.W, i))
		}
	}
}

// together uses the vector kernels. Lanes that are left over repeat the last
// neuron.
func (w *worker) together(ctx context.Context, first int, states []simdadex.State) {
	b := w.batch
	w.block = new(simdadex.Block)
	for lane := range simdadex.Lanes {
		p := b.Params[first+min(lane, len(states)-1)]
		w.block.Set(lane, coefficients(p, w.opts.Dt), start(p, w.opts))
	}
	to := simdadex.Recording{Every: w.opts.RecordEvery, Spikes: w.spikes}
	if b.V != nil {
		to.V, to.Stride = b.vs[first/simdadex.Lanes].rows(b.V[first:first+len(states)], b.Samples)
	}
	if b.W != nil {
		to.W, to.Stride = b.ws[first/simdadex.Lanes].rows(b.W[first:first+len(states)], b.Samples)
	}
	const piece = chunk / simdadex.Lanes
	for k := 0; k < len(w.current) && ctx.Err() == nil; k += piece {
		w.block.Run(w.level, w.current[k:min(k+piece, len(w.current))], k, &to)
	}
	for lane := range states {
		states[lane] = w.block.State(lane)
	}
}

// oneByOne uses the plain code.
func (w *worker) oneByOne(ctx context.Context, first int, states []simdadex.State) {
	b := w.batch
	if b.V != nil {
		b.vs[first/simdadex.Lanes].rows(b.V[first:first+len(states)], b.Samples)
	}
	if b.W != nil {
		b.ws[first/simdadex.Lanes].rows(b.W[first:first+len(states)], b.Samples)
	}
	for lane := range states {
		p := b.Params[first+lane]
		c := coefficients(p, w.opts.Dt)
		states[lane] = start(p, w.opts)
		v, a := row(b.V, first+lane), row(b.W, first+lane)
		for k := 0; k < len(w.current) && ctx.Err() == nil; k += chunk {
			end := min(k+chunk, len(w.current))
			w.spikes[lane] = record(&c, &states[lane], w.current[k:end], k, w.opts, v, a, w.spikes[lane])
		}
	}
}
