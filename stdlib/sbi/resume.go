package sbi

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
)

// savedInference is an inference between two rounds.
type savedInference struct {
	Settings  []setting
	Thetas    [][]float64
	Xs        [][]float64
	Rounds    []int
	Reports   []RoundReport
	Pending   RoundReport
	Barren    int
	Warp      savedWarp
	Weights   [][]float32  // of the flow; nil before the first training
	Began     string       // fingerprint of the embedding when the inference began
	Embedding [][]float32  // its weights, when it learns
	Standard  [2][]float64 // mean and deviation of observations
	Features  [2][]float32
	Width     int
	Probe     *probe // nil for none
}

// setting is an option that a resumed inference must share, because it changes
// results.
type setting struct{ Name, Value string }

// settings are all of them but the embedding's weights, and the prior.
func (s *Inference) settings() []setting {
	o := s.o
	embedding := "none"
	if o.Embedding != nil {
		embedding = reflect.TypeOf(o.Embedding).String()
	}
	epochs := "without limit"
	if o.MaxEpochs < math.MaxInt {
		epochs = fmt.Sprint(o.MaxEpochs)
	}
	return []setting{
		{"the prior", describe(s.prior)},
		{"the parameters", fmt.Sprintf("%q", s.prior.Names())},
		{"Density", fmt.Sprintf("%T%+v", o.Density, o.Density)},
		{"Support", o.Support.String()},
		{"Embedding", embedding},
		{"Retrain", fmt.Sprint(o.Retrain)},
		{"StandardiseInput", fmt.Sprint(o.StandardiseInput)},
		{"Atoms", fmt.Sprint(o.Atoms)},
		{"Combined", fmt.Sprint(o.Combined)},
		{"Truncated", fmt.Sprint(o.Truncated)},
		{"Batch", fmt.Sprint(o.Batch)},
		{"LR", fmt.Sprint(o.LR)},
		{"Schedule", fmt.Sprintf("%+v", o.Schedule)},
		{"Validation", fmt.Sprint(o.Validation)},
		{"Patience", fmt.Sprint(o.Patience)},
		{"ClipNorm", fmt.Sprint(o.ClipNorm)},
		{"MaxEpochs", epochs},
		{"Seed", fmt.Sprint(o.Seed)},
	}
}

// different gives the settings of before that differ now, and what they are now.
func different(before, now []setting) (was, is string) {
	var left, right []string
	for i, s := range now {
		if i >= len(before) || before[i] != s {
			if i < len(before) {
				left = append(left, before[i].Name+" "+before[i].Value)
			}
			right = append(right, s.Name+" "+s.Value)
		}
	}
	return strings.Join(left, ", "), strings.Join(right, ", ")
}

// describe says what a prior is, so that another one is told from it.
func describe(p Prior) string {
	switch p := p.(type) {
	case *Product:
		return fmt.Sprintf("%+v", p.saved())
	case *Multivariate:
		return fmt.Sprintf("normal with mean %v and covariance %v", p.mean, p.covariance)
	case *RestrictedPrior:
		return fmt.Sprintf("restricted by the classifier %s from %s", fingerprint(p.net, p.scale.mean, p.scale.std, p.threshold), describe(p.Prior))
	case *TruncatedPrior:
		own := p.posterior
		return fmt.Sprintf("truncated to the posterior %s from %s", fingerprint(own.flow, own.context, own.warp.mean, own.warp.std, p.threshold, p.lower, p.upper), describe(p.Prior))
	case *joint:
		parts := make([]string, len(p.parts))
		for i, part := range p.parts {
			parts[i] = describe(part)
		}
		return fmt.Sprintf("%q of independent parts: %s", p.Names(), strings.Join(parts, "; "))
	}
	lower, upper := p.Bounds()
	return fmt.Sprintf("%T from %v to %v, mean %v, deviation %v", p, lower, upper, p.Mean(), p.Std())
}

