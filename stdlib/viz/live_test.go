package viz

import (
	"errors"
	"testing"
	"time"

	"hillock/stdlib/notebook"
)

// screen is a notebook's host that counts what is shown.
type screen struct{ shown, updated int }

func (s *screen) Display(b notebook.Bundle, _ string, update bool) error {
	if update {
		s.updated++
	} else {
		s.shown++
	}
	return nil
}
func (*screen) Clear(bool) error                   { return nil }
func (*screen) Input(string, bool) (string, error) { return "", errors.New("nobody") }
func (*screen) Interactive() bool                  { return true }

// TestLiveLossIsDrawnNowAndThen lets time pass by hand.
func TestLiveLossIsDrawnNowAndThen(t *testing.T) {
	s := &screen{}
	notebook.SetHost(s)
	t.Cleanup(func() { notebook.SetHost(nil) })
	now := time.Unix(1, 0)
	l := LiveLoss{clock: func() time.Time { return now }}
	for range 50 {
		l.Show(losses{}, "Loss")
	}
	l.Done(losses{}, "Loss")
	if s.shown != 0 {
		t.Fatal("a training that is over at once is drawn")
	}
	for range 4 { // the first begins the next training
		now = now.Add(2 * time.Second)
		for range 50 {
			l.Show(losses{}, "Loss")
		}
	}
	l.Done(losses{}, "Loss")
	if s.shown != 1 || s.updated != 3 {
		t.Errorf("a picture drawn in three of four seconds and at the end was shown %d and updated %d times", s.shown, s.updated)
	}
}
