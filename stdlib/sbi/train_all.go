package sbi

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	reports, views := make([]TrainReport, len(inferences)), make([]*roundView, len(inferences))
	bar := trainingsBar(inferences)
	which, err := sharing.SideBySide(ctx, len(inferences), func(ctx context.Context, i, goroutines int) (err error) {
		s := inferences[i]
		given := s.o
		defer func() { s.o.Goroutines, s.o.Name, s.watched = given.Goroutines, given.Name, nil }()
		s.o.Goroutines, s.o.Name = cmp.Or(s.o.Goroutines, goroutines), cmp.Or(s.o.Name, fmt.Sprintf("inference %d", i))
		s.watched = &views[i]
		if reports[i], err = s.Train(ctx); err == nil && bar != nil {
			bar.Add(1)
		}
		return err
	})
	if bar != nil {
		bar.Done()
	}
	for _, v := range views {
		v.again()
	}
	switch {
	case err == nil:
		return reports, nil
	case which < 0:
		return nil, fmt.Errorf("sbi: %w", err)
	}
	return nil, fmt.Errorf("inference %d: %w", which, err)
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
