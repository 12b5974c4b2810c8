package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"

	"hillock/stdlib/nn"
)

// sorted gives the places of values from the smallest to the largest.
func sorted(values []float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	return order
}

// Ensemble is a mixture of posteriors of the same parameters, trained from
// different seeds for example: more cautious than each of them where they
// disagree. TrainAll trains its members side by side.
type Ensemble struct {
	members     []Distribution
	weights     []float64 // that sum to 1
	observation []float64
	seed        uint64
}

// NewEnsemble mixes posteriors with the given weights, above 0 and scaled to sum to
// 1; none means equal ones. It fails when there are no members, their parameters,
// priors or observations differ, two of them are the same, or a weight is not above 0.
func NewEnsemble(members []*Posterior, weights ...float64) (*Ensemble, error) {
	all := make([]Distribution, len(members))
	for i, m := range members {
		all[i] = m
	}
	if len(all) == 0 {
		return mix(nil, nil, weights)
	}
	first := members[0]
	e, err := mix(all, first.Observation(), weights)
	if err != nil {
		return nil, err
	}
	for i, m := range members {
		if !slices.Equal(m.observation, first.observation) {
			return nil, fmt.Errorf("sbi: member %d of the ensemble is the posterior of %s, the first of %s; want the same observation", i, brief(m.observation), brief(first.observation))
		}
	}
	e.seed = first.seed
	return e, nil
}

// mix makes an ensemble of distributions given an observation.
func mix(members []Distribution, observation, weights []float64) (*Ensemble, error) {
	if len(members) == 0 {
		return nil, errors.New("sbi: an ensemble without members")
	}
	if len(weights) == 0 {
		for range members {
			weights = append(weights, 1)
		}
	}
	if len(weights) != len(members) {
		return nil, fmt.Errorf("sbi: %d weights for %d members; want one of each, or none for equal ones", len(weights), len(members))
	}
	e := &Ensemble{members: members, observation: append([]float64(nil), observation...)}
	for i, m := range members {
		if m == nil || m.Prior() == nil {
			return nil, fmt.Errorf("sbi: member %d of the ensemble: %w", i, errNoPosterior)
		}
	}
	sum := 0.0
	for i, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("sbi: weight %g of member %d; want above 0", w, i)
		}
		first, own := members[0], members[i]
		for k, other := range members[:i] {
			if sameNetwork(own, other) {
				return nil, fmt.Errorf("sbi: members %d and %d of the ensemble are the same posterior, weight for weight; train each from another Options.Seed", k, i)
			}
		}
		if !slices.Equal(own.Names(), first.Names()) {
			return nil, fmt.Errorf("sbi: member %d of the ensemble has the parameters %q, the first %q", i, own.Names(), first.Names())
		}
		if a, b := describe(own.Prior()), describe(first.Prior()); a != b {
			return nil, fmt.Errorf("sbi: member %d of the ensemble has the prior %s, the first %s; want the same prior", i, a, b)
		}
		sum += w
	}
	for _, w := range weights {
		e.weights = append(e.weights, w/sum)
	}
	return e, nil
}

// sameNetwork says whether two distributions are the same Posterior, or two that were
// trained from the same seed and simulations.
func sameNetwork(a, b Distribution) bool {
	p, ok := a.(*Posterior)
	q, both := b.(*Posterior)
	if !ok || !both {
		return false
	}
	return p == q || slices.Equal(p.context, q.context) && slices.EqualFunc(p.flow.Parameters(), q.flow.Parameters(), func(u, v nn.Parameter) bool {
		return u.Tensor == v.Tensor || slices.Equal(u.Tensor.Data, v.Tensor.Data)
	})
}

// made fails where there is no ensemble.
func (e *Ensemble) made() error {
	if e == nil || len(e.members) == 0 {
		return errNoPosterior
	}
	return nil
}

// String says what is mixed.
func (e *Ensemble) String() string {
	if e.made() != nil {
		return "no ensemble"
	}
	return fmt.Sprintf("ensemble of %d posteriors of %s, given %s, with the weights %.3g", len(e.members), strings.Join(e.Names(), ", "), brief(e.observation), e.weights)
}

// Names are the parameters' names.
func (e *Ensemble) Names() []string {
	if e.made() != nil {
		return nil
	}
	return e.members[0].Names()
}

// Prior is the prior of all members.
func (e *Ensemble) Prior() Prior {
	if e.made() != nil {
		return nil
	}
	return e.members[0].Prior()
}

// Sample draws n parameter vectors from the first member's seed.
func (e *Ensemble) Sample(ctx context.Context, n int) (*Samples, error) {
	if err := e.made(); err != nil {
		return nil, err
	}
	return e.SampleSeed(ctx, n, e.seed)
}

// SampleSeed draws n parameter vectors from a seed.
func (e *Ensemble) SampleSeed(ctx context.Context, n int, seed uint64) (*Samples, error) {
	if err := e.made(); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, fmt.Errorf("sbi: %d samples; want 0 or more", n)
	}
	rng := rand.New(rand.NewPCG(seed, 0xe5e))
	counts := make([]int, len(e.members))
	for range n {
		counts[e.choose(rng)]++
	}
	all := &Samples{Names: e.Names(), Acceptance: 1, Log: logScales(e.Prior())}
	for i, m := range e.members {
		if counts[i] == 0 {
			continue
		}
		s, err := m.SampleSeed(ctx, counts[i], seed+uint64(i)*0x51ed)
		if err != nil {
			return nil, err
		}
		if len(s.Values) != counts[i] {
			return nil, fmt.Errorf("sbi: member %d of the ensemble gave %d draws; want %d", i, len(s.Values), counts[i])
		}
		all.Values = append(all.Values, s.Values...)
		all.Acceptance = math.Min(all.Acceptance, s.Acceptance)
	}
	rng.Shuffle(n, func(i, j int) { all.Values[i], all.Values[j] = all.Values[j], all.Values[i] })
	return all, nil
}

func (e *Ensemble) choose(rng *rand.Rand) int {
	left := rng.Float64()
	for i, w := range e.weights {
		if left -= w; left < 0 {
			return i
		}
	}
	return len(e.weights) - 1
}

// LogProb gives the logarithm of the mixture's density at parameter vectors.
func (e *Ensemble) LogProb(ctx context.Context, thetas [][]float64) ([]float64, error) {
	if err := e.made(); err != nil {
		return nil, err
	}
	out := make([]float64, len(thetas))
	for i, m := range e.members {
		logs, err := m.LogProb(ctx, thetas)
		if err != nil {
			return nil, err
		}
		for k, l := range logs {
			l += math.Log(e.weights[i])
			if i == 0 || math.IsInf(out[k], -1) {
				out[k] = l
			} else if !math.IsInf(l, -1) {
				out[k] = logAdd(out[k], l, false)
			}
		}
	}
	return out, nil
}
