package sbi

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// sideBySide are inferences with several seeds and simulations, behind embeddings
// that are retrained.
func sideBySide(t *testing.T, n int) []*Inference {
	t.Helper()
	prior := BoxUniform([]float64{-1, -1}, []float64{1, 1}, "a", "b")
	thetas := Draw(prior, 120, 3)
	xs := make([][]float64, len(thetas))
	rng := rand.New(rand.NewPCG(4, 4))
	for i, theta := range thetas {
		xs[i] = []float64{theta[0] + 0.1*rng.NormFloat64(), theta[1] + 0.1*rng.NormFloat64()}
	}
	all := make([]*Inference, n)
	for i := range all {
		s, err := NewNPE(prior, Options{
			Density: MDN{Components: 2, Hidden: 8, Layers: 1}, Embedding: nn.NewLinear(2, 2, rand.New(rand.NewPCG(1, 1))),
			Retrain: true, MaxEpochs: 5, Batch: 20, Seed: uint64(i), Quiet: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Append(thetas, xs); err != nil {
			t.Fatal(err)
		}
		all[i] = s
	}
	return all
}

// TestTrainAllLearnsWhatEachLearns: trainings side by side end as alone.
func TestTrainAllLearnsWhatEachLearns(t *testing.T) {
	density := func(s *Inference) float64 {
		p, err := s.Posterior([]float64{0.2, -0.3})
		if err != nil {
			t.Fatal(err)
		}
		l, err := p.LogProb(t.Context(), [][]float64{{0.1, -0.2}})
		if err != nil {
			t.Fatal(err)
		}
		return l[0]
	}
	together, alone := sideBySide(t, 5), sideBySide(t, 5)
	reports, err := TrainAll(t.Context(), together...)
	if err != nil {
		t.Fatal(err)
	}
	var all []float64
	for i, s := range alone {
		report, err := s.Train(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(report.Validation, reports[i].Validation) || density(s) != density(together[i]) {
			t.Errorf("inference %d: losses %v and density %g, alone %v and %g", i, reports[i].Validation, density(together[i]), report.Validation, density(s))
		}
		all = append(all, density(s))
	}
	if slices.Sort(all); len(slices.Compact(all)) < 5 {
		t.Errorf("densities %v: the seeds make no difference", all)
	}
	if reports, err := TrainAll(t.Context()); err != nil || len(reports) != 0 {
		t.Errorf("no inferences give %v and the error %v", reports, err)
	}
}

func TestTrainAllSaysWhatIsWrong(t *testing.T) {
	for want, change := range map[string]func(all []*Inference){
		"inference 1: sbi: ":                            func(all []*Inference) { all[1] = nil },
		"inferences 0 and 2 are the same":               func(all []*Inference) { all[2] = all[0] },
		"inferences 0 and 2 share an embedding that is": func(all []*Inference) { all[2].o.Embedding = all[0].o.Embedding },
		"inference 2: sbi: 0 usable simulations so far": func(all []*Inference) {
			s, err := NewNPE(all[0].prior, Options{})
			if err != nil {
				t.Fatal(err)
			}
			all[2] = s
		},
	} {
		all := sideBySide(t, 3)
		change(all)
		if _, err := TrainAll(t.Context(), all...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := TrainAll(ctx, sideBySide(t, 2)...); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context ended: %v", err)
	}
}

// TestTrainAllShowsEachTraining: one bar counts them, and in the end each has a line
// and losses of its own, under its name or its place.
func TestTrainAllShowsEachTraining(t *testing.T) {
	all := sideBySide(t, 3)
	for _, s := range all {
		s.o.Quiet = false
	}
	all[1].o.Name = "wide"
	p := &page{texts: map[string]string{}}
	notebook.SetHost(p)
	t.Cleanup(func() { notebook.SetHost(nil) })
	if _, err := TrainAll(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	shown := ""
	for _, id := range p.order {
		shown += p.texts[id] + "\n"
	}
	last := 0
	for _, want := range []string{"inference 0, round 1 120 simulations, 5 epochs", "wide, round 1 120", "inference 2, round 1 120"} {
		at := strings.Index(shown, want)
		if at < last || strings.Count(shown, want) != 1 {
			t.Errorf("the notebook shows\n%s\nwant %q once, in the order given", shown, want)
		}
		last = at
	}
	if all[0].o.Name != "" {
		t.Errorf("TrainAll left the name %q", all[0].o.Name)
	}
}
