package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"

	"hillock/internal/whole"
)

// Result is one measured quantity, the median of many runs, beside that of a
// peer measured in the same run. Smaller is better.
type Result struct {
	Name     string   `json:"name"` // suite/what
	Unit     string   `json:"unit"`
	Ours     float64  `json:"ours"`
	Peer     *float64 `json:"peer"`      // null when nothing compares
	PeerName *string  `json:"peer_name"` // with its version
}

// merge puts newly measured results in the place of the old ones of the same
// name, and the others at the end.
func merge(old, measured []Result) []Result {
	merged := append([]Result(nil), old...)
	for _, m := range measured {
		found := false
		for i := range merged {
			if merged[i].Name == m.Name {
				merged[i], found = m, true
			}
		}
		if !found {
			merged = append(merged, m)
		}
	}
	return merged
}

// readResults reads the results of an earlier run; none is no error.
func readResults(path string) ([]Result, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var results []Result
	if err := json.Unmarshal(raw, &results); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return results, nil
}

func writeResults(path string, results []Result) error {
	raw, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return whole.Write(path, func(w io.Writer) error { _, err := w.Write(append(raw, '\n')); return err })
}

// table gives the results as a Markdown table.
func table(results []Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured with %s on %s/%s with %d cores.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	b.WriteString("| what | hillock | peer | |\n|---|---:|---:|---|\n")
	for _, r := range results {
		peer, name := "", ""
		if r.Peer != nil && r.PeerName != nil {
			peer, name = number(*r.Peer)+" "+r.Unit, *r.PeerName
		}
		fmt.Fprintf(&b, "| %s | %s %s | %s | %s |\n", r.Name, number(r.Ours), r.Unit, peer, name)
	}
	return b.String()
}

// number writes a quantity with three significant digits.
func number(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := 0
	for limit := 100.0; digits < 4 && x < limit; digits++ {
		limit /= 10
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// The tables stand between these lines of BENCHMARKS.md and of the README.
const (
	tableBegin = "<!-- written by go run ./scripts/bench: begin -->\n"
	tableEnd   = "<!-- written by go run ./scripts/bench: end -->"
)

func writeTable(path, table string) error {
	return whole.Between(path, tableBegin, tableEnd, "\n"+table+"\n")
}

// headline is what the README shows.
var headline = []struct{ name, text string }{
	{"kernel/start", "start of the kernel"},
	{"adex/1000-traces/brian2-cython", "1,000 AdEx neurons for 100 ms, one thread"},
	{"nn/conv-ae-step/torch", "training step of the thesis's CONV-AE, two threads"},
	{"sbi/maf-step-50/sbi", "training step of a masked autoregressive flow, batch of 50"},
	{"sbi/round-1000/sbi", "training of a posterior on 1,000 simulations"},
	{"sbi/sample-10000/sbi", "10,000 posterior samples"},
	{"study/4d-rounds/sbi", "first round of the thesis's 4D study, encoder retrained"},
}

// summary gives the README's table.
func summary(results []Result) string {
	var b strings.Builder
	b.WriteString("| | hillock | peer | |\n|---|---:|---:|---|\n")
	for _, h := range headline {
		for _, r := range results {
			if r.Name == h.name && r.Peer != nil && r.PeerName != nil {
				peer, _, _ := strings.Cut(*r.PeerName, ",")
				fmt.Fprintf(&b, "| %s | %s %s | %s %s | %s |\n", h.text, number(r.Ours), r.Unit, number(*r.Peer), r.Unit, peer)
			}
		}
	}
	return b.String()
}
