package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"hillock/stdlib/sbi"
)

// What a run's words mean.
var (
	densities = map[string]sbi.Density{"MAF": sbi.MAF{}, "NSF": sbi.NSF{}}
	supports  = map[string]sbi.Support{"probit": sbi.BoxProbit, "logit": sbi.BoxLogit, "unbounded": sbi.Unbounded}
	rounds    = map[string]int{"NPE": 1, "SNPE": 10, "TSNPE": 10}
)

// trainings keeps the inferences that serve several observations, and on disk,
// after every round, all that are not done.
type trainings struct {
	root   string // of the repository, where tasks have their files
	folder string // "" means none
	lock   sync.Mutex
	kept   map[string]*training
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
		return train(ctx, t.root, r, observation, t.file(r))
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
	one.once.Do(func() { one.inf, one.err = train(ctx, t.root, r, nil, t.file(r)) })
	return one.inf, one.err
}

// file names the file of an inference, which a stopped run goes on from.
func (t *trainings) file(r Run) string {
	if t.folder == "" {
		return ""
	}
	name := r.String()
	if r.Training != 0 {
		name += " for several"
	}
	return filepath.Join(t.folder, strings.NewReplacer(" ", "-", "#", "").Replace(name)+".inference")
}

// done removes what is kept of a run that has its result.
func (t *trainings) done(r Run) error {
	file := t.file(r)
	if file == "" || r.Training != 0 {
		return nil
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// train runs an inference at the benchmark's settings, or the rest of it when its
// file holds rounds.
func train(ctx context.Context, root string, r Run, observation []float64, file string) (*sbi.Inference, error) {
	task, err := find(root, r.Task)
	if err != nil {
		return nil, err
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
		Batch: min(10_000, r.Simulations/n), Goroutines: 1, Seed: uint64(r.Observation), Quiet: true, Checkpoint: file,
	})
	for err == nil && len(inf.Reports()) < n {
		_, err = inf.Round(ctx, task.simulator, r.Simulations/n)
	}
	return inf, err
}
