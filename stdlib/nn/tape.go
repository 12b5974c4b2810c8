package nn

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"

	"hillock/internal/gemm"
	"hillock/internal/simd"
	"hillock/internal/vec"
)

// TapeOptions says how a tape computes. The zero value trains on all cores.
type TapeOptions struct {
	// Goroutines bounds how many work on an operation; 0 means GOMAXPROCS. The
	// results do not depend on it.
	Goroutines int
	// Inference computes without recording: dropout does nothing, batch
	// normalisation uses its running statistics, and there is no Backward.
	Inference bool
	// Seed is where dropout draws from.
	Seed uint64
}

// Tape records operations on tensors, so that Backward can walk them in reverse
// (reverse-mode automatic differentiation). It must not be used by two
// goroutines at once.
type Tape struct {
	inference bool
	nodes     []*node
	used      int
	scope     []string
	err       error
	void      *Tensor // what operations return after an error
	source    *rand.PCG
	random    *rand.Rand
	kernel    gemm.Kernel
	products  *gemm.Workspace
	vec       []*vec.Kernels // one a goroutine
	tiles     []*tileHand    // one a goroutine; nil where the machine has no tiles
	noSpectra bool           // convolutions are not done by spectra: a test compares
	team      *team
	trace     *trace   // of Summary; nil else
	watched   *watched // of a training that failed; nil else
}

// node is an operation on the tape. Nodes keep their buffers over a Reset: the
// same step of the next batch finds them ready.
type node struct {
	name     string
	backward func(t *Tape, n *node)
	out      *Tensor
	in       [maxInputs]*Tensor
	i        [12]int
	f        [4]float32
	seed     uint64 // of a dropout
	buffers  [6][]float32
	offsets  [3][]int
	conv     *convolution
	tiled    *tiledConvolution
	spectral *spectralConvolution
	// statistics are a batch normalisation's.
	statistics batchStatistics
	recurrent  recurrent
	custom     Operation
	inputs     []*Tensor   // of a custom operation, all of them
	grads      [][]float32 // theirs, while it runs
}

// NewTape makes an empty tape.
func NewTape(o TapeOptions) *Tape {
	goroutines := o.Goroutines
	if goroutines <= 0 {
		goroutines = runtime.GOMAXPROCS(0)
	}
	level := simd.Best()
	t := &Tape{
		inference: o.Inference,
		void:      makeTensor([]float32{0}, []int{1}),
		source:    rand.NewPCG(o.Seed, 0x6e6e),
		kernel:    gemm.NewKernel(level),
		products:  gemm.NewWorkspace(level),
		team:      newTeam(goroutines),
	}
	t.random = rand.New(t.source)
	for range goroutines {
		t.vec = append(t.vec, vec.New(level))
		if simd.Tiles() {
			t.tiles = append(t.tiles, &tileHand{})
		}
	}
	runtime.AddCleanup(t, func(team *team) { team.stop() }, t.team)
	return t
}

// Reset empties the tape for the next batch. Tensors that it made are written
// over by the operations that follow; Clone what is to be kept.
func (t *Tape) Reset() {
	t.used, t.err, t.scope = 0, nil, t.scope[:0]
}

// Err is the first error since Reset.
func (t *Tape) Err() error { return t.err }

// Training says whether the tape records for a Backward.
func (t *Tape) Training() bool { return !t.inference }

// Enter names the layer that the operations up to the matching Leave belong to;
// errors say it.
func (t *Tape) Enter(layer string) { t.scope = append(t.scope, layer) }

// Leave ends what Enter began.
func (t *Tape) Leave() {
	if len(t.scope) > 0 {
		t.scope = t.scope[:len(t.scope)-1]
	}
}

// begin opens an operation, or gives nil after an error.
func (t *Tape) begin(name string, backward func(t *Tape, n *node), in ...*Tensor) *node {
	if t.err != nil {
		return nil
	}
	if t.used == len(t.nodes) {
		t.nodes = append(t.nodes, &node{})
	}
	n := t.nodes[t.used]
	n.name, n.backward = name, backward
	n.in = [maxInputs]*Tensor{}
	n.inputs = n.inputs[:0]
	copy(n.in[:], in)
	for i, x := range in {
		if x == nil {
			t.fail(n, "input %d is nil", i+1)
			return nil
		}
	}
	t.used++
	return n
}

