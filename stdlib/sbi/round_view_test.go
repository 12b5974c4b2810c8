package sbi

import (
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"hillock/stdlib/notebook"
)

// page is a notebook's host that keeps what each display shows last.
type page struct {
	lock  sync.Mutex
	order []string
	texts map[string]string
	all   []string // every text that was shown
}

func (p *page) Display(b notebook.Bundle, id string, update bool) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	text, _ := b.Data[notebook.MIMEText].(string)
	if !update {
		p.order = append(p.order, id)
	}
	p.texts[id] = text
	p.all = append(p.all, text)
	return nil
}

func (*page) Clear(bool) error                   { return nil }
func (*page) Input(string, bool) (string, error) { return "", errors.New("nobody") }
func (*page) Interactive() bool                  { return true }

// watchRounds runs two rounds of an inference in a notebook.
func watchRounds(t *testing.T, o Options) *page {
	t.Helper()
	p := &page{texts: map[string]string{}}
	notebook.SetHost(p)
	t.Cleanup(func() { notebook.SetHost(nil) })
	simulator := SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {
		time.Sleep(2 * time.Millisecond)
		if theta[0] > 0.9 {
			return nil, errors.New("no spike")
		}
		return []float64{theta[0] + 0.1*rng.NormFloat64()}, nil
	})
	o.Observation, o.Seed, o.MaxEpochs = []float64{0.2}, 1, 5
	inf, err := NewSNPE(BoxUniform([]float64{-1}, []float64{1}), o)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := inf.Round(t.Context(), simulator, 400); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(300 * time.Millisecond) // bars draw themselves a little later
	return p
}

// TestRoundsAreShown expects a line for each round that stays, and that says what
// was going on before.
func TestRoundsAreShown(t *testing.T) {
	p := watchRounds(t, Options{Name: "spline flow"})
	p.lock.Lock()
	defer p.lock.Unlock()
	var lines []string
	for _, id := range p.order {
		if text := p.texts[id]; !strings.HasPrefix(text, "Plot") { // a slow machine shows the losses, too
			lines = append(lines, text)
		}
	}
	if len(lines) != 2 {
		t.Fatalf("%d lines for two rounds: %q", len(lines), p.texts)
	}
	for i, text := range lines {
		for _, want := range []string{"spline flow, round " + string(rune('1'+i)), "400 simulations", "5 epochs", "validation loss"} {
			if !strings.Contains(text, want) {
				t.Errorf("round %d shows %q, not %q", i+1, text, want)
			}
		}
	}
	if first := lines[0]; !strings.Contains(first, "of 400 simulations failed") {
		t.Errorf("%q does not say that simulations failed", first)
	}
	seen := strings.Join(p.all, "\n")
	for _, want := range []string{"simulating 400", "simulating"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q was never shown", want)
		}
	}
}

func TestLossesAreNamed(t *testing.T) {
	for name, want := range map[string]string{"": "Loss of round 2", "spline flow": "spline flow: loss of round 2"} {
		v := &roundView{s: &Inference{o: Options{Name: name}}, round: 2}
		if got := v.title(); got != want {
			t.Errorf("the losses of %q are called %q, want %q", name, got, want)
		}
	}
}

func TestQuietRoundsShowNothing(t *testing.T) {
	if p := watchRounds(t, Options{Quiet: true}); len(p.all) != 0 {
		t.Errorf("a quiet inference shows %q", p.all)
	}
}

// TestViewOfAnEpoch reads the line in the middle of a training.
func TestViewOfAnEpoch(t *testing.T) {
	p := &page{texts: map[string]string{}}
	notebook.SetHost(p)
	t.Cleanup(func() { notebook.SetHost(nil) })
	s := &Inference{o: Options{Patience: 20, MaxEpochs: 100}, pending: RoundReport{Simulations: 1000, Failed: 3, Acceptance: 0.42}}
	r := TrainReport{Train: []float64{2, 1, 0.5}, Validation: []float64{2.1, 1.2, 1.3}, Best: 1}
	v := &roundView{s: s, bar: notebook.NewProgress(notebook.ProgressOptions{Label: "round 1"}),
		started: time.Now().Add(-4 * time.Second), fitting: time.Now().Add(-2 * time.Second)}
	v.epoch(r)
	v.bar.Done()
	time.Sleep(300 * time.Millisecond)
	p.lock.Lock()
	defer p.lock.Unlock()
	text := p.texts[p.order[0]]
	for _, want := range []string{"round 1", "epoch 3", "training loss 0.500", "validation 1.300", "best 1.200 at 2", "acceptance 42 %", "3 of 1,000 simulations failed", "4.0 s", "19 s left or more"} {
		if !strings.Contains(text, want) {
			t.Errorf("the line %q does not say %q", text, want)
		}
	}
}

func TestAcceptanceIsReadable(t *testing.T) {
	for share, want := range map[float64]string{0.9961: "acceptance 99.6 %", 0.2934: "acceptance 29.3 %", 0.00123: "acceptance 0.123 %"} {
		if got := accepted(share); len(got) != 1 || got[0] != want {
			t.Errorf("an acceptance of %g is shown as %q, want %q", share, got, want)
		}
	}
	if got := accepted(1); got != nil {
		t.Errorf("an acceptance of 1 is shown as %q", got)
	}
}
