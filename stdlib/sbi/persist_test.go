package sbi

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func sampled(t *testing.T, p *Posterior, err error) [][]float64 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Sample(t.Context(), 50)
	if err != nil {
		t.Fatal(err)
	}
	return s.Values
}

// TestResumedInferenceGivesTheSameBytes stops after every round.
func TestResumedInferenceGivesTheSameBytes(t *testing.T) {
	prior, simulator := gaussianLinear(2)
	x := []float64{0.1, 0.2}
	run := func(o Options, stop bool) [][]float64 {
		o.Seed, o.Quiet, o.MaxEpochs, o.Observation = 5, true, 2, x
		inf, err := NewSNPE(prior, o)
		for range 3 {
			if err == nil {
				_, err = inf.Round(t.Context(), simulator, 100)
			}
			if err == nil && stop {
				inf, err = NewSNPE(prior, o)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		p, err := inf.Posterior(x)
		return sampled(t, p, err)
	}
	for name, options := range map[string]func() Options{
		"MAF":      func() Options { return Options{Density: MAF{}} },
		"NSF":      func() Options { return Options{Density: NSF{Transforms: 2}} },
		"coupling": func() Options { return Options{Density: CouplingFlow{Transforms: 2, Hidden: 20}} },
		"MDN":      func() Options { return Options{Density: MDN{}, Truncated: true} },
		"embedding": func() Options {
			return Options{Density: MDN{}, Embedding: connected(t, 2, 10, 3), Retrain: true, StandardiseInput: PerValue}
		},
		"structured": func() Options {
			return Options{Density: MDN{}, Embedding: connected(t, 2, 10, 3), Retrain: true, StandardiseInput: Structured}
		},
	} {
		path := filepath.Join(t.TempDir(), "inference")
		want := run(options(), false)
		o := options()
		o.Checkpoint = path
		if got := run(o, true); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: the resumed inference draws other samples", name)
		}
		o.Seed = 6
		_, err := NewSNPE(prior, o)
		if err == nil || !strings.Contains(err.Error(), "it was made with") {
			t.Errorf("%s: other options are taken: %v", name, err)
		}
	}
}

func TestSavedPosteriorIsTheSame(t *testing.T) {
	for _, prior := range []Prior{
		Independent(BoxUniform([]float64{-1}, []float64{1}, "a"), CodeUniform([]int{0}, []int{10}, "b"), LogUniform([]float64{1}, []float64{9}),
			LogNormal([]float64{0}, []float64{1}), Normal([]float64{0}, []float64{2})),
		MultivariateNormal([]float64{1, 2}, [][]float64{{1, 0.8}, {0.8, 2}}, "a"),
		Independent(LogUniform([]float64{1}, []float64{9}), Independent(BoxUniform([]float64{-1}, []float64{1}), MultivariateNormal([]float64{1, 2}, [][]float64{{1, 0.8}, {0.8, 2}}, "", "b"))),
	} {
		savedPosteriorIsTheSame(t, prior)
	}
}

// TestPosteriorsOfOtherPriorsAreNotSaved, also where the prior is a part.
func TestPosteriorsOfOtherPriorsAreNotSaved(t *testing.T) {
	p := trained(t, Unbounded, 1)
	path := filepath.Join(t.TempDir(), "posterior")
	for _, own := range []Prior{&RestrictedPrior{Prior: p.prior}, Independent(p.prior, &RestrictedPrior{Prior: p.prior})} {
		p.prior = own
		says(t, p.Save(path), "save the Inference instead")
	}
}

func savedPosteriorIsTheSame(t *testing.T, prior Prior) {
	p := ofItself(t, prior, 300, Options{Quiet: true, MaxEpochs: 2, Seed: 1})
	want := sampled(t, p, nil)
	path := filepath.Join(t.TempDir(), "posterior")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	back, err := LoadPosterior(path)
	if got := sampled(t, back, err); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(back.Names(), p.Names()) {
		t.Error("the posterior that was read draws other samples")
	}
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadPosterior("nothere"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), filepath.Join("stdlib", "sbi")) || strings.Contains(err.Error(), "anew") {
		t.Errorf("error %v of a path where there is no file; want the folder", err)
	}
	if err := back.Save(""); err == nil || !strings.Contains(err.Error(), "the path is empty") {
		t.Errorf("error %v without a path", err)
	}
	if _, err := LoadPosterior(path); err == nil {
		t.Error("a file of something else is taken")
	}
}
