package sbi

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"reflect"
	"strings"

	"hillock/internal/whole"
	"hillock/stdlib/nn"
)

// Files hold these types, in Go's gob format.

// savedWarp is a warp.
type savedWarp struct {
	Support                 Support
	Lower, Upper, Mean, Std []float64
	Log                     []bool
}

// savedFlow is a flow with all that it takes to build it again.
type savedFlow struct {
	Density Density
	Dim     int
	Context int // values of it
	Weights [][]float32
}

// savedInference is an inference between two rounds.
type savedInference struct {
	Settings  string
	Described string // the prior; "" in older files
	Thetas    [][]float64
	Xs        [][]float64
	Rounds    []int
	Reports   []RoundReport
	Warp      savedWarp
	Flow      savedFlow
	Embedding [][]float32
	Standard  [2][]float64 // mean and deviation of observations
	Input     [2][]float32 // the same in older files
	Features  [2][]float32
	Width     int
}

// savedPosterior is a posterior.
type savedPosterior struct {
	Prior       []savedMarginal // of a Product
	Joint       *savedJoint     // a Multivariate instead
	Warp        savedWarp
	Flow        savedFlow
	Context     []float32
	Observation []float64
	Seed        uint64
}

// savedMarginal is one parameter of a Product.
type savedMarginal struct {
	Name string
	Kind string
	A, B float64
}

// savedJoint is a Multivariate.
type savedJoint struct {
	Names      []string
	Mean       []float64
	Covariance [][]float64
}

func init() {
	for _, d := range []Density{MAF{}, NSF{}, CouplingFlow{}, MDN{}} {
		gob.Register(d)
	}
}

func (w *warp) saved() savedWarp { return savedWarp{w.support, w.lower, w.upper, w.mean, w.std, w.log} }

func (s savedWarp) warp() *warp { return &warp{s.Support, s.Lower, s.Upper, s.Log, s.Mean, s.Std} }

// write puts a value into a file that is there completely or not at all.
func write(path string, value any) error {
	err := whole.Write(path, func(out io.Writer) error { return gob.NewEncoder(out).Encode(value) })
	if err != nil {
		return fmt.Errorf("sbi: save %s: %w", path, err)
	}
	return nil
}

func read(path string, value any) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sbi: load: %w", err)
	}
	defer file.Close()
	if err := gob.NewDecoder(file).Decode(value); err != nil {
		return fmt.Errorf("sbi: load %s: it holds no such thing: %w", path, err)
	}
	return nil
}

// load puts saved weights into a module of the same shape.
func loadWeights(m learned, weights [][]float32) error {
	parameters := m.Parameters()
	if len(parameters) != len(weights) {
		return fmt.Errorf("%d tensors for %d parameters", len(weights), len(parameters))
	}
	for i, p := range parameters {
		if len(weights[i]) != p.Tensor.Len() {
			return fmt.Errorf("%s has %d values in the file; want %d", p.Name, len(weights[i]), p.Tensor.Len())
		}
		copy(p.Tensor.Data, weights[i])
	}
	return nil
}

// settings are the options that a resumed inference must share.
func (s *Inference) settings() string {
	o := s.o
	embedding := "none"
	if o.Embedding != nil {
		embedding = reflect.TypeOf(o.Embedding).String()
	}
	text := fmt.Sprintf("%T%+v, support %d, parameters %q, embedding %s (retrained: %t), atoms %d, combined %t, truncated %t, batch %d, learning rate %g, seed %d",
		o.Density, o.Density, o.Support, s.prior.Names(), embedding, o.Retrain, o.Atoms, o.Combined, o.Truncated, o.Batch, o.LR, o.Seed)
	if o.StandardiseInput != Unstandardised {
		text += fmt.Sprintf(", standardisation %d", o.StandardiseInput)
	}
	if o.Schedule != (nn.Schedule{}) {
		text += fmt.Sprintf(", schedule %+v", o.Schedule)
	}
	return text
}

