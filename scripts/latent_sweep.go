//go:build ignore

// Latent_sweep trains convolutional autoencoders with latent vectors of several
// sizes on emulated traces and compares their reconstructions (thesis, sections
// 4.2 and 5.2):
//
//	go run ./scripts/latent_sweep.go -latent 16,32,64 -traces 4000
//	hillock run scripts/latent_sweep.go -p latent=16 -p parameters=8
//
// Results go to latent-sweep.csv and latent-sweep.arrow in the folder of -out. A
// sweep that was stopped or killed goes on: runs that are in the table are left
// out, a training goes on from its last epoch. Several at once may share the folder,
// each with its own -latent or -seed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"hillock/stdlib/bss2"
	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	err := run(ctx)
	if err != nil && ctx.Err() != nil {
		err = errors.New("stopped; the same command goes on from here")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "latent_sweep:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	latent := flag.String("latent", "16,32,64,128", "sizes of the latent vector, with commas between")
	parameters := flag.Int("parameters", 4, "codes that are drawn: 2, 4 or 8")
	traces := flag.Int("traces", 4000, "of the dataset; the thesis has 200,000")
	epochs := flag.Int("epochs", 20, "of training; the thesis has 150")
	seeds := flag.Int("seeds", 1, "trainings of each, from seeds -seed, -seed + 1, …")
	first := flag.Int("seed", 1, "the first seed")
	out := flag.String("out", "sweeps", "folder of results, data and weights")
	flag.Parse()

	// All is checked before the first training, which may take hours.
	if flag.NArg() > 0 {
		return fmt.Errorf("what is %q for? Lists have commas between, and stand in quotes where there are spaces", flag.Arg(0))
	}
	if *epochs < 1 || *seeds < 1 || *first < 1 {
		return fmt.Errorf("-epochs %d, -seeds %d, -seed %d; want 1 or more", *epochs, *seeds, *first)
	}
	if *traces < 10 {
		return fmt.Errorf("-traces %d; want 10 or more, since a tenth of them validates and a tenth tests", *traces)
	}
	var sizes []int
	for _, text := range strings.Split(*latent, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || size < 1 {
			return fmt.Errorf("-latent %q; want whole numbers above 0, with commas between", *latent)
		}
		if _, err := nn.NewConvAE(nn.ConvAEOptions{Latent: size}); err != nil {
			return fmt.Errorf("-latent %q: %w", *latent, err)
		}
		sizes = append(sizes, size)
	}
	ranges, known := map[int]bss2.Ranges{2: bss2.Ranges2D(), 4: bss2.Ranges4D(), 8: bss2.Ranges8D()}[*parameters]
	if !known {
		return fmt.Errorf("there is no dataset of %d parameters; want 2, 4 or 8", *parameters)
	}
	source := dataset.Chip{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: ranges}
	folder := filepath.Join(*out, fmt.Sprintf("chip-%dd-%d", *parameters, *traces))
	data, err := dataset.Generate(ctx, folder, source, *traces, dataset.Options{Seed: 213})
	if err != nil {
		return err
	}
	sweep, err := study.OpenSweep(filepath.Join(*out, "latent-sweep"),
		[]string{"parameters", "traces", "epochs", "latent", "seed"}, []string{"validation", "MSE", "PRD", "QS"})
	if err != nil {
		return err
	}
	for seed := *first; seed < *first+*seeds; seed++ {
		for _, size := range sizes {
			if sweep.Has(*parameters, *traces, *epochs, size, seed) {
				continue
			}
			values, err := train(ctx, data, size, *epochs, uint64(seed), fmt.Sprintf("%s-latent%d", folder, size))
			if err != nil {
				return err
			}
			if err := sweep.Add(values, *parameters, *traces, *epochs, size, seed); err != nil {
				return err
			}
			fmt.Printf("latent %d, seed %d: validation loss %.5f, PRD %.2f %%\n", size, seed, values[0], values[2])
		}
	}
	fmt.Print(sweep)
	return nil
}

// train trains an autoencoder, whose weights it keeps, and compares what it makes
// of the test set.
func train(ctx context.Context, data *dataset.Dataset, latent, epochs int, seed uint64, weights string) ([]float64, error) {
	ae, err := nn.NewConvAE(nn.ConvAEOptions{Latent: latent, Seed: seed})
	if err != nil {
		return nil, err
	}
	split := data.Split(8, 1, 1)
	history, err := study.Train(ctx, ae, split, study.Recipe(study.Laptop, epochs, seed), weights)
	if err != nil {
		return nil, err
	}
	n := split.Test.Len()
	x, err := nn.NewTensor(n, 1024)
	if err != nil {
		return nil, err
	}
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	if err := split.Test.Read(places, x.Data, make([]float32, n*1024)); err != nil {
		return nil, err
	}
	tape := nn.NewTape(nn.TapeOptions{Inference: true})
	y := ae.Forward(tape, x)
	if err := tape.Err(); err != nil {
		return nil, err
	}
	m, err := nn.Compare(x, y, nil, latent)
	return []float64{history.Validation[history.Best], m.MSE, m.PRD, m.QS}, err
}
