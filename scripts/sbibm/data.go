package main

import (
	"cmp"
	"compress/bzip2"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// taskFolder holds a task's files.
func taskFolder(root, task string) string {
	return filepath.Join(root, ".venv-bench", "sbibm", "tasks", task, "files")
}

// load reads an observation and its reference posterior.
func load(root, name string, observation int) (x []float64, reference [][]float64, err error) {
	task, err := find(root, name)
	if err != nil {
		return nil, nil, err
	}
	folder := filepath.Join(taskFolder(root, cmp.Or(task.of, name)), fmt.Sprintf("num_observation_%d", observation))
	rows, err := table2D(filepath.Join(folder, cmp.Or(task.observation, "observation.csv")))
	if err != nil {
		return nil, nil, fmt.Errorf("%w; run scripts/sbibm/fetch.sh first", err)
	}
	reference, err = table2D(filepath.Join(folder, "reference_posterior_samples.csv.bz2"))
	if err == nil && (len(rows) != 1 || len(reference) == 0) {
		err = fmt.Errorf("%s: %d observations and %d reference samples", folder, len(rows), len(reference))
	}
	if err != nil {
		return nil, nil, err
	}
	return rows[0], reference, nil
}

// table2D reads numbers below a line of names.
func table2D(path string) ([][]float64, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var in io.Reader = file
	if strings.HasSuffix(path, ".bz2") {
		in = bzip2.NewReader(file)
	}
	lines, err := csv.NewReader(in).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows [][]float64
	for _, line := range lines[min(1, len(lines)):] {
		row := make([]float64, len(line))
		for i, text := range line {
			if row[i], err = strconv.ParseFloat(text, 64); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}
