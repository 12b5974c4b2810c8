package study

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"hillock/internal/filelock"
	"hillock/stdlib/nn"
	"hillock/stdlib/notebook"
)

// Recipe is how the studies train an autoencoder. At the paper's scale it is the
// thesis's (section 3.3, figure 7): learning rate 1e-4, batches of 32, a warm-up
// over 2,000 batches and a decay from epoch 70, of which the thesis does not say
// how strong; 0.97 an epoch here. At the other scales it makes the most of few
// epochs: batches of 16, a learning rate that grows to 2e-3 over 100 batches, stays
// for three tenths of the epochs and falls to 3 % of that by the last. It was chosen
// by the validation loss on emulated 4D data.
func Recipe(at Scale, epochs int, seed uint64) nn.TrainOptions {
	if at == Paper {
		return nn.TrainOptions{Epochs: epochs, LR: 1e-4, Seed: seed, Patience: 20,
			Schedule: nn.Schedule{WarmUpBatches: 2000, WarmUpEvery: 100, DecayFrom: 70, Decay: 0.97}}
	}
	from := 3 * epochs / 10
	return nn.TrainOptions{Epochs: epochs, Batch: 16, LR: 2e-3, Seed: seed, Patience: -1,
		Schedule: nn.Schedule{WarmUpBatches: 100, DecayFrom: from, Decay: math.Pow(0.03, 1/float64(max(epochs-1-from, 1)))}}
}

// Train trains a module as nn.Train does, and keeps weights and history in a file
// whose name begins with path; a call with the same path, samples and options reads
// them. A training that was stopped goes on from its last epoch, one that another
// process does is waited for. The loss functions and the module's kind are not part of
// what is compared: give each its own path.
func Train(ctx context.Context, m nn.Module, data nn.Split, o nn.TrainOptions, path string) (*nn.History, error) {
	if data.Train == nil || data.Validation == nil {
		return nil, errors.New("study: want samples to train on and to validate on")
	}
	kind := fmt.Sprintf("%d epochs, batch %d, rate %g, %+v, clip %g, patience %d, threshold %g, seed %d, %d samples, %d parameters",
		o.Epochs, o.Batch, o.LR, o.Schedule, o.ClipNorm, o.Patience, o.Threshold, o.Seed, data.Train.Len(), nn.CountParameters(m))
	file := fmt.Sprintf("%s-%.4x.safetensors", path, sha256.Sum256([]byte(kind)))
	history, err := load(file, m)
	if !errors.Is(err, fs.ErrNotExist) {
		return history, err
	}
	lock, err := waitFor(ctx, file, o.Quiet)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if history, err := load(file, m); !errors.Is(err, fs.ErrNotExist) {
		return history, err // another process was done with it first
	}
	o.Checkpoint = file + ".checkpoint"
	if history, err = nn.Train(ctx, m, data, o); err != nil {
		return history, err
	}
	text, err := json.Marshal(history)
	if err != nil {
		return nil, fmt.Errorf("study: keep the training: %w", err)
	}
	if err := nn.Save(file, m, map[string]string{"history": string(text), "training": kind}); err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	// Where files have no locks another process that trained the same may have removed it.
	if err := os.Remove(o.Checkpoint); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return history, fmt.Errorf("study: %w", err)
	}
	return history, nil
}

// waitFor locks the training that is kept in a file, and shows that it waits while
// another process does it.
func waitFor(ctx context.Context, file string, quiet bool) (*os.File, error) {
	var bar *notebook.Progress
	lock, err := filelock.Lock(ctx, lockOf(file), func() {
		if !quiet {
			bar = notebook.NewProgress(notebook.ProgressOptions{Label: "another process trains this; waiting for it", Unit: "trainings"})
		}
	})
	bar.Done()
	if err != nil {
		return nil, fmt.Errorf("study: train %s: %w", file, err)
	}
	return lock, nil
}

// lockOf is the file whose lock guards another, which it stands beside.
func lockOf(file string) string {
	return filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+".lock")
}

// load reads what Train kept.
func load(file string, m nn.Module) (*nn.History, error) {
	if err := nn.Load(file, m); err != nil {
		return nil, fmt.Errorf("study: %w; remove the file to train anew", err)
	}
	reader, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("study: %w", err)
	}
	defer reader.Close()
	_, metadata, err := nn.ReadSafetensors(reader)
	if err != nil {
		return nil, fmt.Errorf("study: %s: %w", file, err)
	}
	history := &nn.History{}
	if err := json.Unmarshal([]byte(metadata["history"]), history); err != nil {
		return nil, fmt.Errorf("study: %s holds no history of a training: %w; remove it to train anew", file, err)
	}
	return history, nil
}