// fail keeps the first error and gives the void tensor.
func (t *Tape) fail(n *node, format string, args ...any) *Tensor {
	if t.err == nil {
		where := ""
		if len(t.scope) > 0 {
			where = " in " + strings.Join(t.scope, ".")
		}
		t.err = fmt.Errorf("nn: %s%s: %s", n.name, where, fmt.Sprintf(format, args...))
	}
	return t.void
}

// result gives the node's output tensor, reusing the last batch's.
func (t *Tape) result(n *node, shape ...int) *Tensor {
	size := 1
	for _, d := range shape {
		size *= d
	}
	if n.out == nil {
		n.out = &Tensor{}
	}
	out := n.out
	out.Data = grow(out.Data, size)
	out.setShape(shape)
	out.needs, out.graded = false, false
	if !t.inference {
		for _, x := range n.in {
			if x != nil && x.needs {
				out.needs = true
			}
		}
		for _, x := range n.inputs {
			out.needs = out.needs || x.needs
		}
	}
	return out
}

// buffer gives a node's scratch slice number k with size elements; its content
// is whatever it was.
func (n *node) buffer(k, size int) []float32 {
	n.buffers[k] = grow(n.buffers[k], size)
	return n.buffers[k]
}

func (n *node) rows(k, size int) []int {
	if cap(n.offsets[k]) < size {
		n.offsets[k] = make([]int, size)
	}
	n.offsets[k] = n.offsets[k][:size]
	return n.offsets[k]
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// Backward computes the gradient of loss, a tensor of one element, for every
// tensor it depends on that wants one. Parameters' gradients are set, not added
// to. It returns the tape's first error, if there is one.
func (t *Tape) Backward(loss *Tensor) error {
	return t.backward(loss, true)
}

// Accumulate is Backward, but for tensors that the tape did not make, such as
// parameters: the gradient is added to the one that they have from before. A batch
// that is too large for a processor's cache is done in pieces this way, the first
// with Backward.
func (t *Tape) Accumulate(loss *Tensor) error {
	return t.backward(loss, false)
}

func (t *Tape) backward(loss *Tensor, anew bool) error {
	switch {
	case t.err != nil:
		return t.err
	case t.inference:
		return errors.New("nn: backward on a tape made for inference; make one without TapeOptions.Inference")
	case loss == nil || len(loss.Data) != 1:
		return errors.New("nn: backward needs a loss of one element; reduce it with Mean or Sum")
	case !loss.needs:
		return errors.New("nn: the loss does not depend on any parameter")
	}
	for _, n := range t.nodes[:t.used] {
		n.out.graded = false
		if !anew {
			continue // what the tape did not make keeps its gradient
		}
		for _, x := range n.in {
			if x != nil {
				x.graded = false
			}
		}
		for _, x := range n.inputs {
			x.graded = false
		}
	}
	grad, _ := loss.gradient()
	grad[0] = 1
	for i := t.used - 1; i >= 0; i-- {
		n := t.nodes[i]
		if n.out.needs && n.out.graded && n.backward != nil {
			n.backward(t, n)
		}
	}
	return t.err
}

const chunk = 8192 // elements that a goroutine takes at a time

// chunks runs piece for the chunks of size elements.
func (t *Tape) chunks(n *node, size, cost int, piece func(t *Tape, n *node, worker, item int)) {
	t.team.run(t, n, (size+chunk-1)/chunk, size*cost, piece)
}

// span is the range of elements of chunk number item.
func span(item, size int) (lo, hi int) { return item * chunk, min((item+1)*chunk, size) }

// accumulate adds part to x's gradient, or sets it when it is the first.
func (t *Tape) accumulate(x *Tensor, part []float32) {
	grad, add := x.gradient()
	if add {
		t.vec[0].Add(grad, grad, part)
	} else {
		copy(grad, part)
	}
}
