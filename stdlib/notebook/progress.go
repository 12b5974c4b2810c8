package notebook

import (
	"sync"
	"sync/atomic"
	"time"
)

// ProgressOptions say what a Progress counts. The zero value counts steps
// without knowing how many there will be.
type ProgressOptions struct {
	Total int           // steps in all; 0 when that is not known
	Label string        // what is being done, before the bar
	Unit  string        // what is counted, such as "runs"; "": "steps"
	After time.Duration // the bar appears when the work has taken that long; 0: at once
}

// Progress shows how far a long computation is: a bar, the count, the rate, the
// time it took and the time that remains. In a notebook it is drawn below the
// cell, in a terminal as one line on standard error. Bars that are made while
// another of the same cell is running are drawn below it, and go when they are
// done.
//
// The zero value and nil are usable: both count, the zero value is drawn without
// a label, nil is never drawn. All methods may be called from several
// goroutines. Add costs some nanoseconds; the bar is drawn ten times a second.
// Call Done also when the work fails (defer it): a bar that is not done is drawn
// above the later ones of its cell.
type Progress struct {
	options ProgressOptions
	count   atomic.Int64
	total   atomic.Int64
	done    atomic.Bool
	pending atomic.Bool // a redraw is on its way
	once    sync.Once
	started time.Time
	ended   atomic.Int64 // nanoseconds after started
	said    atomic.Pointer[string]
	group   *progressGroup
}

// drawEvery is the time between two drawings of a bar.
const drawEvery = 100 * time.Millisecond

// NewProgress starts a bar.
func NewProgress(o ProgressOptions) *Progress {
	p := &Progress{options: o}
	p.start()
	if o.After == 0 {
		p.group.draw()
	}
	return p
}

// Range counts from 0 to n−1 and shows how far it is:
//
//	for i := range notebook.Range(1000, "simulating") { … }
func Range(n int, label string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		p := NewProgress(ProgressOptions{Total: n, Label: label})
		defer p.Done()
		for i := range n {
			if !yield(i) {
				return
			}
			p.Add(1)
		}
	}
}

// start puts the bar into its cell's group.
func (p *Progress) start() {
	p.once.Do(func() {
		p.started = time.Now()
		p.total.Store(int64(p.options.Total))
		p.group = joinGroup(p)
	})
}

// Add counts n more steps.
func (p *Progress) Add(n int) {
	if p == nil {
		return
	}
	p.count.Add(int64(n))
	p.changed()
}

// Set sets the count.
func (p *Progress) Set(n int) {
	if p == nil {
		return
	}
	p.count.Store(int64(n))
	p.changed()
}

// SetTotal sets the number of steps in all, once it is known.
func (p *Progress) SetTotal(n int) {
	if p == nil {
		return
	}
	p.start()
	p.total.Store(int64(n))
	p.changed()
}

// Say shows a text instead of count, rate and times, from now on: for work whose
// state is more than a number.
func (p *Progress) Say(text string) {
	if p == nil {
		return
	}
	p.said.Store(&text)
	p.changed()
}

// Count gives the number of steps so far.
func (p *Progress) Count() int {
	if p == nil {
		return 0
	}
	return int(p.count.Load())
}

// Done ends the bar and draws its last state. Further calls do nothing.
func (p *Progress) Done() {
	if p == nil {
		return
	}
	p.start()
	if p.done.Swap(true) {
		return
	}
	p.ended.Store(int64(time.Since(p.started)))
	p.group.finish(p)
}

// changed sees to it that the new state is drawn before long.
func (p *Progress) changed() {
	if p.pending.Load() || p.done.Load() || p.pending.Swap(true) {
		return
	}
	p.start()
	// The goroutine inherits the cell that its output belongs to.
	go func() {
		time.Sleep(max(drawEvery, p.options.After-time.Since(p.started)))
		p.pending.Store(false)
		p.group.draw()
	}()
}

// state is what there is to draw of a bar.
type state struct {
	label, unit  string
	count, total int64
	elapsed      time.Duration
	done         bool
	said         string // instead of the numbers
}

func (p *Progress) state() state {
	s := state{
		label: p.options.Label, unit: p.options.Unit,
		count: p.count.Load(), total: p.total.Load(), done: p.done.Load(),
	}
	if s.unit == "" {
		s.unit = "steps"
	}
	if said := p.said.Load(); said != nil {
		s.said = *said
	}
	s.elapsed = time.Since(p.started)
	if s.done {
		s.elapsed = time.Duration(p.ended.Load())
	}
	return s
}

// progressGroup is the bars of one cell that run at the same time. They share a
// display.
type progressGroup struct {
	cell  int
	lock  sync.Mutex
	bars  []*Progress
	id    string // of the display; "" until it is first drawn
	last  string // what was last drawn
	line  lineWriter
	quiet time.Time // of the last plain line
	ended bool
	final bool // the end has been drawn
}

var (
	groupLock sync.Mutex
	groups    = map[int]*progressGroup{} // by cell
)

// joinGroup puts a bar with the bars of its cell that are not done.
func joinGroup(p *Progress) *progressGroup {
	cell := Cell()
	groupLock.Lock()
	defer groupLock.Unlock()
	g := groups[cell]
	if g == nil || !g.join(p) {
		g = &progressGroup{cell: cell, bars: []*Progress{p}}
		groups[cell] = g
	}
	return g
}

func (g *progressGroup) join(p *Progress) bool {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.ended {
		return false
	}
	g.bars = append(g.bars, p)
	return true
}

// finish takes note that a bar is done: a nested bar goes, the first one stays
// until all are done.
func (g *progressGroup) finish(p *Progress) {
	g.lock.Lock()
	over := true
	kept := g.bars[:0]
	for i, b := range g.bars {
		if i == 0 || b != p {
			kept = append(kept, b)
		}
		if !b.done.Load() {
			over = false
		}
	}
	clear(g.bars[len(kept):])
	g.bars = kept
	g.ended = over
	g.lock.Unlock()
	if over {
		groupLock.Lock()
		if groups[g.cell] == g {
			delete(groups, g.cell)
		}
		groupLock.Unlock()
		g.draw()
		return
	}
	p.group.drawSoon(p)
}

// drawSoon draws within drawEvery, so that thousands of short nested bars cost
// no drawing each.
func (g *progressGroup) drawSoon(p *Progress) {
	if !p.pending.Swap(true) {
		go func() {
			time.Sleep(drawEvery)
			g.draw()
		}()
	}
}

// draw shows the bars as they are now, if that is something new.
func (g *progressGroup) draw() {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.final {
		return
	}
	g.final = g.ended
	first := g.bars[0]
	if g.id == "" && time.Since(first.started) < first.options.After {
		return
	}
	states := make([]state, len(g.bars))
	for i, b := range g.bars {
		states[i] = b.state()
	}
	h := host()
	if !h.Interactive() {
		g.drawLine(states)
		return
	}
	b := progressBundle(states, g.ended)
	text := b.Data[MIMEHTML].(string)
	if text == g.last {
		return
	}
	g.last = text
	update := g.id != ""
	if !update {
		g.id = freshID()
	}
	show(b, g.id, update)
}
