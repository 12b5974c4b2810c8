package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

// studyTime is how long each side works on the study.
const studyTime = 10 * time.Minute

// measureStudy compares the time of the thesis's 4D study with that of the toolbox
// sbi: rounds of 1,000 simulations of the emulated chip, a masked autoregressive
// flow, the convolutional encoder trained along, batches of 50. Both get the same
// simulator and the same time; what is compared is the time of as many rounds as
// both have finished in it.
func measureStudy(ctx context.Context, b *bench) ([]Result, error) {
	chip := bss2.NewChip(72, bss2.ChipOptions{})
	simulator := study.Simulator{Source: dataset.Chip{Neuron: chip.Neuron(0), Ranges: bss2.Ranges4D()}}
	prior, err := simulator.Prior()
	if err != nil {
		return nil, err
	}
	seen, err := simulator.Observe(ctx, prior.Mean(), 1)
	if err != nil {
		return nil, err
	}
	theirs, name, err := b.theirRounds(ctx, prior, simulator, seen)
	if err != nil {
		return nil, err
	}
	ours, err := ourRounds(ctx, prior, simulator, seen)
	if err != nil {
		return nil, err
	}
	n := min(len(ours), len(theirs))
	if n == 0 {
		return nil, fmt.Errorf("no round was finished within %s: %d of ours, %d of the peer's", studyTime, len(ours), len(theirs))
	}
	name = fmt.Sprintf("%s; rounds compared: %d; finished in %s: %d of hillock's, %d of sbi's", name, n, studyTime, len(ours), len(theirs))
	return []Result{{Name: "study/4d-rounds/sbi", Unit: "s", Ours: ours[n-1], Peer: &theirs[n-1], PeerName: &name}}, nil
}

// ourRounds gives the seconds after which each round was finished.
func ourRounds(ctx context.Context, prior sbi.Prior, simulator sbi.Simulator, seen []float64) ([]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, studyTime)
	defer cancel()
	encoder, err := nn.NewConvAE(nn.ConvAEOptions{Seed: 213})
	if err != nil {
		return nil, err
	}
	inf, err := sbi.NewSNPE(prior, sbi.Options{Observation: seen, Embedding: encoder.Encoder(), Retrain: true, StandardiseInput: sbi.PerValue, Batch: 50, Seed: 213, Quiet: true})
	if err != nil {
		return nil, err
	}
	var times []float64
	start := time.Now()
	for {
		_, err := inf.Round(ctx, simulator, 1000)
		if errors.Is(err, context.DeadlineExceeded) {
			return times, nil
		}
		if err != nil {
			return nil, err
		}
		times = append(times, time.Since(start).Seconds())
		fmt.Fprintf(os.Stderr, "ours: %.1f s\n", times[len(times)-1])
	}
}

// theirRounds is ourRounds for the toolbox, which asks for the simulations.
func (b *bench) theirRounds(ctx context.Context, prior sbi.Prior, simulator sbi.Simulator, seen []float64) (times []float64, name string, err error) {
	folder, err := os.MkdirTemp("", "hillock-study-")
	if err != nil {
		return nil, "", err
	}
	defer os.RemoveAll(folder)
	lower, upper := prior.Bounds()
	for file, row := range map[string][]float64{"low": lower, "high": upper, "observation": seen} {
		if err := writeRows(filepath.Join(folder, file+".f32"), [][]float64{row}); err != nil {
			return nil, "", err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	peer, err := b.ask(ctx, "inference.txt", "inference.py", folder, fmt.Sprint(runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, "", err
	}
	timer := time.AfterFunc(studyTime, cancel) // kills it
	defer timer.Stop()
	if _, err := fmt.Fprintln(peer.in, "study"); err != nil {
		return nil, "", err
	}
	for {
		line, err := peer.line()
		if err != nil {
			if ctx.Err() != nil {
				err = nil
			}
			return times, peer.name, err
		}
		if line != "simulate" {
			seconds, err := strconv.ParseFloat(line, 64)
			if err != nil {
				return nil, "", err
			}
			times = append(times, seconds)
			fmt.Fprintf(os.Stderr, "theirs: %.1f s\n", seconds)
			continue
		}
		thetas, err := readRows(filepath.Join(folder, "ask.f32"), prior.Dim())
		if err != nil {
			return nil, "", err
		}
		xs, err := simulator.Simulate(ctx, thetas, uint64(len(times)))
		if err != nil {
			return nil, "", err
		}
		if err := writeRows(filepath.Join(folder, "answer.f32"), xs); err != nil {
			return nil, "", err
		}
		if _, err := fmt.Fprintln(peer.in); err != nil {
			return nil, "", err
		}
	}
}

// readRows reads what writeRows wrote.
func readRows(path string, width int) ([][]float64, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var rows [][]float64
	for at := 0; at+4*width <= len(raw); at += 4 * width {
		row := make([]float64, width)
		for i := range row {
			row[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[at+4*i:])))
		}
		rows = append(rows, row)
	}
	return rows, nil
}