// fingerprint tells apart what has weights, numbers and slices of them.
func fingerprint(parts ...any) string {
	sum := sha256.New()
	for _, part := range parts {
		m, ok := part.(learned)
		if !ok {
			number(sum, part)
			continue
		}
		for _, p := range m.Parameters() {
			fmt.Fprintf(sum, "%s %v\n", p.Name, p.Tensor.Shape())
			number(sum, p.Tensor.Data)
		}
	}
	return fmt.Sprintf("%.6x", sum.Sum(nil))
}

func number(sum hash.Hash, value any) {
	fmt.Fprintf(sum, "%d\n", binary.Size(value))
	if err := binary.Write(sum, binary.LittleEndian, value); err != nil {
		fmt.Fprint(sum, value) // not of a fixed size
	}
}

// Save writes the inference, simulations and weights, to a file; Options.Checkpoint
// does it after every round.
func (s *Inference) Save(path string) error {
	if err := s.begun(); err != nil {
		return err
	}
	saved := savedInference{
		Settings: s.settings(), Thetas: s.thetas, Xs: s.xs, Rounds: s.rounds,
		Reports: s.reports, Pending: s.pending, Barren: s.barren, Probe: s.probe,
	}
	if e := s.estimator; e != nil {
		saved.Warp, saved.Width, saved.Weights, saved.Began = e.warp.saved(), e.width, weightsOf(e.flow), e.began
		if s.o.Retrain {
			if err := e.unchanged(); err != nil {
				return err
			}
			saved.Embedding = weightsOf(e.embedding)
		}
		saved.Standard, saved.Features = [2][]float64{e.input.mean, e.input.std}, [2][]float32{e.features.mean, e.features.std}
	}
	return write(path, inferenceFile, saved)
}

// resume goes on from the checkpoint, if there is one.
func (s *Inference) resume() error {
	path := s.o.Checkpoint
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var saved savedInference
	if err := read(path, inferenceFile, &saved); err != nil {
		return fmt.Errorf("%w; remove the file to begin anew", err)
	}
	if was, is := different(saved.Settings, s.settings()); is != "" {
		return fmt.Errorf("sbi: resume from %s: it was made with %s, not with %s; use another file or remove it", path, was, is)
	}
	if err := s.takeOver(saved); err != nil {
		return fmt.Errorf("sbi: resume from %s: %w", path, err)
	}
	s.resumed = path
	s.sayResumed()
	return nil
}

// takeOver goes on from what was saved with the same settings.
func (s *Inference) takeOver(saved savedInference) error {
	if err := saved.check(s.prior.Dim()); err != nil {
		return fmt.Errorf("%w; remove the file to begin anew", err)
	}
	if saved.Weights != nil {
		e := &estimator{
			prior: s.prior, kind: s.o.Density, embedding: s.o.Embedding, width: saved.Width, began: saved.Began, warp: saved.Warp.warp(),
			input: standard{saved.Standard[0], saved.Standard[1]}, features: scaling{saved.Features[0], saved.Features[1]},
		}
		if err := s.sameEmbedding(saved); err != nil {
			return err
		}
		if e.embedding != nil {
			_, width, err := e.embed(context.Background(), e.rows(saved.Xs[:1]))
			if err == nil && width != e.contextWidth() {
				err = fmt.Errorf("it was made with an Embedding of %d outputs, not %d; use another file or remove it", e.contextWidth(), width)
			}
			if err != nil {
				return err
			}
		}
		err := e.build(s.o.Seed)
		if err == nil {
			err = loadWeights(e.flow, saved.Weights)
		}
		if err == nil && s.o.Retrain {
			err = loadWeights(e.embedding, saved.Embedding)
		}
		if err != nil {
			return fmt.Errorf("%w; remove the file to begin anew", err)
		}
		if e.embedding != nil {
			e.left = weightsOf(e.embedding)
		}
		s.estimator = e
	}
	s.thetas, s.xs, s.rounds = saved.Thetas, saved.Xs, saved.Rounds
	s.reports, s.pending, s.barren, s.probe = saved.Reports, saved.Pending, saved.Barren, saved.Probe
	return nil
}

