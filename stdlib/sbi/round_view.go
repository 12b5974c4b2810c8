package sbi

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/internal/grouped"
	"hillock/stdlib/notebook"
	"hillock/stdlib/viz"
)

// roundView shows how a round goes: a line that says what it is doing and what
// came of it, and below it the losses of the training.
type roundView struct {
	s       *Inference
	round   int
	bar     *notebook.Progress
	started time.Time
	fitting time.Time // when training began
	epochs  int       // of it so far
	label   string
	text    string // what the line said last

	finished bool
}

// tell has the line say something else.
func (v *roundView) tell(text string) {
	v.text = text
	v.bar.Say(text)
}

// watch begins the view of a round, unless there is one. Who began it
// ends it by calling done.
func (s *Inference) watch(round int) (done func()) {
	if s.o.Quiet || s.view != nil {
		return func() {}
	}
	v := &roundView{s: s, round: round, started: time.Now(), label: "round " + strconv.Itoa(round)}
	if s.o.Name != "" {
		v.label = s.o.Name + ", " + v.label
	}
	v.bar = notebook.NewProgress(notebook.ProgressOptions{Label: v.label, After: progressAfter})
	s.view = v
	return func() {
		if !v.finished {
			v.unfinished()
		}
		v.bar.Done()
		s.view = nil
		if s.watched != nil {
			*s.watched = v
		}
	}
}

// again shows the last state of a view whose line went, being one of several.
func (v *roundView) again() {
	if v == nil {
		return
	}
	line := notebook.NewProgress(notebook.ProgressOptions{Label: v.label})
	line.Say(v.text)
	line.Done()
}

// simulating says how many parameters are tried.
func (v *roundView) simulating(n int, acceptance float64) {
	if v == nil {
		return
	}
	parts := append([]string{fmt.Sprintf("simulating %d", n)}, accepted(acceptance)...)
	if v.s.changed != "" {
		parts = append(parts, "warning: "+v.s.changed)
	}
	v.tell(strings.Join(parts, ", "))
}

// unfinished says of a round that was stopped or failed what there is of it.
func (v *roundView) unfinished() {
	parts := []string{"not finished"}
	if p := v.s.pending; p.Round == v.round && p.Simulations > 0 {
		text := fmt.Sprintf("%s simulations are kept", grouped.Int(p.Simulations-p.Failed))
		if p.Failed > 0 {
			text += fmt.Sprintf(" (%d more failed)", p.Failed)
		}
		parts = append(parts, text)
	}
	if v.epochs > 0 {
		parts = append(parts, fmt.Sprintf("its training ended in epoch %d", v.epochs+1))
	}
	v.tell(strings.Join(append(parts, notebook.Span(time.Since(v.started))), ", "))
}

// sayResumed shows what a checkpoint held: a cell that is run again would otherwise do
// more than it says, without a word.
func (s *Inference) sayResumed() {
	held := fmt.Sprintf("%s simulations, not trained yet", grouped.Int(len(s.thetas)))
	if n := len(s.reports); n > 0 {
		held = fmt.Sprintf("round %d, %s simulations", n, grouped.Int(len(s.thetas)))
	}
	s.say(fmt.Sprintf("goes on from %s: %s", s.resumed, held))
}

// sayRemark shows what to know about the posterior for an observation, of the first
// such one after a training: few print the posterior itself. That of
// Options.Observation is in the round's report.
func (s *Inference) sayRemark(x []float64, remark string) {
	if n := int64(len(s.reports)); remark != "" && !slices.Equal(x, s.o.Observation) && s.remarked.Swap(n) != n {
		s.say("posterior given " + brief(x) + ": " + remark)
	}
}

// say shows a line of the inference.
func (s *Inference) say(text string) {
	if s.o.Quiet {
		return
	}
	label := "inference"
	if s.o.Name != "" {
		label = s.o.Name
	}
	bar := notebook.NewProgress(notebook.ProgressOptions{Label: label})
	bar.Say(text)
	bar.Done()
}

// accepted says how much of the proposal lies within the prior, where that is
// less than all.
func accepted(acceptance float64) []string {
	if acceptance <= 0 || acceptance >= 0.9995 {
		return nil
	}
	return []string{fmt.Sprintf("acceptance %.3g %%", 100*acceptance)}
}

// title stands above the losses.
func (v *roundView) title() string {
	if v.s.o.Name != "" {
		return fmt.Sprintf("%s: loss of round %d", v.s.o.Name, v.round)
	}
	return fmt.Sprintf("Loss of round %d", v.round)
}

// epoch shows the state of the training after an epoch.
func (v *roundView) epoch(r TrainReport) {
	if v == nil {
		return
	}
	if v.fitting.IsZero() {
		v.fitting = time.Now() // less the first epoch
	}
	n := len(r.Train)
	v.epochs = n
	parts := []string{
		fmt.Sprintf("epoch %d", n),
		fmt.Sprintf("training loss %s", minus("%.3f", r.Train[n-1])),
		fmt.Sprintf("validation %s", minus("%.3f", r.Validation[n-1])),
		fmt.Sprintf("best %s at %d", minus("%.3f", r.Validation[r.Best]), r.Best+1),
	}
	parts = append(parts, v.came()...)
	parts = append(parts, notebook.Span(time.Since(v.started)))
	if n > 1 {
		each := time.Since(v.fitting) / time.Duration(n-1)
		least := min(v.s.o.Patience-(n-1-r.Best), v.s.o.MaxEpochs-n)
		parts = append(parts, notebook.Span(each*time.Duration(max(0, least)))+" left or more")
	}
	v.tell(strings.Join(parts, ", "))
	v.s.live.Show(r, v.title())
}

// came says what came of the simulations.
func (v *roundView) came() []string {
	parts := accepted(v.s.pending.Acceptance)
	if f := v.s.pending.Failed; f > 0 {
		parts = append(parts, fmt.Sprintf("%s of %s simulations failed", grouped.Int(f), grouped.Int(v.s.pending.Simulations)))
	}
	if w := v.s.pending.Warning; w != "" {
		parts = append(parts, "warning: "+w)
	}
	return parts
}

// trained leaves the last state of a training.
func (v *roundView) trained(r TrainReport) {
	if v == nil || len(r.Train) == 0 {
		return
	}
	parts := []string{
		fmt.Sprintf("%s simulations", grouped.Int(v.s.pending.Simulations)),
		fmt.Sprintf("%d epochs", len(r.Train)),
		fmt.Sprintf("validation loss %s", minus("%.3f", r.Validation[r.Best])),
	}
	parts = append(append(parts, v.came()...), notebook.Span(time.Since(v.started)))
	v.tell(strings.Join(parts, ", "))
	v.s.live.Done(r, v.title())
}

// minus writes a number with a true minus.
func minus(format string, v float64) string {
	return strings.Replace(fmt.Sprintf(format, v), "-", "−", 1)
}

// quiet marks a context whose simulations show no progress.
type quiet struct{}

func (s *Inference) simulatorContext(ctx context.Context) context.Context {
	if s.o.Quiet {
		return context.WithValue(ctx, quiet{}, true)
	}
	return ctx
}

var _ viz.Trained = TrainReport{}
