package main

import (
	"context"
	"os"
	"runtime"
	"slices"
	"time"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
)

// measureAdEx compares simulations of one and of 1,000 neurons with Brian 2, both
// on one thread, and gives the thousand on two.
func measureAdEx(ctx context.Context, b *bench) ([]Result, error) {
	var brian struct {
		Version       string
		One, Thousand float64
	}
	if err := b.measured(ctx, &brian, "neurons.txt", "neurons.py"); err != nil {
		return nil, err
	}
	stimulus := adex.Step{I: 2000, Runtime: 100}
	one, err := median(201, func() error {
		_, err := adex.Simulate(ctx, adex.Table4(), stimulus, adex.Options{})
		return err
	})
	if err != nil {
		return nil, err
	}
	sets := adex.Draw(1000, adex.Table2(), 1)
	var last *adex.Batch
	thousand := func(threads int, reuse bool) func() error {
		return func() error {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			o := adex.Options{}
			if reuse {
				o.Reuse = last
			}
			batch, err := adex.SimulateBatch(ctx, sets, stimulus, o)
			if reuse {
				last = batch
			}
			return err
		}
	}
	times, err := medians(31, thousand(1, false), thousand(2, false), thousand(1, true), thousand(2, true))
	if err != nil {
		return nil, err
	}
	peer := "Brian 2 " + brian.Version + ", cython"
	return []Result{
		{Name: "adex/one-trace/brian2-cython", Unit: "ms", Ours: one, Peer: &brian.One, PeerName: &peer},
		{Name: "adex/1000-traces/brian2-cython", Unit: "ms", Ours: times[0], Peer: &brian.Thousand, PeerName: &peer},
		{Name: "adex/1000-traces/two-threads", Unit: "ms", Ours: times[1]},
		{Name: "adex/1000-traces/reused-memory", Unit: "ms", Ours: times[2]},
		{Name: "adex/1000-traces/reused-memory/two-threads", Unit: "ms", Ours: times[3]},
	}, nil
}

// measureChip times 1,000 emulated experiments of 640 µs.
func measureChip(ctx context.Context, _ *bench) ([]Result, error) {
	neuron := bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0)
	configs := bss2.Ranges4D().Draw(1000, 1)
	ms, err := median(7, func() error {
		_, err := neuron.RunAll(ctx, configs, bss2.Experiment{Points: 1024})
		return err
	})
	return []Result{{Name: "bss2/1000-experiments", Unit: "ms", Ours: ms}}, err
}

// measureDataset times the thesis's dataset of 200,000 traces, to disk.
func measureDataset(ctx context.Context, _ *bench) ([]Result, error) {
	dir, err := os.MkdirTemp("", "hillock-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ms, err := median(1, func() error {
		_, err := dataset.Generate(ctx, dir, dataset.AdEx{Ranges: adex.Table2()}, 200_000, dataset.Options{Seed: 213})
		return err
	})
	return []Result{{Name: "dataset/200000-traces", Unit: "s", Ours: ms / 1000}}, err
}

// median times f in ms. Before several runs comes one that does not count.
func median(runs int, f func() error) (float64, error) {
	times, err := medians(runs, f)
	if err != nil {
		return 0, err
	}
	return times[0], nil
}

// medians times some functions in ms, in turns, so that their ratios are those of
// the same moments. Before several runs comes one that does not count.
func medians(runs int, fs ...func() error) ([]float64, error) {
	times := make([][]float64, len(fs))
	for run := range runs + min(1, runs-1) {
		for i, f := range fs {
			start := time.Now()
			if err := f(); err != nil {
				return nil, err
			}
			if run > 0 || runs == 1 {
				times[i] = append(times[i], float64(time.Since(start).Nanoseconds())/1e6)
			}
		}
	}
	middle := make([]float64, len(fs))
	for i := range fs {
		slices.Sort(times[i])
		middle[i] = times[i][len(times[i])/2]
	}
	return middle, nil
}
