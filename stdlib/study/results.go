package study

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"hillock/internal/whole"
)

// Results are the numbers that come out of a study, beside those of the paper.
// NewResults starts its clock, Write keeps it in a file.
type Results struct {
	study  string
	scale  Scale
	seed   uint64
	began  time.Time
	names  []string // in the order of Set
	values map[string]metric
}

// metric is a number as it stands in the file.
type metric struct {
	Value float64  `json:"value"`
	Paper *float64 `json:"paper"`
	Unit  string   `json:"unit"`
}

// resultsFile is the file of a study's results.
type resultsFile struct {
	Study   string            `json:"study"`
	Scale   string            `json:"scale"`
	Seed    uint64            `json:"seed"`
	Seconds float64           `json:"seconds"`
	Metrics map[string]metric `json:"metrics"`
}

// Result is a line of the table of results.
type Result struct {
	Name  string
	Value string
	Paper string // empty where the paper gives none
	Unit  string
}

// NewResults begins the results of a study, named as its notebook, and its
// clock. The seed is the one that the study's draws come from.
func NewResults(study string, scale Scale, seed uint64) *Results {
	return &Results{study: study, scale: scale, seed: seed, began: time.Now(), values: map[string]metric{}}
}

// Set keeps a number under a name; setting it again replaces it.
func (r *Results) Set(name string, value float64, unit string) {
	r.set(name, metric{Value: value, Unit: unit})
}

// SetBeside keeps a number with the paper's.
func (r *Results) SetBeside(name string, value, paper float64, unit string) {
	r.set(name, metric{Value: value, Paper: &paper, Unit: unit})
}

func (r *Results) set(name string, m metric) {
	if _, ok := r.values[name]; !ok {
		r.names = append(r.names, name)
	}
	r.values[name] = m
}

// Value gives a number that was set, NaN if it was not.
func (r *Results) Value(name string) float64 {
	if m, ok := r.values[name]; ok {
		return m.Value
	}
	return math.NaN()
}

// Table gives the numbers in the order in which they were first set.
func (r *Results) Table() []Result {
	table := make([]Result, len(r.names))
	for i, name := range r.names {
		m := r.values[name]
		table[i] = Result{Name: name, Value: digits(m.Value), Unit: m.Unit}
		if m.Paper != nil {
			table[i].Paper = digits(*m.Paper)
		}
	}
	return table
}

// digits writes a number with four digits, and counts in full.
func digits(v float64) string {
	if a := math.Abs(v); a >= 9999.5 && a < 1e12 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// Path is the file that Write writes: results/STUDY.json at the scale of the
// committed outputs, results/STUDY-paper.json at the paper's, and one among the
// data at CI's.
func (r *Results) Path() string {
	switch r.scale {
	case CI:
		return filepath.Join("data", "results", r.study+"-ci.json")
	case Paper:
		return filepath.Join("results", r.study+"-paper.json")
	}
	return filepath.Join("results", r.study+".json")
}

// Write writes the numbers to their file, whole or not at all, and gives them as
// a table. It fails when a number is not finite, because then the study's text
// would quote what was not measured, or when the file can't be written.
func (r *Results) Write() ([]Result, error) {
	for _, name := range r.names {
		m := r.values[name]
		if v := m.Value; math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("study: the result %q is %v; set what was measured, or leave it out", name, v)
		}
		if v := m.Paper; v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
			return nil, fmt.Errorf("study: the paper's %q is %v; set it by Set where the paper has none", name, *v)
		}
	}
	content, err := json.MarshalIndent(resultsFile{
		Study: r.study, Scale: r.scale.String(), Seed: r.seed,
		Seconds: math.Round(10*time.Since(r.began).Seconds()) / 10, Metrics: r.values,
	}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("study: results of %s: %w", r.study, err)
	}
	if err := writeWhole(r.Path(), append(content, '\n')); err != nil {
		return nil, fmt.Errorf("study: results of %s: %w", r.study, err)
	}
	return r.Table(), nil
}

// writeWhole writes a file, and its folder if there is none.
func writeWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return whole.Write(path, func(out io.Writer) error {
		_, err := out.Write(content)
		return err
	})
}
