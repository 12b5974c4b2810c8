package sbi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"hillock/internal/grouped"
	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// RestrictOptions are the options of Restrict.
type RestrictOptions struct {
	// FalseNegatives is the share of the prior's valid parameters that may be lost; 0
	// means 0.01, and what is below 0 means none. The Python toolbox takes none by
	// default; then the one valid simulation that the classifier understands least sets
	// how much is kept of what fails, and a hundredth less is little beside that.
	FalseNegatives float64
	// Blocks makes the classifier a residual network with so many blocks of two
	// layers, as the Python toolbox has it with 2; 0 means a perceptron.
	Blocks int
	// Layers is the number of a perceptron's hidden layers; 0 means 2, and 3 for 5,000
	// simulations or more, in which a deeper one finds finer edges.
	Layers int
	Hidden int    // units a hidden layer; 0 means 50
	Epochs int    // at most, over which the learning rate falls; 0 means 200
	Seed   uint64 // of weights and the order of samples
}

// perceptronLayers is the number of hidden layers for n simulations: three see finer
// edges than two, and make more of few simulations than is in them.
func perceptronLayers(n int) int {
	if n < 5000 {
		return 2
	}
	return 3
}

// classifier is the network that the options ask for.
func (o RestrictOptions) classifier(dim int, rng *rand.Rand) nn.Module {
	layers := []nn.Module{nn.NewLinear(dim, o.Hidden, rng)}
	if o.Blocks == 0 {
		layers = append(layers, nn.Tanh())
		for range o.Layers - 1 {
			layers = append(layers, nn.NewLinear(o.Hidden, o.Hidden, rng), nn.Tanh())
		}
	}
	for range o.Blocks {
		layers = append(layers, &nn.Residual{Body: nn.NewSequential(nn.ReLU(), nn.NewLinear(o.Hidden, o.Hidden, rng), nn.ReLU(), nn.NewLinear(o.Hidden, o.Hidden, rng))})
	}
	if o.Blocks > 0 {
		layers = append(layers, nn.ReLU())
	}
	return nn.NewSequential(append(layers, nn.NewLinear(o.Hidden, 1, rng))...)
}

// RestrictedPrior is a prior without the regions where simulations fail, as a
// classifier sees them (Deistler, Macke and Gonçalves 2022,
// https://doi.org/10.1073/pnas.2207632119). Its density is known up to a constant
// alone, which inference by this package does not need.
type RestrictedPrior struct {
	Prior            // the prior before
	mean, std        []float64
	threshold        float32
	scale            standard
	net              nn.Module
	acceptance       float64
	valid, simulated int
}

// Restrict trains a classifier to tell parameters whose simulations succeeded from
// those whose simulations failed: xs[i] is nil, or has values that are not finite.
// How sure the classifier has to be is set by parameters that it was not trained on,
// by cross-validation. It fails without a prior, when there are not as many simulations as
// parameters, and when there are fewer than ten of either kind.
func Restrict(ctx context.Context, prior Prior, thetas, xs [][]float64, o RestrictOptions) (*RestrictedPrior, error) {
	if o.FalseNegatives == 0 {
		o.FalseNegatives = 0.01
	}
	o.FalseNegatives = max(o.FalseNegatives, 0)
	if err := sizes("restricted prior", size{&o.Hidden, 50, "hidden units"}, size{&o.Epochs, 200, "epochs"}, size{&o.Layers, perceptronLayers(len(xs)), "hidden layers"}); err != nil {
		return nil, err
	}
	switch {
	case prior == nil:
		return nil, errors.New("sbi: restrict: no prior; want the one that the parameters were drawn from")
	case len(thetas) != len(xs):
		return nil, fmt.Errorf("sbi: restrict: %d parameter vectors and %d simulations; want one of each, nil where it failed", len(thetas), len(xs))
	case o.Blocks < 0 || !(o.FalseNegatives < 1):
		return nil, fmt.Errorf("sbi: restrict: %d blocks and a share of false negatives of %g; want 0 or more, and below 1", o.Blocks, o.FalseNegatives)
	}
	if err := sound(prior); err != nil {
		return nil, err
	}
	dim := prior.Dim()
	r := &RestrictedPrior{Prior: prior, simulated: len(xs)}
	labels := make([]float32, len(xs))
	for i, x := range xs {
		if len(thetas[i]) != dim || !finite(thetas[i]) {
			return nil, fmt.Errorf("sbi: restrict: parameter vector %d has %d values; want %d, all finite", i, len(thetas[i]), dim)
		}
		if finite(x) {
			labels[i] = 1
			r.valid++
		}
	}
	if r.valid < 10 || r.simulated-r.valid < 10 {
		return nil, fmt.Errorf("sbi: restrict: %d of %d simulations are valid; want ten or more of both kinds to learn from", r.valid, r.simulated)
	}
	r.scale = newStandard(thetas, false)
	data := make([]float32, 0, len(xs)*dim)
	for _, theta := range thetas {
		data = append(data, r.row(theta)...)
	}
	net, unseen, err := o.classify(ctx, data, labels)
	if err != nil {
		return nil, err
	}
	r.net = net
	logits := logitsOf(r.net, data, dim)
	if o.FalseNegatives == 0 { // nor any that it was trained on
		for i, l := range logits {
			if labels[i] > 0 {
				unseen = append(unseen, float64(l))
			}
		}
	}
	r.threshold = float32(lowQuantile(unseen, o.FalseNegatives))
	var passed Samples
	for i, l := range logits {
		if l >= r.threshold {
			passed.Values = append(passed.Values, thetas[i])
		}
	}
	r.acceptance = float64(passed.Len()) / float64(len(logits))
	r.mean, r.std = passed.moments()
	return r, nil
}

