package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"hillock/stdlib/sbi"
)

// measureInference compares training and sampling with the toolbox sbi, in turns,
// on the same data and number of threads: four parameters, 32 or 1,024 values of an
// observation, the masked autoregressive flow that is the default of both.
func measureInference(ctx context.Context, b *bench) ([]Result, error) {
	folder, err := os.MkdirTemp("", "hillock-inference-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	data, err := newInferenceData(folder)
	if err != nil {
		return nil, err
	}
	peer, err := b.ask(ctx, "inference.txt", "inference.py", folder, fmt.Sprint(runtime.GOMAXPROCS(0)))
	if err != nil {
		return nil, err
	}
	defer peer.stop()
	var results []Result
	for _, m := range []struct {
		name, question string
		ours           func(ctx context.Context, turn int) (float64, error)
	}{
		{"sbi/maf-step/sbi", "step-200", data.step(sbi.MAF{}, 200, false)},
		{"sbi/maf-step-50/sbi", "step-50", data.step(sbi.MAF{}, 50, false)},
		{"sbi/atomic-step/sbi", "atomic-200", data.step(sbi.MAF{}, 200, true)},
		{"sbi/nsf-step/sbi", "nsf-200", data.step(sbi.NSF{}, 200, false)},
		{"sbi/round-1000/sbi", "round-1000", data.round},
		{"sbi/sample-10000/sbi", "sample-32", data.sample(data.x32)},
		{"sbi/sample-10000-wide/sbi", "sample-1024", data.sample(data.x1024)},
	} {
		const turns = 7
		var ours, theirs []float64
		for turn := range turns {
			t, err := peer.time(m.question)
			if err != nil {
				return nil, err
			}
			o, err := m.ours(ctx, turn)
			if err != nil {
				return nil, err
			}
			ours, theirs = append(ours, o), append(theirs, t)
		}
		slices.Sort(ours)
		slices.Sort(theirs)
		results = append(results, Result{Name: m.name, Unit: "ms", Ours: ours[turns/2], Peer: &theirs[turns/2], PeerName: &peer.name})
	}
	return results, nil
}

// inferenceData are simulations.
type inferenceData struct{ thetas, x32, x1024 [][]float64 }

// inferenceRuns is the number of simulations.
const inferenceRuns = 4000

func newInferenceData(folder string) (*inferenceData, error) {
	rng := rand.New(rand.NewPCG(213, 0))
	d := &inferenceData{}
	for range inferenceRuns {
		theta := make([]float64, 4)
		for i := range theta {
			theta[i] = float64(float32(rng.NormFloat64()))
		}
		noisy := func(n int) []float64 {
			x := make([]float64, n)
			for i := range x {
				x[i] = float64(float32(theta[i%4] + 0.5*rng.NormFloat64()))
			}
			return x
		}
		d.thetas, d.x32, d.x1024 = append(d.thetas, theta), append(d.x32, noisy(32)), append(d.x1024, noisy(1024))
	}
	for name, rows := range map[string][][]float64{"theta": d.thetas, "x32": d.x32, "x1024": d.x1024} {
		if err := writeRows(filepath.Join(folder, name+".f32"), rows); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// writeRows writes numbers as float32, in little-endian order.
func writeRows(path string, rows [][]float64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	for _, row := range rows {
		for _, v := range row {
			if err := binary.Write(w, binary.LittleEndian, float32(v)); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

// inference begins an inference on the first n simulations.
func (d *inferenceData) inference(n int, xs [][]float64, o sbi.Options) (*sbi.Inference, error) {
	o.Quiet = true
	prior := sbi.Normal(make([]float64, 4), []float64{1, 1, 1, 1})
	inf, err := sbi.NewSNPE(prior, o)
	if err == nil {
		_, err = inf.Append(d.thetas[:n], xs[:n])
	}
	return inf, err
}

// step gives a function that times a training step: the difference of trainings of
// many epochs and of one, by the steps that it has more.
func (d *inferenceData) step(density sbi.Density, batch int, atomic bool) func(context.Context, int) (float64, error) {
	return func(ctx context.Context, _ int) (float64, error) {
		const validation = 2 // samples
		n := inferenceRuns/batch*batch - batch + validation
		train := func(epochs int) (time.Duration, error) {
			o := sbi.Options{Density: density, Batch: batch, Validation: float64(validation) / float64(n), MaxEpochs: epochs, Patience: epochs, Seed: 1}
			first := n
			if atomic {
				first, o.Observation = n/2, d.x32[0]
			}
			inf, err := d.inference(first, d.x32, o)
			if err != nil {
				return 0, err
			}
			if atomic { // what is timed is a second round
				if _, err := inf.Train(ctx); err != nil {
					return 0, err
				}
				if _, err := inf.Append(d.thetas[first:n], d.x32[first:n]); err != nil {
					return 0, err
				}
			}
			start := time.Now()
			_, err = inf.Train(ctx)
			took := time.Since(start)
			if rounds := len(inf.Reports()); err == nil && (rounds == 2) != atomic {
				err = fmt.Errorf("%d rounds were trained for a step with atoms: %t", rounds, atomic)
			}
			return took, err
		}
		const epochs = 11
		one, err := train(1)
		if err != nil {
			return 0, err
		}
		many, err := train(epochs)
		steps := (n - validation) / batch * (epochs - 1)
		return milliseconds(many-one) / float64(steps), err
	}
}

// round times a training to early stopping.
func (d *inferenceData) round(ctx context.Context, turn int) (float64, error) {
	inf, err := d.inference(1000, d.x32, sbi.Options{Batch: 50, Seed: uint64(turn)})
	if err != nil {
		return 0, err
	}
	start := time.Now()
	_, err = inf.Train(ctx)
	return milliseconds(time.Since(start)), err
}

// sample gives a function that times 10,000 draws.
func (d *inferenceData) sample(xs [][]float64) func(context.Context, int) (float64, error) {
	var posterior *sbi.Posterior
	return func(ctx context.Context, turn int) (float64, error) {
		if posterior == nil {
			inf, err := d.inference(1000, xs, sbi.Options{MaxEpochs: 1, Seed: 1})
			if err != nil {
				return 0, err
			}
			if _, err := inf.Train(ctx); err != nil {
				return 0, err
			}
			if posterior, err = inf.Posterior(xs[0]); err != nil {
				return 0, err
			}
		}
		const repeats = 5
		start := time.Now()
		for i := range repeats {
			if _, err := posterior.SampleSeed(ctx, 10_000, uint64(turn*repeats+i)); err != nil {
				return 0, err
			}
		}
		return milliseconds(time.Since(start)) / repeats, nil
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// asked is a measuring program that times what it is asked for.
type asked struct {
	name    string // of what it measures, with versions
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// ask starts a measuring program of this folder that prints its name, then a time
// for every line that it reads.
func (b *bench) ask(ctx context.Context, requirements, name string, args ...string) (*asked, error) {
	python, err := b.peers(ctx, requirements)
	if err != nil {
		return nil, err
	}
	p := &asked{command: exec.CommandContext(ctx, python, append([]string{filepath.Join(b.root, "scripts", "bench", name)}, args...)...)}
	p.command.Stderr = os.Stderr
	if p.in, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewScanner(out)
	p.name, err = p.line()
	return p, err
}

func (p *asked) line() (string, error) {
	if !p.out.Scan() {
		return "", fmt.Errorf("%s ended early: %w", filepath.Base(p.command.Args[1]), p.command.Wait())
	}
	return strings.TrimSpace(p.out.Text()), nil
}

// time asks for a time.
func (p *asked) time(question string) (float64, error) {
	if _, err := fmt.Fprintln(p.in, question); err != nil {
		return 0, err
	}
	text, err := p.line()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// stop ends the program.
func (p *asked) stop() {
	p.in.Close()
	p.command.Wait()
}