// check tells whether all that was saved has the sizes that belong together, for
// dim parameters.
func (s savedInference) check(dim int) error {
	if len(s.Thetas) != len(s.Xs) || len(s.Thetas) != len(s.Rounds) {
		return errors.New("simulations are missing")
	}
	width := s.Width
	for i, x := range s.Xs {
		if width == 0 {
			width = len(x)
		}
		if len(s.Thetas[i]) != dim || len(x) != width || width == 0 {
			return fmt.Errorf("simulation %d has %d parameters and %d values; want %d and %d", i, len(s.Thetas[i]), len(x), dim, width)
		}
	}
	for i, r := range s.Reports {
		if r.Training.Best < 0 || r.Training.Best >= len(r.Training.Validation) {
			return fmt.Errorf("round %d has no loss of its best epoch", i+1)
		}
	}
	if s.Weights == nil && len(s.Reports) == 0 {
		return nil
	}
	mean, features := len(s.Standard[0]), len(s.Features[0])
	if s.Weights == nil || len(s.Xs) == 0 || s.Width == 0 || !s.Warp.fits(dim) || mean > 1 && mean != s.Width || len(s.Standard[1]) != mean || len(s.Features[1]) != features {
		return fmt.Errorf("the estimator is none of %d parameters and %d values", dim, width)
	}
	return nil
}

// sameEmbedding fails when Options.Embedding has other weights than the inference
// was made with: those of another training would change its results, and be lost
// where it learns.
func (s *Inference) sameEmbedding(saved savedInference) error {
	m := s.o.Embedding
	if m == nil || fingerprint(m) == saved.Began {
		return nil
	}
	if !s.o.Retrain {
		return fmt.Errorf("it was made with an Embedding of other weights (fingerprint %s, not %s); give it the one of then, use another file or remove it", saved.Began, fingerprint(m))
	}
	if slices.EqualFunc(weightsOf(m), saved.Embedding, slices.Equal) {
		return nil // the same as it was after the last round
	}
	return fmt.Errorf("the Embedding has other weights (fingerprint %s) than at the inference's beginning (%s) or after its last round; give it a new copy of the one of then, use another file or remove it", fingerprint(m), saved.Began)
}

// probe is a run of a round's simulator that can be done again, to see whether it is
// still the same.
type probe struct {
	Seed  uint64
	Run   int
	Theta []float64
	X     []float64
}

// newProbe takes the first usable run; nil where there is none, and of simulators
// that are no functions: a device may never give the same twice.
func newProbe(simulator Simulator, thetas, xs [][]float64, seed uint64) *probe {
	i := slices.IndexFunc(xs, finite)
	if _, ok := simulator.(SimulatorFunc); !ok || i < 0 {
		return nil
	}
	return &probe{seed, i, slices.Clone(thetas[i]), slices.Clone(xs[i])}
}

// compare tells, in the first round after a resumption, whether the simulator gives
// what it gave before. One that does not give the same twice can't be told.
func (s *Inference) compare(simulator Simulator) {
	f, ok := simulator.(SimulatorFunc)
	if p := s.probe; ok && p != nil && s.resumed != "" {
		run := func() []float64 {
			x, _ := f.run(slices.Clone(p.Theta), rand.New(rand.NewPCG(p.Seed, uint64(p.Run))))
			return slices.Clone(x)
		}
		if x := run(); !alike(x, p.X) && alike(x, run()) {
			s.changed = fmt.Sprintf("the simulator gives %s for the parameters %s, and gave %s when %s was written: simulations of both are trained on; remove the file to begin anew", brief(x), brief(p.Theta), brief(p.X), s.resumed)
		}
	}
	s.probe = nil
}

// alike says whether values are the same but for rounding, which other processors do
// otherwise.
func alike(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(v, w float64) bool {
		return v == w || math.Abs(v-w) <= 1e-6*max(math.Abs(v), math.Abs(w)) || math.IsNaN(v) && math.IsNaN(w)
	})
}
