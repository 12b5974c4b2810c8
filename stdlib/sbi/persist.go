package sbi

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

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

// savedPosterior is a posterior.
type savedPosterior struct {
	Prior       []savedMarginal // of a Product
	Joint       *savedJoint     // a Multivariate instead
	Parts       *savedParts     // or independent parts
	Warp        savedWarp
	Flow        savedFlow
	Context     []float32
	Observation []float64
	Seed        uint64
	Remark      string // of the inference on the observation
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

// savedParts is a prior of independent parts.
type savedParts struct {
	Names []string
	Parts []savedPart
}

// savedPart is one of them.
type savedPart struct {
	Prior []savedMarginal // of a Product
	Joint *savedJoint     // a Multivariate instead
}

func (w *warp) saved() savedWarp { return savedWarp{w.support, w.lower, w.upper, w.mean, w.std, w.log} }

// fits says whether it is a warp of dim parameters.
func (s savedWarp) fits(dim int) bool {
	return len(s.Lower) == dim && len(s.Upper) == dim && len(s.Mean) == dim && len(s.Std) == dim && (s.Log == nil || len(s.Log) == dim)
}

func (s savedWarp) warp() *warp { return &warp{s.Support, s.Lower, s.Upper, s.Log, s.Mean, s.Std} }

// loadWeights puts saved weights into a module of the same shape, or leaves it as
// it is.
func loadWeights(m learned, weights [][]float32) error {
	parameters := m.Parameters()
	if len(parameters) != len(weights) {
		return fmt.Errorf("%d tensors for %d parameters", len(weights), len(parameters))
	}
	for i, p := range parameters {
		if len(weights[i]) != p.Tensor.Len() {
			return fmt.Errorf("%s has %d values in the file; want %d", p.Name, len(weights[i]), p.Tensor.Len())
		}
	}
	restore(m, weights)
	return nil
}

// Save writes the posterior to a file, for LoadPosterior. It fails when the prior is not
// a Product, a Multivariate or one of such as Independent parts: where it is restricted,
// truncated or your own.
func (p *Posterior) Save(path string) error {
	if err := p.made(); err != nil {
		return err
	}
	saved := savedPosterior{
		Warp: p.warp.saved(), Context: p.context, Observation: p.observation, Seed: p.seed, Remark: p.remark,
		Flow: savedFlow{p.kind, p.prior.Dim(), len(p.context), weightsOf(p.flow)},
	}
	part, ok := partOf(p.prior)
	saved.Prior, saved.Joint = part.Prior, part.Joint
	if j, parted := p.prior.(*joint); parted {
		saved.Parts, ok = j.saved()
	}
	if !ok {
		return fmt.Errorf("sbi: save %s: a posterior is saved with its prior, which can be a product of this package's, a MultivariateNormal, or such as Independent parts, and this one is not; save the Inference instead (Options.Checkpoint), and begin it with the same prior again", path)
	}
	return write(path, posteriorFile, saved)
}

// LoadPosterior reads what Posterior.Save wrote. It fails when the file is damaged,
// or from an older version of hillock.
func LoadPosterior(path string) (*Posterior, error) {
	var saved savedPosterior
	err := read(path, posteriorFile, &saved)
	if errors.Is(err, fs.ErrNotExist) {
		folder, _ := filepath.Abs(filepath.Dir(path)) // empty without a working directory
		return nil, fmt.Errorf("%w (looked in the folder %s); give the path that Save was given", err, folder)
	}
	if err != nil {
		return nil, fmt.Errorf("%w; save the posterior anew", err)
	}
	prior, err := saved.prior()
	if err != nil {
		return nil, fmt.Errorf("sbi: load %s: %w", path, err)
	}
	w, dim := saved.Warp, prior.Dim()
	if saved.Flow.Density == nil || saved.Flow.Dim != dim || saved.Flow.Context != len(saved.Context) || !w.fits(dim) {
		return nil, fmt.Errorf("sbi: load %s: it holds no posterior of %d parameters", path, dim)
	}
	f, err := buildFlow(saved.Flow.Density, dim, saved.Flow.Context, saved.Flow.Weights)
	if err != nil {
		return nil, fmt.Errorf("sbi: load %s: %w", path, err)
	}
	return &Posterior{prior: prior, kind: saved.Flow.Density, warp: w.warp(), flow: f, context: saved.Context, observation: saved.Observation, seed: saved.Seed, remark: saved.Remark}, nil
}

// saved gives the marginals.
func (p *Product) saved() []savedMarginal {
	all, names := make([]savedMarginal, len(p.marginals)), p.Names()
	for i, m := range p.marginals {
		all[i].Name = names[i]
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

// partOf is a Product or a Multivariate; ok is false for others.
func partOf(p Prior) (part savedPart, ok bool) {
	switch p := p.(type) {
	case *Product:
		return savedPart{Prior: p.saved()}, true
	case *Multivariate:
		return savedPart{Joint: &savedJoint{p.Names(), p.mean, p.covariance}}, true
	}
	return savedPart{}, false
}

// saved gives the parts, of parts of parts those; ok is false where they can't be saved.
func (j *joint) saved() (s *savedParts, ok bool) {
	s, ok = &savedParts{Names: j.Names()}, true
	for _, p := range j.parts {
		if inner, nested := p.(*joint); nested {
			own, all := inner.saved()
			s.Parts, ok = append(s.Parts, own.Parts...), ok && all
			continue
		}
		part, one := partOf(p)
		s.Parts, ok = append(s.Parts, part), ok && one
	}
	return s, ok
}

// prior builds the prior again.
func (s savedPosterior) prior() (Prior, error) {
	if s.Parts == nil {
		return savedPart{s.Prior, s.Joint}.prior()
	}
	j := &joint{names: s.Parts.Names}
	for _, part := range s.Parts.Parts {
		p, err := part.prior()
		if err != nil {
			return nil, err
		}
		j.parts = append(j.parts, p)
	}
	if dim := j.Dim(); dim == 0 || len(j.names) != dim {
		return nil, fmt.Errorf("a prior of %d parameters with %d names", dim, len(j.names))
	}
	return j, distinct(j.names)
}

func (s savedPart) prior() (Prior, error) {
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
