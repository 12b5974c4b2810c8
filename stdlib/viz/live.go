package viz

import (
	"time"

	"gonum.org/v1/plot"

	"hillock/stdlib/notebook"
)

// LiveLoss shows the losses of a training while it goes on, as one picture in the
// notebook that is drawn anew now and then. Without a notebook it shows nothing.
// The zero value is ready; one LiveLoss serves a training after another, and
// those of one cell share the picture.
type LiveLoss struct {
	handle *notebook.Handle
	cell   int
	drawn  time.Time
	clock  func() time.Time // nil means time.Now
}

// liveEvery is the time between two drawings, and from the first call to the
// first drawing: what takes no longer needs no picture.
const liveEvery = time.Second

// Show draws the losses of the epochs so far, if the last drawing is a second old.
func (l *LiveLoss) Show(t Trained, title string) {
	now := l.now()
	if cell := notebook.Cell(); cell != l.cell || l.drawn.IsZero() {
		*l = LiveLoss{cell: cell, drawn: now, clock: l.clock}
	}
	if now.Sub(l.drawn) >= liveEvery {
		l.draw(t, title)
	}
}

// Done draws the last state, if a picture was drawn before.
func (l *LiveLoss) Done(t Trained, title string) {
	if l.handle != nil {
		l.draw(t, title)
		return
	}
	l.drawn = time.Time{}
}

func (l *LiveLoss) now() time.Time {
	if l.clock != nil {
		return l.clock()
	}
	return time.Now()
}

func (l *LiveLoss) draw(t Trained, title string) {
	if t == nil {
		return
	}
	train, validation, _ := t.Losses()
	if len(train) < 2 || len(train) != len(validation) || !notebook.Interactive() {
		return
	}
	p, err := LossPlot(t, title)
	if err != nil {
		return // a loss that can't be drawn stops the training elsewhere
	}
	l.drawn = l.now()
	f := notebook.Figure{Plots: [][]*plot.Plot{{p}}, Width: 4.6, Height: 2.4}
	if l.handle == nil {
		l.handle = notebook.DisplayID("", f)
		return
	}
	l.handle.Update(f)
}
