package magic

import (
	"context"
	"errors"
	"fmt"
	"go/parser"
	"math"
	"time"

	"hillock/kernel/interp"
)

// time runs a statement and says how long it took.
func (r *Runner) time(ctx context.Context, c call) Result {
	start := time.Now()
	result := r.Session.Run(ctx, c.code(c.text))
	r.tell(time.Since(start), result.Err)
	return Result{Result: result}
}

// timeRest runs the rest of a cell and says how long it took.
func (r *Runner) timeRest(ctx context.Context, cell interp.Cell, parts []Part) Result {
	start := time.Now()
	result := done()
	for _, p := range parts {
		one := cell
		one.Code = p.Text
		var next Result
		if p.Name == "" {
			next = Result{Result: r.Session.Run(ctx, one)}
		} else {
			next = commands[p.Name](r, ctx, call{cell: cell, line: p.Line, text: p.Text})
		}
		next.Pages = append(result.Pages, next.Pages...)
		if result = next; result.Err != nil {
			break
		}
	}
	r.tell(time.Since(start), result.Err)
	return result
}

// tell says how long something took, unless it was refused.
func (r *Runner) tell(took time.Duration, err error) {
	var refused *interp.CompileError
	if !errors.As(err, &refused) {
		fmt.Fprintln(r.Stdout, "time:", round(took))
	}
}

// Times of %timeit.
const (
	timeitLeast = 200 * time.Millisecond // a run of many loops takes at least
	timeitRuns  = 5
)

// timeit runs a statement often and says how long it takes.
func (r *Runner) timeit(ctx context.Context, c call) Result {
	if c.text == "" {
		return failed(errNoArgument("%timeit", "%timeit math.Exp(1)"))
	}
	statement := c.text
	run := func(n int) (time.Duration, error) {
		start := time.Now()
		result := r.Session.Run(ctx, c.code(fmt.Sprintf("for range %d { %s }", n, statement)))
		return time.Since(start), result.Err
	}
	_, err := run(1)
	var refused *interp.CompileError
	if errors.As(err, &refused) {
		// An expression that is no call is no statement.
		if _, invalid := parser.ParseExpr(c.text); invalid == nil {
			statement = "_ = " + c.text
			if _, again := run(1); again == nil {
				err = nil
			}
		}
	}
	n := 1
	for err == nil {
		var took time.Duration
		if took, err = run(n); took >= timeitLeast || n >= 1<<40 {
			break
		}
		n *= max(2, min(10, int(timeitLeast/(took+1))))
	}
	var times []float64
	for range timeitRuns {
		if err != nil {
			return failed(err)
		}
		var took time.Duration
		took, err = run(n)
		times = append(times, float64(took)/float64(n))
	}
	if err != nil {
		return failed(err)
	}
	mean, deviation := moments(times)
	fmt.Fprintf(r.Stdout, "%s ± %s a loop (mean ± standard deviation of %d runs of %d loops)\n",
		nanoseconds(mean), nanoseconds(deviation), timeitRuns, n)
	return done()
}

// moments gives the mean and the standard deviation.
func moments(x []float64) (mean, deviation float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / float64(len(x)-1)
	}
	return mean, math.Sqrt(deviation)
}

// round keeps three or four digits of a duration.
func round(d time.Duration) string { return nanoseconds(float64(d)) }

// nanoseconds writes a duration with three digits and the unit that fits.
func nanoseconds(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.3g ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.3g µs", ns/1e3)
	case ns < 1e9:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	case ns < 1e11:
		return fmt.Sprintf("%.3g s", ns/1e9)
	default:
		return time.Duration(ns).Round(time.Second).String()
	}
}
