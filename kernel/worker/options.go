// Package worker runs the interpreter in a process of its own. The front keeps
// a Supervisor, which starts the process, talks to it over pipes, carries its
// output to whoever asked for the cell, and starts a new one when it dies. The
// process itself calls Serve.
package worker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Options say how the interpreter's process is started. The zero value runs
// this executable's subcommand "worker" in the current directory, with this
// process's environment and the default memory limit.
type Options struct {
	// Executable is the program to start; empty for the running one.
	Executable string
	// Arguments are given to it; nil for "worker".
	Arguments []string
	// Directory is where the cells run; empty for the current directory.
	Directory string
	// Environment holds NAME=VALUE settings on top of this process's own.
	Environment []string
	// MemoryLimit is the number of bytes that the interpreter may hold before
	// it is ended. 0 stands for the environment variable HILLOCK_MEMORY, and
	// without it for 80 % of the machine's memory.
	MemoryLimit uint64
}

// memoryVariable is the environment variable that sets the memory limit: bytes,
// or a number with one of the endings kB, MB, GB, KiB, MiB, GiB.
const memoryVariable = "HILLOCK_MEMORY"

// defaultShare is the part of the machine's memory that cells may hold.
const defaultShare = 0.8

// leastMemory is what the interpreter needs to run small cells.
const leastMemory = 100e6

// memoryLimit gives the limit in bytes.
func (o Options) memoryLimit() (uint64, error) {
	if o.MemoryLimit != 0 {
		return o.MemoryLimit, enough(o.MemoryLimit)
	}
	if text := os.Getenv(memoryVariable); text != "" {
		n, err := parseBytes(text)
		if err == nil {
			err = enough(n)
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", memoryVariable, err)
		}
		return n, nil
	}
	return max(leastMemory, uint64(defaultShare*float64(physicalMemory()))), nil
}

// enough says whether the interpreter can run within a limit.
func enough(limit uint64) error {
	if limit < leastMemory {
		return fmt.Errorf("a memory limit of %s is too low: the interpreter itself needs %s", formatBytes(limit), formatBytes(leastMemory))
	}
	return nil
}

// parseBytes reads an amount of memory such as 800MB or 4 GiB.
func parseBytes(text string) (uint64, error) {
	units := []struct {
		ending string
		bytes  float64
	}{
		{"kib", 1 << 10}, {"mib", 1 << 20}, {"gib", 1 << 30}, {"tib", 1 << 40},
		{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"tb", 1e12}, {"b", 1}, {"", 1},
	}
	lower := strings.ToLower(strings.TrimSpace(text))
	for _, u := range units {
		number, ok := strings.CutSuffix(lower, u.ending)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(n*u.bytes >= 1 && n*u.bytes < 1<<63) {
			break
		}
		return uint64(n * u.bytes), nil
	}
	return 0, fmt.Errorf("%q is no amount of memory; write it as 4GB or 512MiB", text)
}

// formatBytes writes an amount of memory for people: 19.2 GB.
func formatBytes(n uint64) string {
	switch f := float64(n); {
	case f >= 1e9:
		return fmt.Sprintf("%.1f GB", f/1e9)
	case f >= 1e6:
		return fmt.Sprintf("%.0f MB", f/1e6)
	default:
		return fmt.Sprintf("%.0f kB", f/1e3)
	}
}
