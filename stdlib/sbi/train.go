package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"hillock/stdlib/nn"
)

// TrainReport is what happened in a training.
type TrainReport struct {
	Train      []float64 // mean loss of every epoch
	Validation []float64 // mean loss over the validation samples after every epoch
	Best       int       // epoch of the smallest, whose weights are kept
}

// Losses gives the curves that viz.Loss draws; there is no deviation.
func (r TrainReport) Losses() (train, validation, deviation []float64) {
	return r.Train, r.Validation, nil
}

// String says how the training went.
func (r TrainReport) String() string {
	if len(r.Train) == 0 {
		return "not trained"
	}
	return fmt.Sprintf("%d epochs, validation loss %.3f", len(r.Train), r.Validation[r.Best])
}

// fit is the state of one training.
type fit struct {
	view      *roundView
	o         Options
	e         *estimator
	u         []float32 // parameters in the flow's space
	weight    []float32 // log of volume factor minus log prior, of every sample
	x         []float32 // standardised observations, or features when frozen
	width     int       // of a row of x
	frozen    bool      // x holds what the flow takes
	later     bool      // the weights are those of a finished round, to which a failure goes back
	fromPrior []bool
	atomic    bool
	tape      *nn.Tape // of an embedding that learns
	judge     *nn.Tape // of the same, for validation
	rows      []float32
	chosen    []int // atoms of a batch
	hands     []*hand
	pieceRows int
}

// Train trains the estimator on all simulations so far, from the weights that it
// has, which ends the round. What is validated and kept is the mean of the weights
// over about the last three epochs, where the Python toolbox keeps those of one
// step: their noise would be an error of the posterior. Only where MaxEpochs ends
// the training so early that the mean lags behind, the last step's are kept. It
// fails when there are too few simulations.
func (s *Inference) Train(ctx context.Context) (TrainReport, error) {
	if err := s.begun(); err != nil {
		return TrainReport{}, err
	}
	n := len(s.thetas)
	if p := s.pending; p.Round > len(s.reports) && (n == 0 || s.rounds[n-1] < p.Round) {
		return TrainReport{}, fmt.Errorf("sbi: none of the %d simulations of round %d can be used; append others first", p.Simulations, p.Round)
	}
	if !enough(n, s.o.Validation) {
		least := 4
		for !enough(least, s.o.Validation) && least < 1e6 {
			least++
		}
		return TrainReport{}, fmt.Errorf("sbi: %d usable simulations so far, too few to train on; want %d or more, which Round makes and Append takes", n, least)
	}
	if err := s.unvarying(s.thetas, s.xs); err != nil {
		return TrainReport{}, err
	}
	f, err := s.newFit(ctx)
	if err != nil {
		return TrainReport{}, err
	}
	s.pending.Warning = s.warning()
	order := rand.New(rand.NewPCG(s.seed("split"), 0)).Perm(n)
	training := n - validating(s.o.Validation, n)
	start := time.Now()
	defer s.watch(s.rounds[n-1])()
	f.view, f.later = s.view, len(s.reports) > 0
	report, err := f.run(ctx, order[:training], order[training:], s.seed("train"))
	if n := len(report.Train); err != nil && ctx.Err() != nil && n > 0 {
		if f.later {
			return report, fmt.Errorf("sbi: training was stopped after %d epochs, and the round is not done: posteriors are those of round %d still, from which Train begins again: %w", n, len(s.reports), err)
		}
		return report, fmt.Errorf("sbi: training was stopped after %d epochs, and the round is not done: Train goes on from the weights of epoch %d, the best so far: %w", n, report.Best+1, err)
	}
	if err != nil {
		return report, err
	}
	s.pending.Training, s.pending.Fitting = report, time.Since(start)
	s.pending.Round = s.rounds[n-1]
	if len(s.reports) < s.pending.Round {
		s.reports = append(s.reports, s.pending)
	} else {
		s.reports[len(s.reports)-1] = s.pending // trained once more
	}
	if s.view != nil {
		s.view.finished = true
	}
	if s.o.Checkpoint != "" {
		err = s.Save(s.o.Checkpoint)
	}
	return report, err
}

// validating is how many of n samples validate.
func validating(share float64, n int) int { return int(math.Max(1, math.Round(share*float64(n)))) }

// enough says whether n samples leave some to train on.
func enough(n int, share float64) bool { return n >= 4 && n-validating(share, n) >= 2 }

func (s *Inference) newFit(ctx context.Context) (*fit, error) {
	if s.estimator == nil {
		e, err := newEstimator(ctx, s.prior, s.o, s.thetas, s.xs)
		if err != nil {
			if ctx.Err() == nil { // else it was only stopped
				if wrong := (expected{embedding: s.o.Embedding}).check(s.thetas[0], s.xs[0]); wrong != nil {
					return nil, wrong
				}
			}
			return nil, err
		}
		s.estimator = e
	}
	e := s.estimator
	if err := e.unchanged(); err != nil {
		return nil, err
	}
	dim := s.prior.Dim()
	f := &fit{o: s.o, e: e, pieceRows: pieceRows, u: make([]float32, len(s.thetas)*dim), weight: make([]float32, len(s.thetas)), width: e.width,
		fromPrior: make([]bool, len(s.thetas)), frozen: e.embedding == nil || !s.o.Retrain}
	for i, theta := range spreadCodes(s.prior, s.thetas, s.o.Seed) {
		f.weight[i] = float32(e.warp.toFlow(theta, f.u[i*dim:][:dim]) - s.prior.LogProb(theta))
		f.fromPrior[i] = s.rounds[i] == 1
	}
	f.atomic = s.rounds[len(s.rounds)-1] > 1 && !s.o.Truncated
	if f.frozen && e.embedding != nil {
		features, err := e.frozenFeatures(ctx, s.xs)
		f.x, f.width = features, e.contextWidth()
		return f, err
	}
	f.x = e.rows(s.xs)
	if !f.frozen {
		f.tape = nn.NewTape(nn.TapeOptions{Goroutines: s.o.Goroutines, Seed: s.o.Seed})
		f.judge = nn.NewTape(nn.TapeOptions{Goroutines: s.o.Goroutines, Inference: true})
	}
	return f, nil
}