// classify gives a classifier, and the logits of valid simulations by others that were
// trained without them: of all, or of as many fifths as the threshold takes.
func (o RestrictOptions) classify(ctx context.Context, data, labels []float32) (net nn.Module, unseen []float64, err error) {
	const most, enough = 5, 10 // folds; valid simulations below the threshold
	dim := len(data) / len(labels)
	valid := 0
	for _, l := range labels {
		valid += int(l)
	}
	folds := most
	if below := o.FalseNegatives * float64(valid); below > enough {
		folds = int(math.Ceil(most * enough / below))
	}
	order := rand.New(rand.NewPCG(o.Seed, 0xf01d)).Perm(len(labels))
	all := make([]int, len(labels))
	for i := range all {
		all[i] = i
	}
	bar := notebook.NewProgress(notebook.ProgressOptions{Total: folds + 1, Label: "restricting the prior", Unit: "classifiers", After: time.Second})
	defer bar.Done()
	logits, failed := make([][]float32, folds), make([]error, folds+1)
	err = parallel(ctx, folds+1, func(fold int) {
		defer bar.Add(1)
		if fold == folds {
			net, failed[fold] = o.fit(ctx, data, labels, all)
			return
		}
		var train, held []int
		for i, place := range order {
			if i%most != fold {
				train = append(train, place)
			} else if labels[place] > 0 {
				held = append(held, place)
			}
		}
		var without nn.Module
		if without, failed[fold] = o.fit(ctx, data, labels, train); failed[fold] == nil && len(held) > 0 {
			logits[fold] = logitsOf(without, gather(data, held, dim), dim)
		}
	})
	for _, l := range slices.Concat(logits...) {
		unseen = append(unseen, float64(l))
	}
	return net, unseen, cmp.Or(err, errors.Join(failed...))
}

// lowQuantile is the value below which a share of the distribution lies that values
// were drawn from. Where they are too few to have any that low, the tail is taken
// for exponential, as wide as the lowest fifth of the values shows it.
func lowQuantile(values []float64, share float64) float64 {
	values = slices.Clone(values)
	slices.Sort(values)
	n := len(values)
	below := share * float64(n+1)
	if share == 0 || below >= 1 || n == 1 {
		return values[max(0, int(below)-1)]
	}
	lowest := min(max(3, n/5), n-1)
	width := values[lowest] - average(values[:lowest])
	return values[0] + width*math.Log(below)
}

// fit trains a classifier on the samples at some places by Adam, with a learning rate
// that falls over the last two thirds of the epochs, and early stopping on a tenth of
// the samples.
func (o RestrictOptions) fit(ctx context.Context, data, labels []float32, places []int) (nn.Module, error) {
	dim := len(data) / len(labels)
	net := o.classifier(dim, rand.New(rand.NewPCG(o.Seed, 0x2e5)))
	x, err := nn.FromSlice(gather(data, places, dim), len(places), dim)
	if err != nil {
		return nil, err
	}
	y, err := nn.FromSlice(gather(labels, places, 1), len(places), 1)
	if err != nil {
		return nil, err
	}
	samples, err := nn.NewSamples(x, y)
	if err != nil {
		return nil, err
	}
	split, err := nn.SplitSamples(samples, 9, 1, 0, o.Seed)
	if err != nil {
		return nil, err
	}
	const falls = 0.02 // to this share of the first learning rate
	from := o.Epochs / 3
	_, err = nn.Train(ctx, net, split, nn.TrainOptions{
		Epochs: o.Epochs, Batch: 100, LR: 3e-3, Seed: o.Seed, Quiet: true, Goroutines: 1,
		Schedule: nn.Schedule{DecayFrom: from, Decay: math.Pow(falls, 1/float64(max(o.Epochs-from, 1)))},
		Loss: func(t *nn.Tape, output, target *nn.Tensor, _ *rand.Rand) *nn.Tensor {
			return t.BCEWithLogits(output, target)
		},
	})
	return net, err
}

