package sbi

import (
	"errors"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// kept runs a round of an inference that writes a checkpoint.
func kept(t *testing.T, prior Prior, o Options) (*Inference, Options) {
	t.Helper()
	if o.Checkpoint == "" {
		o.Checkpoint = filepath.Join(t.TempDir(), "inference")
	}
	o.Density, o.Quiet = MDN{Components: 1, Hidden: 4, Layers: 1}, true
	if o.MaxEpochs == 0 {
		o.MaxEpochs = 2
	}
	inf, err := NewNPE(prior, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Round(t.Context(), noisy, 60); err != nil {
		t.Fatal(err)
	}
	return inf, o
}

// refused checks that a checkpoint is not gone on from with other options or priors.
func refused(t *testing.T, what string, prior Prior, o Options, wants ...string) {
	t.Helper()
	_, err := NewNPE(prior, o)
	for _, want := range append(wants, "remove it") {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one with %q", what, err, want)
		}
	}
}

// TestOtherOptionsAreNoResumption: whatever changes results is told apart by name.
func TestOtherOptionsAreNoResumption(t *testing.T) {
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	_, o := kept(t, prior, Options{})
	for name, change := range map[string]func(o *Options){
		"MaxEpochs":  func(o *Options) { o.MaxEpochs = 500 },
		"Patience":   func(o *Options) { o.Patience = 7 },
		"Validation": func(o *Options) { o.Validation = 0.2 },
		"ClipNorm":   func(o *Options) { o.ClipNorm = 1 },
		"LR":         func(o *Options) { o.LR = 1 },
		"Schedule":   func(o *Options) { o.Schedule = nn.Schedule{DecayFrom: 1, Decay: 0.5} },
		"Truncated":  func(o *Options) { o.Truncated = true },
		"Density":    func(o *Options) { o.Density = MDN{Components: 2} },
		"Support":    func(o *Options) { o.Support = BoxProbit },
	} {
		other := o
		change(&other)
		refused(t, name, prior, other, "it was made with "+name+" ", "not with "+name+" ")
	}
	o.Goroutines, o.Name, o.Observation = 1, "another", []float64{0, 0}
	if _, err := NewNPE(prior, o); err != nil {
		t.Errorf("options that change no result: %v", err)
	}
}

// TestOtherClassifiersAreNoResumption: restricted and truncated priors are those of
// one training.
func TestOtherClassifiersAreNoResumption(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	restricted := func(seed uint64) Prior {
		thetas := Draw(prior, 200, 1)
		xs := make([][]float64, len(thetas))
		for i, theta := range thetas {
			if theta[0] > 0 {
				xs[i] = theta
			}
		}
		r, err := Restrict(t.Context(), prior, thetas, xs, RestrictOptions{Epochs: 3, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	inf, _ := kept(t, prior, Options{})
	p, err := inf.Posterior([]float64{0.5})
	if err != nil {
		t.Fatal(err)
	}
	truncated := func(quantile float64) Prior {
		r, err := p.Truncate(t.Context(), quantile, 1)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for name, c := range map[string]struct{ prior, same, other Prior }{
		"restricted": {restricted(1), restricted(1), restricted(2)},
		"truncated":  {truncated(0.1), truncated(0.1), truncated(0.2)},
	} {
		_, o := kept(t, c.prior, Options{})
		if _, err := NewNPE(c.same, o); err != nil {
			t.Errorf("%s: the same prior made again: %v", name, err)
		}
		refused(t, name, c.other, o, "it was made with the prior "+name)
	}
}

// TestOtherEmbeddingsAreNoResumption: an embedding of other weights is refused, and
// left alone.
func TestOtherEmbeddingsAreNoResumption(t *testing.T) {
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	net := func(seed uint64) *nn.Sequential { return fcnn(t, 2, []int{4}, 3, seed) }
	for _, retrain := range []bool{true, false} {
		own := net(1)
		_, o := kept(t, prior, Options{Embedding: own, Retrain: retrain})
		for name, m := range map[string]nn.Module{"of the last round": own, "as at the beginning": net(1)} {
			o.Embedding = m
			again, err := NewNPE(prior, o)
			if err != nil {
				t.Errorf("retrained: %t, an embedding %s: %v", retrain, name, err)
			} else if got, want := fingerprint(again.o.Embedding), fingerprint(own); got != want {
				t.Errorf("retrained: %t, an embedding %s goes on with the weights %s; want %s", retrain, name, got, want)
			}
		}
		other := net(2)
		before := weightsOf(other)
		o.Embedding = other
		refused(t, "another embedding", prior, o, "other weights", fingerprint(other))
		if !reflect.DeepEqual(weightsOf(other), before) {
			t.Error("an embedding that is refused has other weights")
		}
	}
	haar := func(levels int) nn.Module { return nn.NewSequential(nn.HaarEmbedding(levels)) }
	_, o := kept(t, BoxUniform(make([]float64, 8), []float64{1, 1, 1, 1, 1, 1, 1, 1}), Options{Embedding: haar(1)})
	o.Embedding = haar(2)
	refused(t, "without weights", BoxUniform(make([]float64, 8), []float64{1, 1, 1, 1, 1, 1, 1, 1}), o, "an Embedding of 4 outputs, not 2")
}

// TestTrainingAfterAResumptionReportsTheSameRound, with its simulations.
func TestTrainingAfterAResumptionReportsTheSameRound(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	_, o := kept(t, prior, Options{})
	again, err := NewNPE(prior, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := again.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := again.Reports(); len(r) != 1 || r[0].Simulations != 60 || r[0].Round != 1 || r[0].Simulating == 0 {
		t.Errorf("after a resumption and another training: %v", r)
	}
}

// TestIncompleteInferencesAreRefused: what a checkpoint holds must fit together,
// whoever wrote it.
func TestIncompleteInferencesAreRefused(t *testing.T) {
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1})
	net := fcnn(t, 2, []int{4}, 3, 1)
	_, o := kept(t, prior, Options{Embedding: net, Retrain: true, StandardiseInput: PerValue})
	for name, damage := range map[string]func(s *savedInference){
		"simulations":    func(s *savedInference) { s.Xs = s.Xs[1:] },
		"no simulations": func(s *savedInference) { s.Thetas, s.Xs, s.Rounds = nil, nil, nil },
		"rounds":         func(s *savedInference) { s.Rounds = nil },
		"a parameter":    func(s *savedInference) { s.Thetas[3] = s.Thetas[3][:1] },
		"a value":        func(s *savedInference) { s.Xs[3] = s.Xs[3][:1] },
		"all values":     func(s *savedInference) { s.Width = 3 },
		"a mean":         func(s *savedInference) { s.Standard[0] = append(s.Standard[0], 1) },
		"deviations":     func(s *savedInference) { s.Standard[1] = nil },
		"a feature":      func(s *savedInference) { s.Features[0] = s.Features[0][:2] },
		"features":       func(s *savedInference) { s.Features = [2][]float32{} },
		"the warp":       func(s *savedInference) { s.Warp.Mean = s.Warp.Mean[:1] },
		"a bound":        func(s *savedInference) { s.Warp.Lower = nil },
		"weights":        func(s *savedInference) { s.Weights = s.Weights[1:] },
		"a weight":       func(s *savedInference) { s.Weights[0] = s.Weights[0][1:] },
		"embedding":      func(s *savedInference) { s.Embedding = s.Embedding[1:] },
		"the estimator":  func(s *savedInference) { s.Weights = nil },
		"losses":         func(s *savedInference) { s.Reports[0].Training.Validation = nil },
	} {
		var saved savedInference
		if err := read(o.Checkpoint, inferenceFile, &saved); err != nil {
			t.Fatal(err)
		}
		damage(&saved)
		other := o
		other.Checkpoint = filepath.Join(t.TempDir(), "damaged")
		if err := write(other.Checkpoint, inferenceFile, saved); err != nil {
			t.Fatal(err)
		}
		before := weightsOf(net)
		if _, err := NewNPE(prior, other); err == nil || !strings.Contains(err.Error(), "remove ") {
			t.Errorf("without %s: error %v", name, err)
		}
		if !slices.EqualFunc(weightsOf(net), before, slices.Equal) {
			t.Errorf("without %s the embedding has other weights", name)
		}
	}
}

// TestUntrainedSimulationsAreKept: an inference that is saved before its training
// goes on where it was, failures counted.
func TestUntrainedSimulationsAreKept(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	o := Options{Density: MDN{Components: 1}, Quiet: true, MaxEpochs: 2, Checkpoint: filepath.Join(t.TempDir(), "inference")}
	inf, err := NewNPE(prior, o)
	if err != nil {
		t.Fatal(err)
	}
	thetas := Draw(prior, 50, 1)
	xs := slices.Clone(thetas)
	xs[7] = []float64{math.NaN()}
	if _, err := inf.Append(thetas, xs); err != nil {
		t.Fatal(err)
	}
	if err := inf.Save(o.Checkpoint); err != nil {
		t.Fatal(err)
	}
	again, err := NewNPE(prior, o)
	if err == nil {
		_, err = again.Train(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	if r := again.Reports()[0]; r.Simulations != 50 || r.Failed != 1 {
		t.Errorf("the report is %v; want 50 simulations, 1 failed", r)
	}
}

// TestAResumptionIsSaid: a line of what the checkpoint held, and its name where an NPE
// that is done is asked for another round.
func TestAResumptionIsSaid(t *testing.T) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	_, o := kept(t, prior, Options{})
	for _, quiet := range []bool{true, false} {
		p := &page{texts: map[string]string{}}
		notebook.SetHost(p)
		t.Cleanup(func() { notebook.SetHost(nil) })
		o.Quiet = quiet
		inf, err := NewNPE(prior, o)
		if err != nil {
			t.Fatal(err)
		}
		p.lock.Lock()
		text := strings.Join(p.all, "\n")
		p.lock.Unlock()
		if said := strings.Contains(text, "goes on from "+o.Checkpoint+": round 1, 60 simulations"); said == quiet {
			t.Errorf("quiet: %t, it says %q", quiet, text)
		}
		_, err = inf.Round(t.Context(), noisy, 50)
		says(t, err, "round 1 is done already", "came from "+o.Checkpoint, "set Options.Observation")
	}
}

// TestAnotherSimulatorIsToldAfterAResumption, and only another one.
func TestAnotherSimulatorIsToldAfterAResumption(t *testing.T) {
	var calls atomic.Int64
	for name, c := range map[string]struct {
		simulator Simulator
		warns     bool
	}{
		"same":    {noisy, false},
		"changed": {SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) { return []float64{2 * theta[0]}, nil }), true},
		"failing at times": {SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
			if rng.Float64() < 0.9 {
				return nil, errors.New("no")
			}
			return noisy(theta, rng)
		}), true},
		"of its own randomness": {SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
			return []float64{theta[0] + float64(calls.Add(1))}, nil
		}), false},
		"no function": {backend{noisy}, false},
	} {
		prior := BoxUniform([]float64{-1}, []float64{1})
		_, o := kept(t, prior, Options{Observation: []float64{0.1}})
		inf, err := NewSNPE(prior, o)
		if err != nil {
			t.Fatal(err)
		}
		r, err := inf.Round(t.Context(), c.simulator, 100)
		if err != nil {
			t.Fatal(err)
		}
		if warned := strings.Contains(r.String(), "warning: the simulator gives"); warned != c.warns {
			t.Errorf("%s: %v", name, r)
		}
		again, err := NewSNPE(prior, o)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := again.Round(t.Context(), c.simulator, 100); err != nil || strings.Contains(r.Warning, "gives") {
			t.Errorf("%s, resumed again: %v, %v", name, r, err)
		}
	}
}
