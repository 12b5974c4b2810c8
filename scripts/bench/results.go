package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
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
	return os.WriteFile(path, append(raw, '\n'), 0o644)
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

// The table stands between these lines of BENCHMARKS.md.
const (
	tableBegin = "<!-- written by go run ./scripts/bench: begin -->\n"
	tableEnd   = "<!-- written by go run ./scripts/bench: end -->"
)

func writeTable(path string, results []Result) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := bytes.Index(raw, []byte(tableBegin)), bytes.Index(raw, []byte(tableEnd))
	if begin < 0 || end < begin {
		return fmt.Errorf("%s: the lines that enclose the table are missing", path)
	}
	text := string(raw[:begin]) + tableBegin + "\n" + table(results) + "\n" + string(raw[end:])
	return os.WriteFile(path, []byte(text), 0o644)
}