// logitsOf gives a classifier's output for rows of dim standardised parameters.
func logitsOf(net nn.Module, data []float32, dim int) []float32 {
	tape := nn.NewTape(nn.TapeOptions{Goroutines: 1, Inference: true})
	x, err := nn.FromSlice(data, len(data)/dim, dim)
	if err != nil {
		return nil
	}
	return net.Forward(tape, x).Data
}

// row standardises a parameter vector.
func (r *RestrictedPrior) row(theta []float64) []float32 {
	row := make([]float32, len(theta))
	for i, v := range theta {
		row[i] = float32(r.scale.of(i, v))
	}
	return row
}

// accepts says whether the classifier expects a valid simulation.
func (r *RestrictedPrior) accepts(theta []float64) bool {
	return logitsOf(r.net, r.row(theta), r.Dim())[0] >= r.threshold
}

// Draw gives n draws of the prior that are accepted. It fails when hardly any is.
func (r *RestrictedPrior) Draw(ctx context.Context, n int, seed uint64) ([][]float64, error) {
	if err := r.Err(); err != nil {
		return nil, err
	}
	const most = 500 // batches a pass
	batch := uint64(0)
	return searched(n, func(missing int, _ uint64) (kept [][]float64, tried int, err error) {
		batches := min(most, 1+int(1.2*float64(missing)/max(r.acceptance, 1e-3)/drawBatch))
		parts, failed := make([][][]float64, batches), make([]error, batches)
		err = parallel(ctx, batches, func(b int) {
			parts[b], failed[b] = r.batch(ctx, rand.New(rand.NewPCG(seed^0x2e57, batch+uint64(b))))
		})
		batch += uint64(batches)
		for _, f := range failed {
			if err == nil {
				err = f
			}
		}
		return slices.Concat(parts...), batches * drawBatch, err
	}, "of the prior are expected to give valid simulations; raise RestrictOptions.FalseNegatives, or train on more simulations")
}

// batch gives those of a batch of the prior's draws that are accepted.
func (r *RestrictedPrior) batch(ctx context.Context, rng *rand.Rand) (kept [][]float64, err error) {
	draws, err := drawFrom(ctx, r.Prior, drawBatch, rng)
	if err != nil {
		return nil, err
	}
	var rows []float32
	for _, theta := range draws {
		rows = append(rows, r.row(theta)...)
	}
	for i, l := range logitsOf(r.net, rows, r.Dim()) {
		if l >= r.threshold {
			kept = append(kept, draws[i])
		}
	}
	return kept, nil
}

// Sample writes one draw to theta: the first of the prior's that is accepted, or NaN
// when none of 100,000 is.
func (r *RestrictedPrior) Sample(rng *rand.Rand, theta []float64) {
	const most = 100_000
	for range most {
		r.Prior.Sample(rng, theta)
		if r.accepts(theta) {
			return
		}
	}
	nowhere(theta)
}

// LogProb is the logarithm of the prior's density where the classifier accepts,
// not normalised, and −Inf elsewhere.
func (r *RestrictedPrior) LogProb(theta []float64) float64 {
	return logProbWhere(r.accepts, r.Prior, theta)
}

// Mean is that of the simulated parameters that are kept.
func (r *RestrictedPrior) Mean() []float64 { return slices.Clone(r.mean) }

// Std is the standard deviation of the simulated parameters that are kept.
func (r *RestrictedPrior) Std() []float64 { return slices.Clone(r.std) }

// Acceptance is the share of the simulated parameters that are kept.
func (r *RestrictedPrior) Acceptance() float64 { return r.acceptance }

// Err says what is wrong with the prior, if anything.
func (r *RestrictedPrior) Err() error {
	if r.net == nil {
		return errors.New("sbi: a restricted prior that no classifier was trained for; use Restrict")
	}
	return r.Prior.Err()
}

// String says how much of the prior is left.
func (r *RestrictedPrior) String() string {
	return fmt.Sprintf("%.0f %% of the prior is kept; %s of %s simulations were valid", 100*r.acceptance, grouped.Int(r.valid), grouped.Int(r.simulated))
}
