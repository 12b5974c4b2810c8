package sbi

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"hillock/internal/simd"
	"hillock/internal/vec"
	"hillock/stdlib/nn"
)

// C2STOptions are the options of C2ST. The zero value is what the field's
// benchmark (SBIBM) does.
type C2STOptions struct {
	Folds int // of the cross-validation; 0 means 5
	// Tested is how many of the folds are held out in turn; 0 means all of them.
	// Fewer take less time and give the same accuracy on average, with more noise.
	Tested int
	Seed   uint64 // of weights, folds and the order of samples
}

// The classifier's settings are those of scikit-learn's MLPClassifier, which the
// benchmark uses.
const (
	c2stBatch     = 200
	c2stRate      = 1e-3
	c2stDecay     = 1e-4 // of the weights, over the batch
	c2stTolerance = 1e-4 // that the training loss must gain
	c2stPatience  = 10   // epochs without
	c2stEpochs    = 1000
)

// C2ST is the classifier two-sample test (Lopez-Paz and Oquab 2017,
// https://arxiv.org/abs/1610.06545): the accuracy, by cross-validation, of a
// network trained to tell samples from the reference; 0.5 means that they can't be
// told apart, 1 that they differ completely. Both are standardised by the
// reference's mean and deviation. The network has two hidden layers of ten units
// a dimension, as in the benchmark of Lueckmann et al. 2021
// (https://arxiv.org/abs/2101.04653). Of the larger set only as many samples are
// taken as the other has, evenly spaced: of unequal numbers a network that always
// says the same would be right more often than not. It fails when there are fewer
// than two samples a fold, samples of different dimensions, or the same samples twice.
func C2ST(ctx context.Context, reference, samples [][]float64, o C2STOptions) (float64, error) {
	if o.Folds == 0 {
		o.Folds = 5
	}
	if o.Tested == 0 {
		o.Tested = o.Folds
	}
	if o.Tested < 1 || o.Tested > o.Folds {
		return 0, fmt.Errorf("sbi: C2ST with %d of %d folds tested; want 1 to %d", o.Tested, o.Folds, o.Folds)
	}
	if o.Folds < 2 || len(reference) < 2*o.Folds || len(samples) < 2*o.Folds {
		return 0, fmt.Errorf("sbi: C2ST of %d and %d samples with %d folds; want two folds or more, and two samples of both in each", len(reference), len(samples), o.Folds)
	}
	dim := len(reference[0])
	for _, set := range [][][]float64{reference, samples} {
		for i, row := range set {
			if len(row) != dim || !finite(row) {
				return 0, fmt.Errorf("sbi: C2ST: sample %d has %d values; want %d, all finite", i, len(row), dim)
			}
		}
	}
	n := min(len(reference), len(samples))
	reference, samples = evenly(reference, n), evenly(samples, n)
	if slices.EqualFunc(reference, samples, slices.Equal) {
		return 0, fmt.Errorf("sbi: C2ST of %d samples with the same samples: held out of one set, each is still learned from the other, and the accuracy falls below 0.5; draw the two sets from different seeds", n)
	}
	test := &twoSampleTest{dim: dim, data: standardised(reference, samples), labels: make([]float32, len(reference)+len(samples)), o: o}
	for i := len(reference); i < len(test.labels); i++ {
		test.labels[i] = 1
	}
	order := rand.New(rand.NewPCG(o.Seed, 0xc257)).Perm(len(test.labels))
	accuracy, failed := make([]float64, o.Tested), make([]error, o.Tested)
	err := parallel(ctx, o.Tested, func(fold int) {
		accuracy[fold], failed[fold] = test.fold(ctx, order, fold)
	})
	sum := 0.0
	for fold, a := range accuracy {
		if err == nil {
			err = failed[fold]
		}
		sum += a
	}
	return sum / float64(o.Tested), err
}

// evenly gives n of the rows, as far from one another as there is room.
func evenly(rows [][]float64, n int) [][]float64 {
	if len(rows) == n {
		return rows
	}
	some := make([][]float64, n)
	for i := range some {
		some[i] = rows[i*len(rows)/n]
	}
	return some
}

// standardised lays both sets out, scaled by the first one's moments. What is a
// hundred deviations off is told apart as it is; farther off, the network would
// have to begin with enormous steps.
func standardised(reference, samples [][]float64) []float32 {
	dim := len(reference[0])
	data := make([]float32, 0, (len(reference)+len(samples))*dim)
	const farthest = 100
	mean, std := columnMoments(reference)
	for i := range std {
		if !(std[i] > 1e-12*math.Abs(mean[i])) { // constant: any difference is one
			mean[i], std[i] = reference[0][i], math.SmallestNonzeroFloat64
		}
	}
	for _, set := range [][][]float64{reference, samples} {
		for _, row := range set {
			for i, v := range row {
				data = append(data, float32(min(max((v-mean[i])/std[i], -farthest), farthest)))
			}
		}
	}
	return data
}

