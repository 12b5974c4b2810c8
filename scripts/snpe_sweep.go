//go:build ignore

// Snpe_sweep trains amortized estimators of the codes of an emulated neuron, one
// for each combination of what they see, their density, the number of simulations
// and the seed, and judges all by the same observations of known truth:
//
//	go run ./scripts/snpe_sweep.go -observe features,raw -density MAF,NSF -simulations 1000,4000
//	hillock run scripts/snpe_sweep.go -p parameters=8 -p density=NSF
//
// Results go to snpe-sweep.csv and snpe-sweep.arrow in the folder of -out. A sweep
// that was stopped or killed goes on with the runs that are missing.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"

	"hillock/stdlib/bss2"
	"hillock/stdlib/nn"
	"hillock/stdlib/sbi"
	"hillock/stdlib/study"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "snpe_sweep:", err)
		os.Exit(1)
	}
}

// densities are the families by name.
var densities = map[string]sbi.Density{
	"MAF": sbi.MAF{}, "large MAF": sbi.MAF{Transforms: 10, Hidden: 100}, "NSF": sbi.NSF{}, "coupling": sbi.CouplingFlow{}, "MDN": sbi.MDN{},
}

// embedding gives what stands before the estimator, and what the recorder observes.
func embedding(name string, seed uint64) (study.Observed, nn.Module, error) {
	switch name {
	case "features":
		return study.Features, nil, nil
	case "raw":
		return study.Trace, nil, nil
	case "summary":
		net, err := study.NewSummary(study.SummaryOptions{Seed: seed})
		return study.Trace, net, err
	case "convolutional":
		ae, err := nn.NewConvAE(nn.ConvAEOptions{Seed: seed})
		if err != nil {
			return study.Trace, nil, err
		}
		return study.Trace, ae.Encoder(), nil
	}
	return study.Trace, nil, fmt.Errorf("-observe %q is none of features, raw, summary, convolutional", name)
}

func run(ctx context.Context) error {
	observe := flag.String("observe", "features,raw", "what estimators see: features, raw, summary or convolutional (trained with them), with commas between")
	density := flag.String("density", "MAF,NSF", "families: MAF, large MAF, NSF, coupling, MDN, with commas between")
	simulations := flag.String("simulations", "1000,4000", "numbers of simulations, with commas between")
	parameters := flag.Int("parameters", 4, "codes that are inferred: 2, 4 or 8")
	observations := flag.Int("observations", 200, "that estimators are judged by")
	epochs := flag.Int("epochs", 100, "of training, at most")
	seeds := flag.Int("seeds", 1, "trainings of each, from seeds 1, 2, …")
	out := flag.String("out", "sweeps", "folder of the results")
	flag.Parse()

	ranges, known := map[int]bss2.Ranges{2: bss2.Ranges2D(), 4: bss2.Ranges4D(), 8: bss2.Ranges8D()}[*parameters]
	if !known {
		return fmt.Errorf("there are no ranges of %d parameters; want 2, 4 or 8", *parameters)
	}
	recorder := study.Recorder{Neuron: bss2.NewChip(72, bss2.ChipOptions{}).Neuron(0), Ranges: ranges, Samples: 10_000}
	prior, err := recorder.Prior()
	if err != nil {
		return err
	}
	sweep, err := study.OpenSweep(filepath.Join(*out, "snpe-sweep"),
		[]string{"parameters", "observe", "density", "simulations", "epochs", "observations", "seed"},
		[]string{"score", "coverage 50", "coverage 90", "coverage 95", "contraction"})
	if err != nil {
		return err
	}
	truths := sbi.Draw(prior, *observations, 1000)
	for seed := 1; seed <= *seeds; seed++ {
		for _, count := range strings.Split(*simulations, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(count))
			if err != nil {
				return fmt.Errorf("-simulations: %w", err)
			}
			for _, seen := range strings.Split(*observe, ",") {
				for _, family := range strings.Split(*density, ",") {
					if densities[family] == nil {
						return fmt.Errorf("-density %q is none of MAF, large MAF, NSF, coupling, MDN", family)
					}
					key := []any{*parameters, seen, family, n, *epochs, *observations, seed}
					if sweep.Has(key...) {
						continue
					}
					o := sbi.Options{Density: densities[family], Support: sbi.BoxProbit, LR: 1e-3, MaxEpochs: *epochs, Seed: uint64(seed)}
					if recorder.Observe, o.Embedding, err = embedding(seen, uint64(seed)); err != nil {
						return err
					}
					if o.Embedding != nil {
						o.Retrain, o.StandardiseInput = true, sbi.Structured
					}
					j, err := train(ctx, prior, recorder, truths, n, o)
					if err != nil {
						return err
					}
					mean := 0.0
					for _, c := range j.Contraction {
						mean += c / float64(len(j.Contraction))
					}
					if err := sweep.Add([]float64{j.Score(), j.Coverage(0.5), j.Coverage(0.9), j.Coverage(0.95), mean}, key...); err != nil {
						return err
					}
					fmt.Printf("%s, %s, %d simulations, seed %d: score %.2f\n", seen, family, n, seed, j.Score())
				}
			}
		}
	}
	fmt.Print(sweep)
	return nil
}

// train trains an estimator and judges it. Draws come from the seed, so that
// estimators of one seed see the same simulations.
func train(ctx context.Context, prior sbi.Prior, r study.Recorder, truths [][]float64, n int, o sbi.Options) (*study.Judgement, error) {
	inf, err := sbi.NewNPE(prior, o)
	if err != nil {
		return nil, err
	}
	if _, err := inf.Round(ctx, r, n); err != nil {
		return nil, err
	}
	xs, err := r.Simulate(ctx, truths, 1000)
	if err != nil {
		return nil, err
	}
	return study.Judge(ctx, truths, xs, 300, 1000, inf)
}
