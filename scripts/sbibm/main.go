// Command sbibm runs tasks of the field's benchmark for simulation-based
// inference (Lueckmann et al. 2021, https://arxiv.org/abs/2101.04653) and compares
// the accuracy of the posteriors with the published one:
//
//	scripts/sbibm/fetch.sh                     # observations and references
//	go run ./scripts/sbibm                     # everything; takes hours
//	go run ./scripts/sbibm -tasks two_moons -algorithms NPE -densities NSF -simulations 1000
//	go run ./scripts/sbibm -tasks bernoulli_glm,bernoulli_glm_raw,sir,lotka_volterra,slcp_distractors
//
// Every run's C2ST is kept in scripts/sbibm/results.json; runs that are there are
// not run again, and a run that was stopped goes on after its last round, which
// scripts/sbibm/kept holds. With -write the tables go to BENCHMARKS.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"hillock/stdlib/sbi"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sbibm:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	tasksFlag := flag.String("tasks", "gaussian_linear,gaussian_linear_uniform,gaussian_mixture,two_moons,slcp", "tasks, with commas between")
	algorithmsFlag := flag.String("algorithms", "NPE,SNPE", "algorithms")
	densitiesFlag := flag.String("densities", "MAF,NSF", "families of density estimators")
	simulationsFlag := flag.String("simulations", "1000,10000", "numbers of simulations")
	observations := flag.Int("observations", 10, "observations of each task, at most 10")
	shared := flag.Int("trainings", 10, "trainings of NPE that serve the observations in turn; the benchmark has one for each")
	support := flag.String("support", defaultSupport, "the space that estimators live on: unbounded, probit or logit")
	workers := flag.Int("workers", 2, "runs at a time")
	results := flag.String("results", "scripts/sbibm/results.json", "file of the results")
	write := flag.Bool("write", false, "write the tables into BENCHMARKS.md")
	flag.Parse()
	root, err := repository()
	if err != nil {
		return err
	}
	file := *results
	if !filepath.IsAbs(file) {
		file = filepath.Join(root, file)
	}
	store, err := open(file)
	if err != nil {
		return err
	}
	var todo []Run
	for _, simulations := range strings.Split(*simulationsFlag, ",") {
		n, err := strconv.Atoi(simulations)
		if err != nil || n < 100 {
			return fmt.Errorf("-simulations %s: want numbers from 100", simulations)
		}
		for _, algorithm := range strings.Split(*algorithmsFlag, ",") {
			for observation := 1; observation <= *observations; observation++ {
				for _, task := range strings.Split(*tasksFlag, ",") {
					for _, density := range strings.Split(*densitiesFlag, ",") {
						r := Run{Task: task, Algorithm: algorithm, Density: density, Support: *support, Simulations: n, Observation: observation}
						if algorithm == "NPE" && *shared < *observations {
							r.Training = (observation-1)%max(*shared, 1) + 1
						}
						if !store.has(r) {
							todo = append(todo, r)
						}
					}
				}
			}
		}
	}
	trained := trainings{root: root, folder: filepath.Join(root, "scripts", "sbibm", "kept")}
	if err := os.MkdirAll(trained.folder, 0o755); err != nil {
		return err
	}
	if err := all(ctx, root, todo, &trained, *workers, store); err != nil {
		return err
	}
	fmt.Print(tables(store.runs))
	if *write {
		return writeTables(filepath.Join(root, "BENCHMARKS.md"), store.runs)
	}
	return nil
}

// all does the runs, some at a time.
func all(ctx context.Context, root string, todo []Run, trained *trainings, workers int, store *store) error {
	next := make(chan Run)
	var wait sync.WaitGroup
	var once sync.Once
	var failed error
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range max(workers, 1) {
		wait.Go(func() {
			for r := range next {
				start := time.Now()
				err := do(ctx, root, &r, trained)
				if err == nil {
					err = store.add(r)
				}
				if err == nil {
					err = trained.done(r)
				}
				if err != nil {
					once.Do(func() { failed = fmt.Errorf("%s: %w", r, err); cancel() })
					continue
				}
				fmt.Fprintf(os.Stderr, "%s: C2ST %.3f in %s\n", r, r.C2ST, time.Since(start).Round(time.Millisecond))
			}
		})
	}
	for _, r := range todo {
		if ctx.Err() != nil {
			break
		}
		next <- r
	}
	close(next)
	wait.Wait()
	return failed
}

// do runs one inference and its test, at the benchmark's settings.
func do(ctx context.Context, root string, r *Run, trained *trainings) error {
	observation, reference, err := load(root, r.Task, r.Observation)
	if err != nil {
		return err
	}
	inf, err := trained.of(ctx, *r, observation)
	if err != nil {
		return err
	}
	posterior, err := inf.Posterior(observation)
	if err != nil {
		return err
	}
	samples, err := posterior.SampleSeed(ctx, len(reference), uint64(r.Observation))
	if err != nil {
		return err
	}
	o := sbi.C2STOptions{Seed: 1}
	if len(reference[0]) > 2 {
		o.Tested = 1 // the large networks that the test has for more parameters take minutes a fold
	}
	r.C2ST, err = sbi.C2ST(ctx, reference, samples.Values, o)
	return err
}

// repository gives the folder of this module.
func repository() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", errors.New("run it inside the repository")
	}
	return filepath.Dir(file), nil
}
