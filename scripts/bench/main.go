// Command bench measures hillock beside its peers on this machine, and writes
// scripts/bench/results.json and the tables in BENCHMARKS.md and README.md:
//
//	go run ./scripts/bench              # everything
//	go run ./scripts/bench kernel       # only results whose name begins so
//
// It installs the peers into .venv-bench when they are missing; Python 3.11 or
// newer with its venv module is needed. Results that are not measured again
// stay as they are.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

// Where the numbers go, seen from the repository.
const (
	resultsFile = "scripts/bench/results.json"
	tableFile   = "BENCHMARKS.md"
	summaryFile = "README.md"
)

// A suite measures some results, all of whose names begin with its name.
type suite struct {
	name    string
	measure func(ctx context.Context, b *bench) ([]Result, error)
}

var suites = []suite{
	{"kernel", measureKernels},
	{"binary", measureBinary},
	{"adex", measureAdEx},
	{"bss2", measureChip},
	{"dataset", measureDataset},
	{"nn", measureNetworks},
	{"sbi", measureInference},
	{"study", measureStudy},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	root, err := repository()
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "hillock-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	b := &bench{root: root, hillock: filepath.Join(scratch, "hillock")}
	results, err := readResults(filepath.Join(root, resultsFile))
	if err != nil {
		return err
	}
	for _, s := range chosen {
		fmt.Fprintln(os.Stderr, "measuring", s.name)
		measured, err := s.measure(ctx, b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		results = merge(results, measured)
	}
	if err := writeResults(filepath.Join(root, resultsFile), results); err != nil {
		return err
	}
	for file, text := range map[string]string{tableFile: table(results), summaryFile: summary(results)} {
		if err := writeTable(filepath.Join(root, file), text); err != nil {
			return err
		}
	}
	fmt.Print(table(results))
	return nil
}

// choose finds the suites of the given names; all of them when there is none.
func choose(names []string) ([]suite, error) {
	if len(names) == 0 {
		return suites, nil
	}
	var known []string
	byName := map[string]suite{}
	for _, s := range suites {
		known = append(known, s.name)
		byName[s.name] = s
	}
	var chosen []suite
	for _, name := range names {
		s, ok := byName[name]
		if !ok {
			return nil, fmt.Errorf("nothing is called %q; there are %s", name, strings.Join(known, ", "))
		}
		chosen = append(chosen, s)
	}
	return chosen, nil
}

// repository gives the folder of this module.
func repository() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	file := strings.TrimSpace(string(out))
	if file == "" || file == os.DevNull {
		return "", fmt.Errorf("run it inside the repository")
	}
	return filepath.Dir(file), nil
}
