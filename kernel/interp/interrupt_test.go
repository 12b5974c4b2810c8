package interp

import (
	"context"
	"errors"
	"testing"
	"time"
)

// interrupt runs a cell and interrupts it when it has begun.
func (b *book) interrupt(code string) error {
	b.t.Helper()
	b.count++
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		time.Sleep(50 * time.Millisecond)
		cancel()
	}()
	return b.session.Run(ctx, Cell{Name: "cell[1]", Count: b.count, Code: code}).Err
}

func TestInterruptStopsEverythingThatWaits(t *testing.T) {
	tests := map[string]string{
		"loop":               "for {}",
		"loop with a body":   "n := 0\nfor { n++ }",
		"goto":               "a:\ngoto a",
		"recursion":          "var f func(n int) int\nf = func(n int) int { if n == 0 { return 0 }; return f(n-1) + f(n-1) }\nf(60)",
		"sleep":              "time.Sleep(time.Hour)",
		"receive":            "<-make(chan int)",
		"receive with ok":    "_, ok := <-make(chan int)\n_ = ok",
		"send":               "make(chan int) <- 1",
		"nil channel":        "var c chan int\n<-c",
		"range of channel":   "for range make(chan int) {}",
		"select":             "select { case <-make(chan int): case <-make(chan string): }",
		"empty select":       "select {}",
		"wait group":         "var wg sync.WaitGroup\nwg.Add(1)\nwg.Wait()",
		"context":            "<-ctx.Done()",
		"callback":           "sort.Slice(make([]int, 1000), func(i, j int) bool { for {} })",
		"recovering loop":    "func() { defer func() { recover() }(); for {} }()\nfor {}",
		"range over int":     "for range 1 << 60 {}",
		"range over func":    "for range func(yield func() bool) { for yield() {} } {}",
		"deferred function":  "defer func() { for {} }()",
		"loop in a function": "func f() { for { continue } }\nf()",
		"functions in turn":  "func f(n int) int { if n == 0 { return 0 }; return g(n-1) + g(n-1) }\nfunc g(n int) int { return f(n) + f(n) }\nf(60)",
		"declared callback":  "func never(r rune) bool { return r == 'b' }\nstrings.IndexFunc(strings.Repeat(\"a\", 1<<26), never)",
		"method in a loop":   "type T struct{ n int }\nfunc (t *T) up() { t.n++ }\nfor t := new(T); ; t.up() {}",
	}
	for name, code := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			b.want("import (\"time\"; \"sync\"; \"sort\"; \"strings\")\nkept := 41", "")
			if err := b.interrupt(code); !errors.Is(err, ErrInterrupted) {
				t.Fatalf("the cell ended with %v", err)
			}
			b.want("kept + 1", "42")
		})
	}
}

// What a call that was stopped says of itself is passed on: how much is done, how to go on.
func TestInterruptPassesOnWhatTheCallSays(t *testing.T) {
	b := newBook(t)
	b.want("import \"fmt\"", "")
	err := b.interrupt("must(func() (int, error) { <-ctx.Done(); return 0, fmt.Errorf(\"half was done: %w\", ctx.Err()) }())")
	if !errors.Is(err, ErrInterrupted) || err.Error() != "interrupted: half was done" {
		t.Errorf("the cell ended with %v", err)
	}
	err = b.interrupt("must(func() (int, error) { <-ctx.Done(); return 0, ctx.Err() }())")
	if !errors.Is(err, ErrInterrupted) || err.Error() != "interrupted" {
		t.Errorf("the cell ended with %v", err)
	}
}

func TestInterruptSparesDeferredFunctions(t *testing.T) {
	for _, code := range []string{"for {}", "time.Sleep(time.Hour)", "<-make(chan int)", "make(chan int) <- 1", "select {}", "select { case <-make(chan int): }", "group.Wait()"} {
		b := newBook(t)
		b.want("import (\"sync\"; \"time\")\ndone := 0\nvar group sync.WaitGroup\ngroup.Add(1)", "")
		if err := b.interrupt("defer func() { for range 3 { done++ } }()\n" + code); !errors.Is(err, ErrInterrupted) {
			t.Fatal(err)
		}
		if got, err := b.run("done"); got != "3" {
			t.Errorf("after %s the deferred function came to %s, %v; want 3", code, got, err)
		}
	}
}

