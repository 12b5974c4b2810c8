package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// bench is what the suites share.
type bench struct {
	root    string            // the repository
	hillock string            // the binary, stripped
	python  map[string]string // of the peers, by environment, once they are there
}

// build makes the binary as it is handed out, unless it is there.
func (b *bench) build(ctx context.Context) error {
	if _, err := os.Stat(b.hillock); err == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.hillock, ".")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building hillock: %w", err)
	}
	return nil
}

// peers installs the peers of a requirements file of this folder in an
// environment of their own, unless they are there, and gives its Python.
func (b *bench) peers(ctx context.Context, requirements string) (string, error) {
	if b.python[requirements] != "" {
		return b.python[requirements], nil
	}
	venv := filepath.Join(b.root, ".venv-bench", strings.TrimSuffix(requirements, ".txt"))
	python := filepath.Join(venv, "bin", "python")
	system := "python3"
	if runtime.GOOS == "windows" {
		python = filepath.Join(venv, "Scripts", "python.exe")
		system = "python"
	}
	list := filepath.Join(b.root, "scripts", "bench", requirements)
	wanted, err := os.ReadFile(list)
	if err != nil {
		return "", fmt.Errorf("the list of peers: %w", err)
	}
	stamp := filepath.Join(venv, "hillock-requirements")
	if there, err := os.ReadFile(stamp); err != nil || !bytes.Equal(there, wanted) {
		fmt.Fprintf(os.Stderr, "installing the peers of %s into .venv-bench\n", requirements)
		for _, args := range [][]string{
			{system, "-m", "venv", venv},
			{python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", list},
		} {
			cmd := exec.CommandContext(ctx, args[0], args[1:]...)
			cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
			if err := cmd.Run(); err != nil {
				return "", fmt.Errorf("installing the peers: %w", err)
			}
		}
		if err := os.WriteFile(stamp, wanted, 0o644); err != nil {
			return "", fmt.Errorf("installing the peers: %w", err)
		}
	}
	if b.python == nil {
		b.python = map[string]string{}
	}
	b.python[requirements] = python
	return python, nil
}

// measured runs a measuring program of this folder on the Python of a list of
// peers and decodes the JSON that it prints.
func (b *bench) measured(ctx context.Context, into any, requirements, name string, args ...string) error {
	python, err := b.peers(ctx, requirements)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, python, append([]string{filepath.Join(b.root, "scripts", "bench", name)}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("what %s printed: %w", name, err)
	}
	return nil
}

// measureKernels compares the kernel with ipykernel.
func measureKernels(ctx context.Context, b *bench) ([]Result, error) {
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	var results []Result
	err := b.measured(ctx, &results, "kernels.txt", "kernels.py", b.hillock)
	return results, err
}

// measureBinary gives the size of the stripped binary.
func measureBinary(ctx context.Context, b *bench) ([]Result, error) {
	if err := b.build(ctx); err != nil {
		return nil, err
	}
	info, err := os.Stat(b.hillock)
	if err != nil {
		return nil, err
	}
	return []Result{{Name: "binary/size", Unit: "MB", Ours: float64(info.Size()/100_000) / 10}}, nil
}
