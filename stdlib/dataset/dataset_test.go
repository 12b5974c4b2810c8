package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
)

func generate(t *testing.T, dir string, source Source, n int, o Options) *Dataset {
	t.Helper()
	d, err := Generate(context.Background(), dir, source, n, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var small = Options{Seed: 213, ShardRows: 30, Samples: 2000, Points: 128}

// TestRowsAreSimulations: each row is what its parameters give, cut and
// interpolated.
func TestRowsAreSimulations(t *testing.T) {
	d := generate(t, t.TempDir(), AdEx{Ranges: adex.Table2()}, 70, small)
	if d.Len() != 70 || d.Points() != 128 || len(d.Manifest().Shards) != 3 {
		t.Fatalf("%v in %d shards", d, len(d.Manifest().Shards))
	}
	names := []string{}
	for _, p := range d.Manifest().Description.Parameters {
		names = append(names, p.Name)
	}
	if want := []string{"A", "TauW", "B", "Vr"}; !slices.Equal(names, want) {
		t.Fatalf("drawn are %v, want %v", names, want)
	}
	for i := range d.Len() {
		row, err := d.Row(i)
		if err != nil {
			t.Fatal(err)
		}
		p := adex.Table2().Low
		p.A, p.TauW, p.B, p.Vr = row.Theta[0], row.Theta[1], row.Theta[2], row.Theta[3]
		run, err := adex.Simulate(context.Background(), p, adex.ThesisStep(2000), adex.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(run.Spikes) != row.Spikes {
			t.Errorf("row %d has %d spikes, its parameters give %d", i, row.Spikes, len(run.Spikes))
		}
		want := make([]float32, 128)
		Interpolate(want, run.V[:2000])
		if !slices.Equal(row.Points, want) {
			t.Fatalf("row %d is not the trace of its parameters", i)
		}
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = string(data)
	}
	return all
}

// interrupted is a source that ends its context after some calls.
type interrupted struct {
	Source
	cancel context.CancelFunc
	calls  int
}

func (s *interrupted) Simulate(ctx context.Context, theta [][]float64, first, samples int) ([][]float64, []int, error) {
	if s.calls--; s.calls < 0 {
		s.cancel()
	}
	return s.Source.Simulate(ctx, theta, first, samples)
}

// TestResume: stopped and continued gives the bytes of an uninterrupted run, for
// simulations and for emulations with noise.
func TestResume(t *testing.T) {
	chip := Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges4D()}
	for _, source := range []Source{AdEx{Ranges: adex.Table2()}, chip} {
		whole, parts := t.TempDir(), t.TempDir()
		generate(t, whole, source, 100, small)
		ctx, cancel := context.WithCancel(context.Background())
		if _, err := Generate(ctx, parts, &interrupted{source, cancel, 2}, 100, small); !errors.Is(err, context.Canceled) {
			t.Fatalf("the interrupted run ended with %v", err)
		}
		if _, err := Open(parts); err == nil || !strings.Contains(err.Error(), "2 of 4 shards") {
			t.Errorf("an incomplete dataset opens with %v", err)
		}
		// What a kill in the middle of a write would leave.
		if err := os.WriteFile(filepath.Join(parts, ".shard-00002.arrow-123"), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		generate(t, parts, source, 100, small)
		want, got := contents(t, whole), contents(t, parts)
		delete(got, ".shard-00002.arrow-123")
		if len(want) != len(got) || len(want) != 5 {
			t.Fatalf("%d and %d files", len(want), len(got))
		}
		for name := range want {
			if want[name] != got[name] {
				t.Errorf("%s differs", name)
			}
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	dir := t.TempDir()
	d := generate(t, dir, AdEx{Ranges: adex.Table2()}, 70, small)
	if err := d.Check(); err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(dir, "shard-00001.arrow")
	data, err := os.ReadFile(shard)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(shard, data, 0o644); err != nil {
		t.Fatal(err)
	}
	fresh, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fresh.Row(0); err != nil {
		t.Errorf("a row of another shard: %v", err)
	}
	if _, err := fresh.Row(40); err == nil || !strings.Contains(err.Error(), "shard-00001.arrow is damaged") {
		t.Errorf("a row of the damaged shard: %v", err)
	}
	if err := os.Remove(shard); err != nil {
		t.Fatal(err)
	}
	if err := fresh.Check(); err == nil || !strings.Contains(err.Error(), "shard-00001.arrow is missing") {
		t.Errorf("a missing shard: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "manifest.json is damaged") {
		t.Errorf("a damaged manifest: %v", err)
	}
}

func TestOtherDatasetIsRefused(t *testing.T) {
	dir := t.TempDir()
	generate(t, dir, AdEx{Ranges: adex.Table2()}, 10, small)
	other := small
	other.Seed++
	if _, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Table2()}, 10, other); err == nil || !strings.HasSuffix(err.Error(), fmt.Sprintf("another dataset than the one asked for: seed %d, not %d; choose another folder or remove it", small.Seed, other.Seed)) {
		t.Errorf("another seed: %v", err)
	}
	other = small
	other.ShardRows = 5
	if _, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Table2(), Dt: 0.005}, 10, other); err == nil || !strings.Contains(err.Error(), "asked for: traces in a shard 30, not 5; time between samples 0.01, not 0.005; choose") {
		t.Errorf("other shards and another time step: %v", err)
	}

	// Traces of a chip whose circuit has another number are others, too.
	dir = t.TempDir()
	chip := func(circuit bss2.Circuit) Chip {
		return Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{Circuit: &circuit}).Neuron(0), Ranges: bss2.Ranges2D()}
	}
	circuit := bss2.DefaultCircuit()
	generate(t, dir, chip(circuit), 2, small)
	generate(t, dir, chip(circuit), 2, small)
	narrow := chip(circuit)
	narrow.Ranges.High = []int{narrow.Ranges.High[0], 300}
	if _, err := Generate(context.Background(), dir, narrow, 2, small); err == nil || !strings.Contains(err.Error(), "to 1022 LSB, not ") || !strings.Contains(err.Error(), "to 300 LSB") {
		t.Errorf("another range: %v", err)
	}
	circuit.Noise.Membrane *= 1.5
	if _, err := Generate(context.Background(), dir, chip(circuit), 2, small); err == nil || !strings.Contains(err.Error(), "another dataset") {
		t.Errorf("another circuit: %v", err)
	}
}

