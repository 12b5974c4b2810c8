package study

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"

	"hillock/internal/whole"
	"hillock/stdlib/dataset"
	"hillock/stdlib/sbi"
)

// identified is a simulator that can say in words what it simulates, so that rounds
// of another are not continued with it.
type identified interface{ identity() (string, error) }

func (s Simulator) identity() (string, error) {
	if _, err := s.describe(); err != nil {
		return "", err
	}
	samples, points := s.lengths()
	of, err := identityOf(s.Source)
	return fmt.Sprintf("%s, %d samples, %d points", of, samples, points), err
}

func (r Recorder) identity() (string, error) {
	of, err := identityOf(dataset.Chip{Neuron: r.Neuron, Ranges: r.Ranges})
	text := fmt.Sprintf("%s, %d samples, %d points, observes %d", of, r.samples(), r.points(), r.Observe)
	if r.MaxRate > 0 {
		text += fmt.Sprintf(", rates from %g to %g kHz", r.MinRate, r.MaxRate)
	}
	if r.Observe == SpikeTimes {
		text += fmt.Sprintf(", %d spikes", r.Spikes)
	}
	return text, err
}

// identityOf names a source and what varies; the ranges are the prior's matter.
func identityOf(source dataset.Source) (string, error) {
	d, err := source.Describe()
	var names []string
	for _, p := range d.Parameters {
		names = append(names, p.Name)
	}
	return d.Source + ", varied " + strings.Join(names, ", "), err
}

// sameSimulator fails when the kept rounds come from another simulator, and keeps what
// this one is beside them: what it says of itself, or of a function what it gave once.
func (s Sequence) sameSimulator(ctx context.Context, rounds int) error {
	path := s.path("simulator")
	kept, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if rounds == 0 {
		kept = nil // that of rounds that were removed
	}
	text := kept
	switch simulator := s.Simulator.(type) {
	case identified:
		of, err := simulator.identity()
		if err != nil {
			return err
		}
		if kept != nil && string(kept) != of {
			return fmt.Errorf("the rounds in %s come from another simulator (%s) than this one (%s); use another Name or remove the files", s.Folder, kept, of)
		}
		text = []byte(of)
	case sbi.SimulatorFunc:
		if kept != nil {
			return s.givesTheSame(ctx, simulator, kept)
		}
		if text, err = s.sample(ctx, simulator); err != nil {
			return err
		}
	}
	if kept != nil || text == nil {
		return nil
	}
	return whole.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// sampled is a run of a simulator that is a function.
type sampled struct {
	Theta []float64 `json:"theta"`
	Seed  uint64    `json:"seed"`
	X     []float64 `json:"x"`
}

// sampleTries is how many runs may fail before a simulator is taken as it is.
const sampleTries = 10

// sample runs a function until it gives something, and keeps that as JSON; nil when it
// gives nothing.
func (s Sequence) sample(ctx context.Context, simulator sbi.SimulatorFunc) ([]byte, error) {
	for seed, theta := range sbi.Draw(s.Prior, sampleTries, 1) {
		x, err := simulator.Simulate(ctx, [][]float64{theta}, uint64(seed))
		if err != nil {
			return nil, err
		}
		if x[0] != nil {
			return json.Marshal(sampled{theta, uint64(seed), x[0]})
		}
	}
	return nil, nil
}

// givesTheSame fails when a function gives something else than it gave, and gives that
// twice, as one does that takes its random numbers from where it should.
func (s Sequence) givesTheSame(ctx context.Context, simulator sbi.SimulatorFunc, kept []byte) error {
	var before sampled
	if json.Unmarshal(kept, &before) != nil {
		return fmt.Errorf("the rounds in %s come from another simulator (%s) than this function; use another Name or remove the files", s.Folder, kept)
	}
	run := func() ([]float64, error) {
		xs, err := simulator.Simulate(ctx, [][]float64{before.Theta}, before.Seed)
		if err != nil {
			return nil, err
		}
		return xs[0], nil
	}
	now, err := run()
	if err != nil {
		return err
	}
	i := firstDifference(before.X, now)
	if i < 0 {
		return nil
	}
	if again, err := run(); err != nil || firstDifference(now, again) >= 0 {
		return err
	}
	gave, gives := "nothing", "nothing"
	if i < len(before.X) {
		gave = fmt.Sprintf("%.6g", before.X[i])
	}
	if i < len(now) {
		gives = fmt.Sprintf("%.6g", now[i])
	}
	return fmt.Errorf("the rounds in %s come from another simulator: for the parameters %.4g value %d of an observation was %s, and is %s now; use another Name or remove the files, or only %s if it is the same after all",
		s.Folder, before.Theta, i+1, gave, gives, s.path("simulator"))
}

// firstDifference is the place of the first value that differs by more than rounding,
// which other processors do otherwise; below 0 for none.
func firstDifference(a, b []float64) int {
	for i := range max(len(a), len(b)) {
		if i >= min(len(a), len(b)) || !(math.Abs(a[i]-b[i]) <= 1e-6*max(math.Abs(a[i]), math.Abs(b[i]))) {
			return i
		}
	}
	return -1
}
