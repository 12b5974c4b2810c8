package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"hillock/stdlib/sbi"
)

// What a run's words mean.
var (
	densities = map[string]sbi.Density{"MAF": sbi.MAF{}, "NSF": sbi.NSF{}}
	supports  = map[string]sbi.Support{"probit": sbi.BoxProbit, "logit": sbi.BoxLogit, "unbounded": sbi.Unbounded}
	rounds    = map[string]int{"NPE": 1, "SNPE": 10, "TSNPE": 10}
)

// trainings keeps the inferences that serve several observations.
type trainings struct {
	lock sync.Mutex
	kept map[string]*training
}

// training is one of them; whoever comes first does it, and others wait.
type training struct {
	once sync.Once
	inf  *sbi.Inference
	err  error
}

// of gives the trained inference of a run.
func (t *trainings) of(ctx context.Context, r Run, observation []float64) (*sbi.Inference, error) {
	if r.Training == 0 {
		return train(ctx, r, observation)
	}
	r.Observation = r.Training
	t.lock.Lock()
	if t.kept == nil {
		t.kept = map[string]*training{}
	}
	one := t.kept[r.String()]
	if one == nil {
		one = &training{}
		t.kept[r.String()] = one
	}
	t.lock.Unlock()
	one.once.Do(func() { one.inf, one.err = train(ctx, r, nil) })
	return one.inf, one.err
}

// train runs an inference at the benchmark's settings.
func train(ctx context.Context, r Run, observation []float64) (*sbi.Inference, error) {
	task, ok := tasks[r.Task]
	if !ok {
		return nil, errors.New("no such task")
	}
	density, ok := densities[r.Density]
	if !ok {
		return nil, errors.New("no such family")
	}
	support, ok := supports[r.Support]
	if !ok {
		return nil, errors.New("no such support")
	}
	n, ok := rounds[r.Algorithm]
	if !ok {
		return nil, fmt.Errorf("no such algorithm")
	}
	inf, err := sbi.NewSNPE(task.prior, sbi.Options{
		Density: density, Support: support, Observation: observation, Truncated: r.Algorithm == "TSNPE",
		Batch: min(10_000, r.Simulations/n), Goroutines: 1, Seed: uint64(r.Observation), Quiet: true,
	})
	for range n {
		if err == nil {
			_, err = inf.Round(ctx, task.simulator, r.Simulations/n)
		}
	}
	return inf, err
}