func TestInterruptKeepsFunctionsClosuresAndGoroutines(t *testing.T) {
	b := newBook(t)
	b.want(`import ("sync/atomic"; "time")
n := 0
closure := func() int { n++; return n }
func made() func() int { k := 10; return func() int { k++; return k } }
inner := made()
var ticks atomic.Int64
stop := make(chan bool)
go func(stop chan bool, ticks *atomic.Int64) {
	for {
		select {
		case <-stop:
			return
		default:
			ticks.Add(1)
			for range 100 {}
			time.Sleep(time.Millisecond)
		}
	}
}(stop, &ticks)
deferred := false`, "")
	if err := b.interrupt("defer func() { deferred = true }()\nfor {}"); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	b.want("closure() + inner()", "12")
	b.want("deferred", "true")
	b.want("before := ticks.Load()\nfor ticks.Load() < before + 3 { time.Sleep(time.Millisecond) }\nticks.Load() > before", "true")
	b.want("stop <- true", "")
}

// Compiled code calls these on goroutines of its own.
func TestInterruptStopsWhatCompiledCodeCallsElsewhere(t *testing.T) {
	tests := map[string]string{
		"loop":               "for {}",
		"recovering loop":    "func() { defer func() { recover() }(); for {} }()\nfor {}",
		"deferred function":  "defer func() { for {} }()",
		"loop in a function": "spin()",
		"sleep":              "time.Sleep(time.Hour)",
		"receive":            "<-make(chan int)",
		"select":             "select {}",
	}
	for name, body := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBook(t)
			b.want(`import ("time"; "math/rand/v2"; "sync/atomic"; "hillock/stdlib/sbi")
kept := 41
var deferred atomic.Int64
func spin() { for n := 0; ; n++ {} }
inf := must(sbi.NewNPE(sbi.BoxUniform([]float64{0}, []float64{1}, "a"), sbi.Options{Seed: 1, MaxEpochs: 2}))
good := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) { return []float64{theta[0] + rng.NormFloat64()}, nil })`, "")
			began := time.Now()
			err := b.interrupt("must(inf.Round(ctx, sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) {\ndefer func() { for range 3 { deferred.Add(1) } }()\n" + body + "\nreturn theta, nil\n}), 20))")
			if !errors.Is(err, ErrInterrupted) {
				t.Fatalf("the cell ended with %v", err)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("the cell ended after %v", took)
			}
			b.want("kept + 1", "42")
			b.want("deferred.Load() >= 3 && deferred.Load() % 3 == 0", "true")
			b.want("r := must(inf.Round(ctx, good, 100))\nr.Failed", "0")
		})
	}
}

// What cells have started to outlive them goes on: with a goroutine, with compiled
// code whose context goes on, and in a wait group, where a panic would end the
// process.
func TestInterruptLeavesOtherGoroutinesAlone(t *testing.T) {
	b := newBook(t)
	b.want(`import ("context"; "math/rand/v2"; "sync"; "sync/atomic"; "time"; "hillock/stdlib/sbi")
var stop atomic.Bool
var ticks [3]atomic.Int64
func tick(i int) { for !stop.Load() { ticks[i].Add(1) } }
background, cancel := context.WithCancel(context.WithoutCancel(ctx))
ended := make(chan error, 1)
go tick(0)
go func() {
	_, err := sbi.SimulatorFunc(func(theta []float64, rng *rand.Rand) ([]float64, error) { tick(1); return theta, nil }).Simulate(background, [][]float64{{0}}, 1)
	ended <- err
}()
var group sync.WaitGroup
group.Go(func() { tick(2) })
func moving() bool {
	for i := range ticks {
		before := ticks[i].Load()
		for begin := time.Now(); ticks[i].Load() < before + 3; time.Sleep(time.Millisecond) {
			if time.Since(begin) > 10 * time.Second { return false }
		}
	}
	return true
}
moving()`, "true")
	if err := b.interrupt("for {}"); !errors.Is(err, ErrInterrupted) {
		t.Fatal(err)
	}
	b.want("moving()", "true")
	b.want("stop.Store(true)\ngroup.Wait()\n(<-ended) == nil", "true")
}