// TestFullDisk: a write that fails leaves what was there, and nothing else.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := os.WriteFile(path, []byte("before"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := writeWhole(path, func(w io.Writer) error {
		if _, err := w.Write([]byte("half")); err != nil {
			return err
		}
		return syscall.ENOSPC
	})
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "what was written before is kept") {
		t.Errorf("the error is %v", err)
	}
	if all := contents(t, dir); len(all) != 1 || all["file"] != "before" {
		t.Errorf("left are %v", all)
	}
}

func TestErrors(t *testing.T) {
	chip := bss2.NewChip(1, bss2.ChipOptions{})
	for what, f := range map[string]func(dir string) error{
		"ask for 1": func(dir string) error {
			_, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Table2()}, 0, small)
			return err
		},
		"Points": func(dir string) error {
			_, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Table2()}, 1, Options{Samples: 10, Points: 20})
			return err
		},
		"to draw": func(dir string) error {
			_, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Ranges{Low: adex.Table4(), High: adex.Table4()}}, 1, small)
			return err
		},
		"no Neuron": func(dir string) error { _, err := Generate(context.Background(), dir, Chip{}, 1, small); return err },
		"ranges of": func(dir string) error {
			_, err := Generate(context.Background(), dir, Chip{Neuron: chip.Neuron(0)}, 1, small)
			return err
		},
		"fewer than": func(dir string) error {
			_, err := Generate(context.Background(), dir, AdEx{Ranges: adex.Table2(), Stimulus: adex.Step{I: 1, Runtime: 1}}, 1, small)
			return err
		},
		"no dataset": func(dir string) error { _, err := Open(dir); return err },
	} {
		if err := f(t.TempDir()); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestSplit(t *testing.T) {
	d := generate(t, t.TempDir(), AdEx{Ranges: adex.Table2()}, 100, small)
	split := d.Split(8, 1, 1)
	seen := map[int]bool{}
	for i, part := range []*Samples{split.Train.(*Samples), split.Validation.(*Samples), split.Test.(*Samples)} {
		if want := []int{80, 10, 10}[i]; part.Len() != want {
			t.Errorf("part %d has %d rows, want %d", i, part.Len(), want)
		}
		for _, row := range part.rows {
			if seen[row] {
				t.Errorf("row %d is in two parts", row)
			}
			seen[row] = true
		}
	}
	train := split.Train.(*Samples)
	order := train.Order(rand.New(rand.NewPCG(1, 1)))
	sorted := slices.Clone(order)
	slices.Sort(sorted)
	for i, p := range sorted {
		if i != p {
			t.Fatalf("the order leaves out place %d", i)
		}
	}
	inputs, targets := make([]float32, 3*128), make([]float32, 3*128)
	if err := train.Read(order[:3], inputs, targets); err != nil {
		t.Fatal(err)
	}
	row, err := d.Row(train.rows[order[2]])
	if err != nil {
		t.Fatal(err)
	}
	for k, x := range row.Points {
		if want := (x + 70) / 70; math.Abs(float64(inputs[2*128+k]-want)) > 1e-6 || inputs[2*128+k] != targets[2*128+k] {
			t.Fatalf("point %d is %g, want %g", k, inputs[2*128+k], want)
		}
	}
}

func TestNoise(t *testing.T) {
	d := generate(t, t.TempDir(), AdEx{Ranges: adex.Table2()}, 50, small)
	noisy := d.Samples().WithNoise(NoiseOptions{SNR: 20, Seed: 1})
	places := make([]int, 50)
	for i := range places {
		places[i] = i
	}
	inputs, targets := make([]float32, 50*128), make([]float32, 50*128)
	if err := noisy.Read(places, inputs, targets); err != nil {
		t.Fatal(err)
	}
	var signal, noise float64
	for i := range inputs {
		signal += float64(targets[i]) * float64(targets[i])
		noise += float64(inputs[i]-targets[i]) * float64(inputs[i]-targets[i])
	}
	// 6,400 normal draws: the estimate of the ratio varies by about 0.08 dB.
	if got := 10 * math.Log10(signal/noise); math.Abs(got-20) > 0.4 {
		t.Errorf("the signal-to-noise ratio is %.2f dB", got)
	}
	again := make([]float32, 50*128)
	if err := noisy.Read(places, again, targets); err != nil || !slices.Equal(again, inputs) {
		t.Errorf("the noise of a row changes between two readings (%v)", err)
	}
}

// TestDrawsAreUniform and independent of one another.
func TestDrawsAreUniform(t *testing.T) {
	m, err := plan(Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: bss2.Ranges4D()}, 20000, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	const n = 20000
	var mean, square, neighbours, last float64
	for row := range n {
		x := m.draw(row)[2]
		if x != math.Round(x) || x < 0 || x > 1022 {
			t.Fatalf("a code of %g", x)
		}
		mean += x / n
		square += (x - 511) * (x - 511) / n
		neighbours += (x - 511) * (last - 511) / n
		last = x
	}
	variance := 1023 * 1023 / 12.
	if math.Abs(mean-511) > 5*math.Sqrt(variance/n) || math.Abs(square/variance-1) > 0.05 || math.Abs(neighbours/variance) > 5/math.Sqrt(n) {
		t.Errorf("mean %.1f, variance %.3f of uniform, correlation of neighbours %.4f", mean, square/variance, neighbours/variance)
	}
}

// BenchmarkGenerate is a tenth of the thesis's dataset of table 2.
func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		if _, err := Generate(context.Background(), b.TempDir(), AdEx{Ranges: adex.Table2()}, 20000, Options{Seed: 213}); err != nil {
			b.Fatal(err)
		}
	}
}