// learner is what training changes: the flow, and an embedding that learns.
type learner []nn.Parameter

func (f *fit) learner() learner {
	if f.frozen {
		return f.e.flow.Parameters()
	}
	return f.e.Parameters()
}

// Forward is not used: a learner is a module for the optimiser.
func (l learner) Forward(_ *nn.Tape, x *nn.Tensor) *nn.Tensor { return x }

// Parameters are all that change.
func (l learner) Parameters() []nn.Parameter { return l }

func (f *fit) run(ctx context.Context, training, validation []int, seed uint64) (r TrainReport, err error) {
	m := f.learner()
	adam, err := nn.NewAdam(m, nn.AdamOptions{LR: f.o.LR})
	if err != nil {
		return r, err
	}
	batch := min(f.o.Batch, len(training))
	defer func() { f.view.trained(r) }()
	best, mean := weightsOf(m), newAveraged(m, len(training)/batch)
	if !f.frozen { // whatever comes of it: the weights are this training's doing
		defer func() { keep(f.e.embedding, f.e.left) }()
	}
	back := best // where a failure goes
	if f.later {
		back = weightsOf(m)
	}
	defer func() {
		if err != nil {
			restore(m, back)
		}
	}()
	for epoch := 0; epoch < f.o.MaxEpochs && (epoch == 0 || epoch-1-r.Best < f.o.Patience); epoch++ {
		rng := rand.New(rand.NewPCG(seed, uint64(epoch)))
		order := append([]int(nil), training...)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		sum, count := 0.0, 0
		for at := 0; at+batch <= len(order); at += batch {
			if err := ctx.Err(); err != nil {
				return r, err
			}
			value, err := f.learn(order[at:at+batch], rng)
			if err != nil {
				return r, err
			}
			if math.IsNaN(value) || math.IsInf(value, 0) {
				return r, fmt.Errorf("sbi: the loss is %g in epoch %d; lower the learning rate or look for extreme values in the observations", value, epoch+1)
			}
			nn.ClipGradients(m, f.o.ClipNorm)
			adam.LR = f.o.Schedule.Rate(f.o.LR, epoch*(len(order)/batch)+count, epoch)
			adam.Step()
			mean.step()
			sum, count = sum+value, count+1
		}
		mean.use()
		judged, err := f.validate(ctx, validation)
		if err == nil && math.IsNaN(judged) {
			err = fmt.Errorf("sbi: the validation loss is NaN after epoch %d; lower the learning rate or look for extreme values in the observations", epoch+1)
		}
		if err != nil {
			return r, err
		}
		r.Train, r.Validation = append(r.Train, sum/float64(count)), append(r.Validation, judged)
		if epoch == 0 || judged < r.Validation[r.Best] {
			r.Best = epoch
			keep(m, best)
		}
		mean.back()
		f.view.epoch(r)
	}
	if last := len(r.Validation) - 1; last == f.o.MaxEpochs-1 {
		judged, err := f.validate(ctx, validation)
		if err != nil {
			return r, err
		}
		if judged < r.Validation[r.Best] {
			r.Validation[last], r.Best = judged, last
			return r, nil
		}
	}
	restore(m, best)
	return r, nil
}

// validate gives the mean loss over the validation samples, with the same atoms
// every time.
func (f *fit) validate(ctx context.Context, places []int) (float64, error) {
	rng := rand.New(rand.NewPCG(f.o.Seed, 0x7a11))
	batch := min(f.o.Batch, len(places))
	sum, count := 0.0, 0
	for at := 0; at < len(places); at += batch {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		part := places[at:min(at+batch, len(places))]
		if f.atomic && len(part) < 2 {
			break // one sample has no other to be told from
		}
		loss, err := f.assess(part, rng)
		if err != nil {
			return 0, err
		}
		sum += loss * float64(len(part))
		count += len(part)
	}
	if count == 0 {
		return 0, errors.New("sbi: too few validation samples; raise Options.Validation")
	}
	return sum / float64(count), nil
}

// gather copies rows of width values.
func gather(data []float32, places []int, width int) []float32 {
	return gatherInto(nil, data, places, width)
}

func gatherInto(out, data []float32, places []int, width int) []float32 {
	out = resize(out, len(places)*width)
	for i, p := range places {
		copy(out[i*width:][:width], data[p*width:])
	}
	return out
}

// learned is what has weights.
type learned interface{ Parameters() []nn.Parameter }

// weightsOf copies a module's weights.
func weightsOf(m learned) [][]float32 {
	all := make([][]float32, len(m.Parameters()))
	keep(m, all)
	return all
}

func keep(m learned, into [][]float32) {
	for i, p := range m.Parameters() {
		into[i] = append(into[i][:0], p.Tensor.Data...)
	}
}

func restore(m learned, from [][]float32) {
	for i, p := range m.Parameters() {
		copy(p.Tensor.Data, from[i])
	}
}
