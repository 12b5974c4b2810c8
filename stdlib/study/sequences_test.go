package study_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// lines are sequences with several seeds whose simulator has noise, behind an
// embedding that is retrained.
func lines(t *testing.T, n int) []study.Sequence {
	t.Helper()
	simulator := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		return []float64{theta[0] + 0.1*rng.NormFloat64(), rng.NormFloat64()}, nil
	})
	all, folder := make([]study.Sequence, n), t.TempDir()
	for i := range all {
		all[i] = study.Sequence{
			Name: string(rune('a' + i)), Prior: sbi.BoxUniform([]float64{-1}, []float64{1}, "θ"), Simulator: simulator, Rounds: 2, Simulations: 60,
			Options: sbi.Options{
				Observation: []float64{0.3, 0}, Embedding: nn.NewLinear(2, 2, rand.New(rand.NewPCG(1, 1))), Retrain: true,
				Density: sbi.MDN{Components: 2, Hidden: 8, Layers: 1}, MaxEpochs: 5, Seed: uint64(i), Quiet: true,
			},
			Folder: folder,
		}
	}
	return all
}

// TestRunAllFindsWhatEachFinds: sequences that run side by side end with the same
// posteriors as alone.
func TestRunAllFindsWhatEachFinds(t *testing.T) {
	ctx := t.Context()
	together, err := study.RunAll(ctx, lines(t, 5)...)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range lines(t, 5) {
		alone, err := s.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		want, err := alone.LogProb(ctx, []float64{0.3})
		if err != nil {
			t.Fatal(err)
		}
		got, err := together[i].LogProb(ctx, []float64{0.3})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("sequence %d: %v, alone %v", i, got, want)
		}
	}
	if none, err := study.RunAll(ctx); err != nil || len(none) != 0 {
		t.Errorf("no sequences give %v and the error %v", none, err)
	}
}

// TestRunAllSharesFrozenEmbeddings: several sequences may look through one frozen
// encoder (which go test -race watches).
func TestRunAllSharesFrozenEmbeddings(t *testing.T) {
	all := lines(t, 3)
	normalised := nn.NewSequential(nn.NewConv1d(1, 2, 1, nn.ConvOptions{}, rand.New(rand.NewPCG(1, 1))), nn.NewBatchNorm1d(2), nn.Flatten())
	for i := range all {
		all[i].Options.Embedding, all[i].Options.Retrain = rows{normalised}, false
	}
	if _, err := study.RunAll(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
}

// rows gives a module a channel for the values of each row.
type rows struct{ nn.Module }

func (m rows) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	return m.Module.Forward(t, t.Reshape(x, x.Dim(0), 1, x.Dim(1)))
}

func TestRunAllSaysWhatIsWrong(t *testing.T) {
	broken := errors.New("the device is gone")
	for want, change := range map[string]func(all []study.Sequence){
		"sequences 1 and 2 are both called b":          func(all []study.Sequence) { all[2].Name = "b" },
		"sequences 0 and 2 share an embedding that is": func(all []study.Sequence) { all[2].Options.Embedding = all[0].Options.Embedding },
		"sequences 0 and 1 share an embedding that is": func(all []study.Sequence) {
			all[1].Options.Embedding, all[1].Options.Retrain = all[0].Options.Embedding, false
		},
		"sequence c: the device is gone":                  func(all []study.Sequence) { all[2].Simulator = failing{broken} },
		"a sequence needs a Name, under which it is kept": func(all []study.Sequence) { all[1].Name = "" },
		"panicked: no device":                             func(all []study.Sequence) { all[1].Simulator = failing{} },
	} {
		all := lines(t, 3)
		change(all)
		if _, err := study.RunAll(t.Context(), all...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q", err, want)
		}
	}
}

// failing is a simulator that fails, or panics without an error.
type failing struct{ err error }

func (f failing) Simulate(context.Context, [][]float64, uint64) ([][]float64, error) {
	if f.err == nil {
		panic("no device")
	}
	return nil, f.err
}

// TestRunAllGoesOn: what was stopped keeps its complete rounds.
func TestRunAllGoesOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	all := lines(t, 3)
	var calls atomic.Int64
	for i := range all {
		line := all[i].Simulator
		all[i].Simulator = simulatorFunc(func(ctx context.Context, thetas [][]float64, seed uint64) ([][]float64, error) {
			if calls.Add(1) == 4 {
				cancel()
			}
			return line.Simulate(ctx, thetas, seed)
		})
	}
	if _, err := study.RunAll(ctx, all...); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	before := calls.Load()
	if _, err := study.RunAll(t.Context(), all...); err != nil {
		t.Fatal(err)
	}
	if more := calls.Load() - before; more < 2 || more > 5 {
		t.Errorf("%d rounds were simulated before the stop and %d after it, of 6", before, more)
	}
}