// columnMoments gives the mean and the standard deviation of every column.
func columnMoments(rows [][]float64) (mean, std []float64) {
	mean, std = make([]float64, len(rows[0])), make([]float64, len(rows[0]))
	for _, row := range rows {
		for i, v := range row {
			mean[i] += v / float64(len(rows))
		}
	}
	for _, row := range rows {
		for i, v := range row {
			std[i] += (v - mean[i]) * (v - mean[i]) / float64(max(len(rows)-1, 1))
		}
	}
	for i := range std {
		std[i] = math.Sqrt(std[i])
	}
	return mean, std
}

// twoSampleTest is the data of a test.
type twoSampleTest struct {
	dim    int
	data   []float32 // a row a sample
	labels []float32
	o      C2STOptions
}

// fold trains on all folds but one and gives the accuracy on that.
func (c *twoSampleTest) fold(ctx context.Context, order []int, fold int) (float64, error) {
	lo, hi := fold*len(order)/c.o.Folds, (fold+1)*len(order)/c.o.Folds
	held := order[lo:hi]
	training := append(append([]int(nil), order[:lo]...), order[hi:]...)
	rng := rand.New(rand.NewPCG(c.o.Seed, uint64(fold)+1))
	net := classifier(c.dim, rng)
	adam, err := nn.NewAdam(net, nn.AdamOptions{LR: c2stRate})
	if err != nil {
		return 0, err
	}
	decay := vec.New(simd.Best())
	tape := nn.NewTape(nn.TapeOptions{Goroutines: 1})
	best, idle := math.Inf(1), 0
	for epoch := 0; epoch < c2stEpochs && idle <= c2stPatience; epoch++ {
		rng.Shuffle(len(training), func(i, j int) { training[i], training[j] = training[j], training[i] })
		sum := 0.0
		for at := 0; at < len(training); at += c2stBatch {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			part := training[at:min(at+c2stBatch, len(training))]
			tape.Reset()
			logits, targets, err := c.logits(tape, net, part)
			if err != nil {
				return 0, err
			}
			loss := tape.BCEWithLogits(logits, targets)
			if err := tape.Backward(loss); err != nil {
				return 0, err
			}
			for _, p := range net.Parameters() {
				if p.Tensor.Rank() == 2 {
					decay.Axpy(p.Tensor.Grad, p.Tensor.Grad, p.Tensor.Data, float32(c2stDecay/float64(len(part))))
				}
			}
			adam.Step()
			sum += float64(loss.Data[0]) * float64(len(part))
		}
		mean := sum / float64(len(training))
		idle++
		if mean <= best-c2stTolerance {
			idle = 0
		}
		best = math.Min(best, mean)
	}
	right := 0
	tape = nn.NewTape(nn.TapeOptions{Goroutines: 1, Inference: true})
	for at := 0; at < len(held); at += 1000 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		tape.Reset()
		part := held[at:min(at+1000, len(held))]
		logits, targets, err := c.logits(tape, net, part)
		if err != nil {
			return 0, err
		}
		for i, v := range logits.Data {
			if (v > 0) == (targets.Data[i] > 0) {
				right++
			}
		}
	}
	return float64(right) / float64(len(held)), tape.Err()
}

// logits gives the network's output for some samples, and their labels.
func (c *twoSampleTest) logits(tape *nn.Tape, net nn.Module, places []int) (logits, targets *nn.Tensor, err error) {
	x, err := nn.FromSlice(gather(c.data, places, c.dim), len(places), c.dim)
	if err != nil {
		return nil, nil, err
	}
	targets, err = nn.FromSlice(gather(c.labels, places, 1), len(places), 1)
	return net.Forward(tape, x), targets, err
}

// classifier is the network of the test, with weights drawn as Glorot and Bengio
// 2010 do.
func classifier(dim int, rng *rand.Rand) *nn.Sequential {
	sizes := []int{dim, 10 * dim, 10 * dim, 1}
	var layers []nn.Module
	for i, in := range sizes[:3] {
		l := nn.NewLinear(in, sizes[i+1], rng)
		bound := math.Sqrt(6 / float64(in+sizes[i+1]))
		for _, p := range l.Parameters() {
			for k := range p.Tensor.Data {
				p.Tensor.Data[k] = float32(bound * (2*rng.Float64() - 1))
			}
		}
		layers = append(layers, l)
		if i < 2 {
			layers = append(layers, nn.ReLU())
		}
	}
	return nn.NewSequential(layers...)
}
