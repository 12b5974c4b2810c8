package notebook

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// page is a host that keeps what it is given, as a notebook does.
type page struct {
	mu       sync.Mutex
	shown    []string // texts in order of display
	ids      map[string]int
	drawings int
	cell     int
	done     []any
}

func (p *page) Display(b Bundle, id string, update bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawings++
	text := b.Data[MIMEText].(string)
	if about, ok := b.Metadata[ProgressKey].(map[string]any); ok {
		p.done = append(p.done, about["done"])
	}
	if at, ok := p.ids[id]; update && ok {
		p.shown[at] = text
		return nil
	}
	if id != "" {
		p.ids[id] = len(p.shown)
	}
	p.shown = append(p.shown, text)
	return nil
}
func (p *page) Clear(bool) error                   { return nil }
func (p *page) Input(string, bool) (string, error) { return "", errors.New("nobody there") }
func (p *page) Interactive() bool                  { return true }
func (p *page) Cell() int                          { p.mu.Lock(); defer p.mu.Unlock(); return p.cell }

func (p *page) texts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.shown...)
}

// cells counts them, so that each test has its own.
var cells atomic.Int64

func openPage(t *testing.T) *page {
	p := &page{ids: map[string]int{}, cell: int(cells.Add(10))}
	SetHost(p)
	t.Cleanup(func() { SetHost(nil) })
	return p
}

func TestProgressShowsItsEnd(t *testing.T) {
	p := openPage(t)
	bar := NewProgress(ProgressOptions{Total: 1_000_000, Label: "simulating", Unit: "runs"})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 250_000 {
				bar.Add(1)
			}
		})
	}
	all.Wait()
	bar.Done()
	bar.Done()
	texts := p.texts()
	if len(texts) != 1 || !strings.HasPrefix(texts[0], "simulating 100% ") || !strings.Contains(texts[0], "1,000,000/1,000,000 runs") || strings.Contains(texts[0], "left") {
		t.Errorf("%q", texts)
	}
	if p.done[len(p.done)-1] != true || p.done[0] != false {
		t.Errorf("done: %v", p.done)
	}
	if bar.Count() != 1_000_000 {
		t.Error(bar.Count())
	}
}

func TestProgressIsDrawnTenTimesASecond(t *testing.T) {
	p := openPage(t)
	bar := NewProgress(ProgressOptions{})
	began := time.Now()
	for time.Since(began) < 350*time.Millisecond {
		bar.Add(1)
	}
	took := time.Since(began)
	bar.Done()
	if most := 3 + int(took/drawEvery); p.drawings > most || p.drawings < 3 {
		t.Errorf("%d drawings in %v", p.drawings, took)
	}
}

func TestNestedProgress(t *testing.T) {
	p := openPage(t)
	for range Range(3, "rounds") {
		inner := NewProgress(ProgressOptions{Total: 2, Label: "training"})
		inner.Add(2)
		if last := p.texts()[0]; !strings.Contains(last, "rounds") || !strings.Contains(last, "\ntraining") {
			t.Errorf("%q", last)
		}
		inner.Done()
	}
	if texts := p.texts(); len(texts) != 1 || !strings.HasPrefix(texts[0], "rounds 100%") || strings.Contains(texts[0], "training") {
		t.Errorf("%q", texts)
	}
	// A bar that its cell left behind does not catch those of the next cell.
	NewProgress(ProgressOptions{Label: "left behind"})
	p.mu.Lock()
	p.cell++
	p.mu.Unlock()
	for range Range(1, "next") {
	}
	if texts := p.texts(); len(texts) != 3 || !strings.HasPrefix(texts[2], "next 100%") {
		t.Errorf("%q", texts)
	}
}

func TestProgressThatEndsSoonIsNotSeen(t *testing.T) {
	p := openPage(t)
	for range 50 {
		bar := NewProgress(ProgressOptions{Total: 1, After: time.Hour})
		bar.Add(1)
		bar.Done()
	}
	var zero Progress
	zero.Add(3)
	zero.Set(4)
	zero.SetTotal(5)
	zero.Done()
	var none *Progress
	none.Add(1)
	none.Set(1)
	none.SetTotal(1)
	none.Done()
	if texts := p.texts(); len(texts) != 1 || !strings.Contains(texts[0], "4/5 steps") || none.Count() != 0 {
		t.Errorf("%q", texts)
	}
}

func TestRangeStopsEarly(t *testing.T) {
	p := openPage(t)
	for i := range Range(10, "") {
		if i == 4 {
			break
		}
	}
	if texts := p.texts(); len(texts) != 1 || !strings.Contains(texts[0], "4/10") {
		t.Errorf("%q", texts)
	}
}

func TestNumbersOfProgress(t *testing.T) {
	for _, x := range []struct {
		state state
		want  string
	}{
		{state{count: 12, total: 30, unit: "runs", elapsed: 3 * time.Second}, "12/30 runs, 4 runs/s, 3.0 s, 4.5 s left"},
		{state{count: 1, total: 3, unit: "epochs", elapsed: time.Minute}, "1/3 epochs, 60 s each, 1:00 min, 2:00 min left"},
		{state{count: 20000, unit: "steps", elapsed: 2 * time.Hour, done: true}, "20,000 steps, 2.8 steps/s, 2:00 h"},
		{state{unit: "steps"}, "0 steps, 0.0 s"},
	} {
		if got := x.state.numbers(); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	if got := blocks(0.5, 3); got != "▕█▌ ▏" {
		t.Errorf("%q", got)
	}
	long := state{label: strings.Repeat("τ", 100), total: 5, unit: "steps"}
	if n := len([]rune(joinLines([]state{long, long}, 79))); n != 79 {
		t.Errorf("a line for 79 columns has %d", n)
	}
}

func TestTerminalSavesPictures(t *testing.T) {
	t.Chdir(t.TempDir())
	var out bytes.Buffer
	host := newTerminal()
	host.out = &out
	SetHost(host)
	defer SetHost(nil)
	Display(42, line("one", 10))
	h := DisplayID("", PNG("not really"))
	h.Update(PNG("other"))
	UpdateDisplay(h.ID(), SVG("<svg/>"))
	ClearOutput(true)
	want := "42\nfigure-1.png: Plot “one”: V (mV) & <more> from -70 to -69.1 against time (ms) from 0 to 0.09.\nfigure-2.png: PNG picture\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if data, err := os.ReadFile("figure-2.png"); err != nil || string(data) != "<svg/>" {
		t.Errorf("figure-2.png holds %q, %v", data, err)
	}
	if files, _ := filepath.Glob("*"); len(files) != 2 {
		t.Errorf("%v", files)
	}
}
