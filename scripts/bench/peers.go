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
)

// bench is what the suites share.
type bench struct {
	root    string // the repository
	hillock string // the binary, stripped
	python  string // of the peers; empty until they are there
}

// build makes the binary as it is handed out.
func (b *bench) build(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.hillock, ".")
	cmd.Dir = b.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("building hillock: %w", err)
	}
	return nil
}

// peers installs the peers, unless the ones wanted are there, and gives their
// Python.
func (b *bench) peers(ctx context.Context) (string, error) {
	if b.python != "" {
		return b.python, nil
	}
	venv := filepath.Join(b.root, ".venv-bench")
	python := filepath.Join(venv, "bin", "python")
	system := "python3"
	if runtime.GOOS == "windows" {
		python = filepath.Join(venv, "Scripts", "python.exe")
		system = "python"
	}
	requirements := filepath.Join(b.root, "scripts", "bench", "requirements.txt")
	wanted, err := os.ReadFile(requirements)
	if err != nil {
		return "", fmt.Errorf("the list of peers: %w", err)
	}
	stamp := filepath.Join(venv, "hillock-requirements")
	if there, err := os.ReadFile(stamp); err != nil || !bytes.Equal(there, wanted) {
		fmt.Fprintln(os.Stderr, "installing the peers into .venv-bench")
		for _, args := range [][]string{
			{system, "-m", "venv", venv},
			{python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements},
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
	b.python = python
	return python, nil
}

// script runs a measuring program of this folder, which prints results as JSON.
func (b *bench) script(ctx context.Context, name string, args ...string) ([]Result, error) {
	python, err := b.peers(ctx)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(b.root, "scripts", "bench", name)
	cmd := exec.CommandContext(ctx, python, append([]string{path}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var results []Result
	if err := json.Unmarshal(out, &results); err != nil {
		return nil, fmt.Errorf("what %s printed: %w", name, err)
	}
	return results, nil
}

// measureKernels compares the kernel with ipykernel.
func measureKernels(ctx context.Context, b *bench) ([]Result, error) {
	return b.script(ctx, "kernels.py", b.hillock)
}

// measureBinary gives the size of the stripped binary.
func measureBinary(_ context.Context, b *bench) ([]Result, error) {
	info, err := os.Stat(b.hillock)
	if err != nil {
		return nil, err
	}
	return []Result{{Name: "binary/size", Unit: "MB", Ours: float64(info.Size()/100_000) / 10}}, nil
}
