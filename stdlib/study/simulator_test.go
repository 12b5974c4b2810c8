package study_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// Traces of the simulator are those that a dataset holds for the same parameters.
func TestSimulatorPreparesAsDatasetsDo(t *testing.T) {
	ctx := context.Background()
	chip := dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges2D()}
	for name, source := range map[string]dataset.Source{"adex": dataset.AdEx{Ranges: adex.Table2()}, "chip": chip} {
		data, err := dataset.Generate(ctx, t.TempDir(), source, 3, dataset.Options{Seed: 5})
		if err != nil {
			t.Fatal(err)
		}
		thetas := make([][]float64, 3)
		for i := range thetas {
			row, err := data.Row(i)
			if err != nil {
				t.Fatal(err)
			}
			thetas[i] = row.Theta
		}
		xs, err := study.Simulator{Source: source}.Simulate(ctx, thetas, 0)
		if err != nil {
			t.Fatal(err)
		}
		inputs, targets := make([]float32, 3*1024), make([]float32, 3*1024)
		if err := data.Samples().Read([]int{0, 1, 2}, inputs, targets); err != nil {
			t.Fatal(err)
		}
		for i, x := range xs {
			for k, v := range x {
				if v != float64(inputs[1024*i+k]) {
					t.Fatalf("%s: point %d of trace %d is %v, in the dataset %v", name, k, i, v, inputs[1024*i+k])
				}
			}
		}
	}
}

// What can't be simulated is an error that says why, and no panic.
func TestSimulatorsSayWhatIsWrong(t *testing.T) {
	neuron, source := bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), dataset.AdEx{Ranges: adex.Table2()}
	theta := []float64{80, 50, 80, -55}
	for _, c := range []struct {
		simulator sbi.Simulator
		theta     []float64
		want      string
	}{
		{study.Simulator{}, theta, "the simulator has no Source"},
		{study.Simulator{Source: source}, theta[:1], "parameter vector 0 has 1 values; 4 parameters are drawn"},
		{study.Simulator{Source: source, Samples: 20_000}, theta, "a trace has 10020 samples, fewer than the 20000 asked for"},
		{study.Simulator{Source: source, Samples: -1}, theta, "asks for -1 samples and 1024 points"},
		{study.Simulator{Source: source, Points: 1}, theta, "asks for 10000 samples and 1 points"},
		{study.Recorder{Ranges: bss2.Ranges2D()}, []float64{100, 100}, "the recorder has no Neuron"},
		{study.Recorder{Neuron: neuron, Ranges: bss2.Ranges2D(), Observe: study.SpikeTimes, Spikes: -1}, []float64{100, 100}, "with -1 spikes"},
		{study.Recorder{Neuron: neuron, Ranges: bss2.Ranges2D(), Observe: 9}, []float64{100, 100}, "observes 9"},
	} {
		if _, err := c.simulator.Simulate(t.Context(), [][]float64{c.theta}, 1); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.simulator, err, c.want)
		}
	}
	s := study.Simulator{}
	if _, err := s.Prior(); err == nil {
		t.Error("a prior without a source")
	}
	sequence := study.Sequence{Name: "none", Prior: sbi.BoxUniform([]float64{0}, []float64{1}, "a"), Simulator: s, Options: sbi.Options{Observation: []float64{1}}, Folder: t.TempDir()}
	if _, err := sequence.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the simulator has no Source") {
		t.Errorf("a sequence without a source: %v", err)
	}
}

func TestSimulatorDrawsNoiseFromTheSeed(t *testing.T) {
	s := study.Simulator{Source: dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges2D()}}
	observe := func(seed uint64) []float64 {
		x, err := s.Observe(context.Background(), []float64{350, 200}, seed)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	apart := func(a, b []float64) float64 {
		sum := 0.0
		for i := range a {
			sum += math.Abs(a[i] - b[i])
		}
		return sum
	}
	if apart(observe(1), observe(1)) != 0 {
		t.Error("the same seed gave two traces")
	}
	if apart(observe(1), observe(2)) == 0 {
		t.Error("two seeds gave the same trace")
	}
}

// stopping is a source of flat traces that ends its second group.
type stopping struct {
	dataset.AdEx
	stop context.CancelFunc
}

