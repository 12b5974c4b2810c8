package sbi

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"hillock/internal/callback"
	"hillock/internal/sharing"
	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// TrainAll is Train of several inferences side by side, as many at a time as there are
// cores: the members of an ensemble, or estimators that are compared. A training in
// small batches can't keep all cores busy. What each learns does not depend on those
// beside it. The cores are shared out among those that run at the same time, unless
// Options.Goroutines says how many each may have.
//
//	for k := range members {
//		members[k] = must(sbi.NewNPE(prior, sbi.Options{Seed: uint64(k), Name: fmt.Sprint("member ", k)}))
//		must(members[k].Append(thetas, xs))
//	}
//	must(sbi.TrainAll(ctx, members...))
//
// One bar counts the trainings, with a line for each that runs; in the end each has a
// line and its losses, under its Options.Name.
//
// The first failure stops the others, which then are as after a Train that was stopped.
// It fails at once when an inference is nil or there twice, or when two share an
// embedding that one of them retrains: give each a copy of its own.
func TrainAll(ctx context.Context, inferences ...*Inference) ([]TrainReport, error) {
	for i, s := range inferences {
		if err := s.begun(); err != nil {
			return nil, fmt.Errorf("inference %d: %w", i, err)
		}
		if first := slices.Index(inferences, s); first < i {
			return nil, fmt.Errorf("sbi: inferences %d and %d are the same; make another for each training", first, i)
		}
	}
	if first, second, shared := sharing.Retrained(len(inferences), func(i int) (nn.Module, bool) {
		return inferences[i].o.Embedding, inferences[i].o.Retrain
	}); shared {
		return nil, fmt.Errorf("sbi: inferences %d and %d share an embedding that is retrained; give each a copy of its own", first, second)
	}
	cores := runtime.GOMAXPROCS(0)
	beside := min(cores, max(len(inferences), 1))
	within, stop := context.WithCancel(ctx)
	defer stop()
	reports, failed := make([]TrainReport, len(inferences)), make([]error, len(inferences))
	views := make([]*roundView, len(inferences))
	bar := trainingsBar(inferences)
	err := callback.Each(within, beside, len(inferences), func(i int) {
		s := inferences[i]
		given := s.o
		if s.o.Goroutines == 0 {
			s.o.Goroutines = cores / beside
		}
		if s.o.Name == "" {
			s.o.Name = fmt.Sprintf("inference %d", i)
		}
		s.watched = &views[i]
		done := false
		defer func() {
			s.o.Goroutines, s.o.Name, s.watched = given.Goroutines, given.Name, nil
			if !done { // it may have panicked
				stop()
			}
		}()
		reports[i], failed[i] = s.Train(within)
		if done = failed[i] == nil; done && bar != nil {
			bar.Add(1)
		}
	})
	if bar != nil {
		bar.Done()
	}
	for _, v := range views {
		v.again()
	}
	var panicked *callback.Panicked
	if errors.As(err, &panicked) {
		return nil, fmt.Errorf("sbi: %w", err)
	}
	for i, failure := range failed {
		if failure != nil && (ctx.Err() != nil || !errors.Is(failure, context.Canceled)) {
			return nil, fmt.Errorf("inference %d: %w", i, failure) // not one of those that were stopped for it
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sbi: %w", err)
	}
	return reports, nil
}

// trainingsBar counts trainings, with a line for each that runs; nil when all are quiet.
func trainingsBar(inferences []*Inference) *notebook.Progress {
	if !slices.ContainsFunc(inferences, func(s *Inference) bool { return !s.o.Quiet }) {
		return nil
	}
	return notebook.NewProgress(notebook.ProgressOptions{
		Total: len(inferences), Label: fmt.Sprintf("%d trainings", len(inferences)), Unit: "trainings", After: progressAfter,
	})
}
