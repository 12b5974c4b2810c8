package sbi

import (
	"errors"
	"fmt"
)

// Amortized gives a posterior for any observation: an Inference of one round,
// several of them as an AmortizedEnsemble, or one of your own, as an AmortizedFunc.
// Checks over many observations, such as Calibrate, take it.
type Amortized interface {
	// Given gives the posterior for an observation. It is called for one observation
	// at a time; what it gives is used from several goroutines.
	Given(x []float64) (Distribution, error)
}

// AmortizedFunc is an amortized posterior given as a function of the observation.
type AmortizedFunc func(x []float64) (Distribution, error)

// Given calls the function.
func (f AmortizedFunc) Given(x []float64) (Distribution, error) {
	d, err := f(x)
	if err == nil && d == nil {
		err = errors.New("sbi: the AmortizedFunc gave neither a posterior nor an error")
	}
	return d, err
}

// Given is Posterior as a Distribution, which makes an Inference Amortized.
func (s *Inference) Given(x []float64) (Distribution, error) {
	f, err := s.trainedFlow()
	if err != nil {
		return nil, err
	}
	return s.givenBy(f)(x)
}

// givenBy gives posteriors that share a flow.
func (s *Inference) givenBy(f flow) AmortizedFunc {
	return func(x []float64) (Distribution, error) {
		p, err := s.posterior(f, x)
		if err != nil {
			return nil, err // and no pointer that is nil
		}
		return p, nil
	}
}

// AmortizedEnsemble mixes what several estimators of the same parameters, under the
// same prior, say about an observation, with equal weights: for every observation it
// gives the Ensemble of their posteriors. It fails, when it is asked for one, as
// NewEnsemble does.
func AmortizedEnsemble(estimators ...Amortized) Amortized {
	if len(estimators) == 1 {
		return estimators[0]
	}
	return mixed(estimators)
}

// mixed is several estimators.
type mixed []Amortized

// Given gives the ensemble of the posteriors for an observation.
func (m mixed) Given(x []float64) (Distribution, error) {
	members := make([]Distribution, len(m))
	for i, one := range m {
		if one == nil {
			return nil, fmt.Errorf("sbi: estimator %d of the ensemble is nil", i)
		}
		d, err := one.Given(x)
		if err != nil {
			return nil, err
		}
		members[i] = d
	}
	e, err := mix(members, x, nil)
	if err != nil {
		return nil, err
	}
	return e, nil
}

// settled is an estimator as it is now, for many observations: an Inference copies
// its weights once for all of them.
func settled(a Amortized) (Amortized, error) {
	switch a := a.(type) {
	case *Inference:
		f, err := a.trainedFlow()
		if err != nil {
			return nil, err
		}
		return a.givenBy(f), nil
	case mixed:
		all := make(mixed, len(a))
		for i, one := range a {
			var err error
			if all[i], err = settled(one); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	return a, nil
}