func (s stopping) Simulate(ctx context.Context, thetas [][]float64, first, samples int) ([][]float64, []int, error) {
	if first > 0 {
		s.stop()
		return nil, nil, ctx.Err()
	}
	traces := make([][]float64, len(thetas))
	for i := range traces {
		traces[i] = make([]float64, samples)
	}
	return traces, make([]int, len(thetas)), nil
}

// What was simulated before a stop is kept.
func TestSimulatorKeepsWhatIsFinished(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := study.Simulator{Source: stopping{dataset.AdEx{Ranges: adex.Table2()}, cancel}, Samples: 20, Points: 4}
	xs, err := s.Simulate(ctx, make([][]float64, 700), 0)
	if !errors.Is(err, context.Canceled) || len(xs) != 700 || len(xs[499]) != 4 || xs[500] != nil {
		t.Errorf("a stop after 500 of 700 runs gives %d observations, %v", len(xs), err)
	}
}

func TestPriorIsWhatTheSourceDraws(t *testing.T) {
	s := study.Simulator{Source: dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges4D()}}
	prior, err := s.Prior()
	if err != nil {
		t.Fatal(err)
	}
	lower, upper := prior.Bounds()
	if prior.Dim() != 4 || lower[0] > 0 || upper[0] < 1022 {
		t.Errorf("%d parameters between %v and %v", prior.Dim(), lower, upper)
	}
	if got := prior.Names(); !slices.Equal(got, []string{"a", "τ_w", "b", "V_r"}) {
		t.Errorf("names of codes: %q", got)
	}
	prior, err = study.Simulator{Source: dataset.AdEx{Ranges: adex.Table2()}}.Prior()
	if err != nil {
		t.Fatal(err)
	}
	if got := prior.Names(); !slices.Equal(got, []string{"a (nS)", "τ_w (ms)", "b (pA)", "V_r (mV)"}) {
		t.Errorf("names of simulated parameters: %q", got)
	}
	if _, err := (study.Simulator{Source: dataset.Chip{}}).Prior(); err == nil {
		t.Error("a chip without a neuron has a prior")
	}
}

// Traces of observations are in the source's units, as long as it recorded.
func TestTracesAreInTheSourcesUnits(t *testing.T) {
	ctx := context.Background()
	s := study.Simulator{Source: dataset.AdEx{Ranges: adex.Table2()}}
	x, err := s.Observe(ctx, []float64{80, 50, 80, -55}, 0)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := s.Traces(x)
	if err != nil {
		t.Fatal(err)
	}
	run, err := adex.Simulate(ctx, adex.Table4(), adex.ThesisStep(2000), adex.Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, dt := traces.Trace(0)
	if end := float64(len(v)-1) * dt; math.Abs(end-99.99) > 1e-9 {
		t.Errorf("the trace ends at %g ms", end)
	}
	if math.Abs(v[0]-run.V[0]) > 1e-4 || math.Abs(v[1023]-run.V[9999]) > 1e-4 {
		t.Errorf("from %g to %g mV; simulated were %g to %g", v[0], v[1023], run.V[0], run.V[9999])
	}
	if _, err := s.Traces(x[:10]); err == nil {
		t.Error("a trace of 10 points")
	}
}

// Traces as the studies give them to embeddings that take values as they are, and the
// encoders that the studies train, are none that a round warns of.
func TestStudiesAreNotWarnedOf(t *testing.T) {
	source := dataset.AdEx{Ranges: adex.Table2()}
	encoder, err := study.Autoencoder(t.Context(), source, study.EncoderOptions{Name: "short", Traces: 40, Epochs: 1, Seed: 3, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, source := range []dataset.Source{
		source,
		dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges2D()},
		dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges8D()},
	} {
		s := study.Simulator{Source: source}
		prior, err := s.Prior()
		if err != nil {
			t.Fatal(err)
		}
		inf, err := sbi.NewNPE(prior, sbi.Options{Embedding: encoder.Encoder(), Density: sbi.MDN{Components: 1, Hidden: 4, Layers: 1}, MaxEpochs: 1, Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		if r, err := inf.Round(t.Context(), s, 40); err != nil || r.Warning != "" {
			t.Errorf("%v, %v", r, err)
		}
	}
}