// different gives those of two lists of settings that differ, or both whole when
// they are not alike.
func different(a, b string) (ofA, ofB string) {
	as, bs := strings.Split(a, ", "), strings.Split(b, ", ")
	if len(as) != len(bs) {
		return a, b
	}
	var left, right []string
	for i := range as {
		if as[i] != bs[i] {
			left, right = append(left, as[i]), append(right, bs[i])
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
		return "restricted " + describe(p.Prior)
	case *TruncatedPrior:
		return "truncated " + describe(p.Prior)
	}
	lower, upper := p.Bounds()
	return fmt.Sprintf("%T from %v to %v, mean %v, deviation %v", p, lower, upper, p.Mean(), p.Std())
}

// Save writes the inference, simulations and weights, to a file; Options.Checkpoint
// does it after every round.
func (s *Inference) Save(path string) error {
	saved := savedInference{Settings: s.settings(), Described: describe(s.prior), Thetas: s.thetas, Xs: s.xs, Rounds: s.rounds, Reports: s.reports}
	if e := s.estimator; e != nil {
		saved.Warp, saved.Width = e.warp.saved(), e.width
		saved.Flow.Weights = weightsOf(e.flow)
		if e.embedding != nil {
			saved.Embedding = weightsOf(e.embedding)
		}
		saved.Standard, saved.Features = [2][]float64{e.input.mean, e.input.std}, [2][]float32{e.features.mean, e.features.std}
	}
	return write(path, saved)
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
	if err := read(path, &saved); err != nil {
		return fmt.Errorf("%w; remove the file to begin anew", err)
	}
	if now := s.settings(); saved.Settings != now {
		before, now := different(saved.Settings, now)
		return fmt.Errorf("sbi: resume from %s: it was made with %s, not with %s; use another file or remove it", path, before, now)
	}
	if now := describe(s.prior); saved.Described != "" && saved.Described != now {
		return fmt.Errorf("sbi: resume from %s: it was made with the prior %s, not with %s; use another file or remove it", path, saved.Described, now)
	}
	if len(saved.Thetas) != len(saved.Xs) || len(saved.Thetas) != len(saved.Rounds) || len(saved.Xs) > 0 && len(saved.Xs[0]) == 0 {
		return fmt.Errorf("sbi: resume from %s: simulations are missing; remove the file to begin anew", path)
	}
	s.thetas, s.xs, s.rounds, s.reports = saved.Thetas, saved.Xs, saved.Rounds, saved.Reports
	if saved.Width == 0 {
		return nil
	}
	e, err := newEstimator(s.prior, s.o, s.thetas, s.xs)
	if err != nil {
		return fmt.Errorf("sbi: resume from %s: %w", path, err)
	}
	e.warp = saved.Warp.warp()
	for i, values := range saved.Input {
		for _, v := range values {
			saved.Standard[i] = append(saved.Standard[i], float64(v))
		}
	}
	e.input, e.features = standard{saved.Standard[0], saved.Standard[1]}, scaling{saved.Features[0], saved.Features[1]}
	err = loadWeights(e.flow, saved.Flow.Weights)
	if err == nil && e.embedding != nil {
		err = loadWeights(e.embedding, saved.Embedding)
	}
	if err != nil {
		return fmt.Errorf("sbi: resume from %s: %w", path, err)
	}
	s.estimator = e
	return nil
}

// Save writes the posterior to a file, for LoadPosterior. It fails when the prior
// is not one of this package's.
func (p *Posterior) Save(path string) error {
	saved := savedPosterior{
		Warp: p.warp.saved(), Context: p.context, Observation: p.observation, Seed: p.seed,
		Flow: savedFlow{p.kind, p.prior.Dim(), len(p.context), weightsOf(p.flow)},
	}
	switch prior := p.prior.(type) {
	case *Product:
		saved.Prior = prior.saved()
	case *Multivariate:
		saved.Joint = &savedJoint{prior.names, prior.mean, prior.covariance}
	default:
		return fmt.Errorf("sbi: save %s: a posterior is saved with its prior, which can be a product of this package's or a MultivariateNormal, and this one is not; save the Inference instead (Options.Checkpoint), and begin it with the same prior again", path)
	}
	return write(path, saved)
}

// LoadPosterior reads what Posterior.Save wrote.
func LoadPosterior(path string) (*Posterior, error) {
	var saved savedPosterior
	if err := read(path, &saved); err != nil {
		return nil, err
	}
	if saved.Flow.Density == nil && len(saved.Prior) == 0 && saved.Joint == nil {
		return nil, fmt.Errorf("sbi: load %s: it holds no posterior; if it is an inference, give it to NewSNPE as Options.Checkpoint", path)
	}
	prior, err := saved.prior()
	if err != nil {
		return nil, fmt.Errorf("sbi: load %s: %w", path, err)
	}
	w, dim := saved.Warp, prior.Dim()
	if saved.Flow.Density == nil || saved.Flow.Dim != dim || saved.Flow.Context != len(saved.Context) ||
		len(w.Lower) != dim || len(w.Upper) != dim || len(w.Mean) != dim || len(w.Std) != dim || w.Log != nil && len(w.Log) != dim {
		return nil, fmt.Errorf("sbi: load %s: it holds no posterior of %d parameters", path, dim)
	}
	f, err := buildFlow(saved.Flow.Density, dim, saved.Flow.Context, saved.Flow.Weights)
	if err != nil {
		return nil, fmt.Errorf("sbi: load %s: %w", path, err)
	}
	return &Posterior{prior: prior, kind: saved.Flow.Density, warp: w.warp(), flow: f, context: saved.Context, observation: saved.Observation, seed: saved.Seed}, nil
}

// saved gives the marginals.
func (p *Product) saved() []savedMarginal {
	all := make([]savedMarginal, len(p.marginals))
	for i, m := range p.marginals {
		all[i].Name = p.names[i]
		switch m := m.(type) {
		case uniform:
			all[i].Kind, all[i].A, all[i].B = "uniform", m.lower, m.upper
		case codes:
			all[i].Kind, all[i].A, all[i].B = "codes", m.lower, m.upper
		case normal:
			all[i].Kind, all[i].A, all[i].B = "normal", m.mean, m.std
		case logUniform:
			all[i].Kind, all[i].A, all[i].B = "log-uniform", m.lower, m.upper
		case logNormal:
			all[i].Kind, all[i].A, all[i].B = "log-normal", m.mean, m.std
		}
	}
	return all
}

// prior builds the prior again.
func (s savedPosterior) prior() (Prior, error) {
	if s.Joint == nil {
		return loadPrior(s.Prior)
	}
	p := MultivariateNormal(s.Joint.Mean, s.Joint.Covariance, s.Joint.Names...)
	return p, p.Err()
}

func loadPrior(saved []savedMarginal) (*Product, error) {
	p := &Product{}
	for _, s := range saved {
		var m marginal
		switch s.Kind {
		case "uniform":
			m = uniform{s.A, s.B}
		case "codes":
			m = codes{s.A, s.B}
		case "normal":
			m = normal{s.A, s.B}
		case "log-uniform":
			m = logUniform{s.A, s.B}
		case "log-normal":
			m = logNormal{s.A, s.B}
		default:
			return nil, fmt.Errorf("a prior of an unknown kind, %q", s.Kind)
		}
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("prior of %s: %w", s.Name, err)
		}
		p.names, p.marginals = append(p.names, s.Name), append(p.marginals, m)
	}
	if len(saved) == 0 {
		return nil, errors.New("a prior without parameters")
	}
	return p, nil
}
