package study

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"

	"hillock/internal/filelock"
)

// Sweep is a table of runs that is kept in two files, PATH.csv and PATH.arrow,
// after every run: a sweep that is stopped or killed goes on with the runs that
// are missing. Several processes may add to the same table, each its own runs, and
// goroutines may share a Sweep. In Arrow a column of keys has the type that its texts
// have in CSV: int64 or double where all of them are such numbers, bool, or string.
//
//	sweep, err := study.OpenSweep("results/latent", []string{"latent", "seed"}, []string{"MSE"})
//	…
//	if !sweep.Has(16, 1) {
//		err = sweep.Add([]float64{mse}, 16, 1)
//	}
//	mse := sweep.Values(16, 1)[0]
type Sweep struct {
	path         string
	keys, values []string

	mutex sync.Mutex
	rows  []sweepRow
	file  fs.FileInfo // of the CSV that rows were read from, nil for none
}

type sweepRow struct {
	key    []string
	values []float64
}

// OpenSweep opens the table at a path without its ending, or begins it. keys name
// what distinguishes the runs, values what is measured. It fails when the files
// hold other columns.
func OpenSweep(path string, keys, values []string) (*Sweep, error) {
	if path == "" || len(keys) == 0 {
		return nil, fmt.Errorf("study: sweep: the path %q and the keys %q; want the name of a file without its ending, and one key or more", path, keys)
	}
	s := &Sweep{path: path, keys: keys, values: values}
	if err := s.refresh(); err != nil {
		return nil, fmt.Errorf("study: sweep: %w", err)
	}
	return s, nil
}

// refresh reads the table's file when it is not the one that was read last: another
// process may have added to it. Without a file the rows stay what they are.
func (s *Sweep) refresh() error {
	file, err := os.Open(s.path + ".csv")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if old := s.file; old != nil && os.SameFile(old, info) && old.Size() == info.Size() && old.ModTime().Equal(info.ModTime()) {
		return nil
	}
	rows, err := s.parse(file)
	if err != nil {
		return fmt.Errorf("%s.csv: %w; mend it, or choose another path", s.path, err)
	}
	s.rows, s.file = rows, info
	return nil
}

// parse reads the rows of a CSV file.
func (s *Sweep) parse(file io.Reader) ([]sweepRow, error) {
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	columns := slices.Concat(s.keys, s.values)
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("it has not the columns %q", columns)
	}
	var rows []sweepRow
	for _, record := range records[1:] {
		row := sweepRow{key: record[:len(s.keys)]}
		for _, text := range record[len(s.keys):] {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, err
			}
			row.values = append(row.values, value)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// Has says whether the run with a key is in the table, be it another process that
// has added it.
func (s *Sweep) Has(key ...any) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_ = s.refresh() // what can't be read now is what Add fails with
	return s.has(texts(key))
}

func (s *Sweep) has(key []string) bool {
	return slices.ContainsFunc(s.rows, func(r sweepRow) bool { return slices.Equal(r.key, key) })
}

// Values gives what was measured in the run with a key, in the order of the columns,
// also when another process or an earlier one has; nil when it is not in the table.
func (s *Sweep) Values(key ...any) []float64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_ = s.refresh() // as in Has
	want := texts(key)
	for _, r := range s.rows {
		if slices.Equal(r.key, want) {
			return slices.Clone(r.values)
		}
	}
	return nil
}

// Add adds what was measured in the run with a key and writes both files, each
// whole or not at all. It fails when there are not as many values and keys as
// columns, when the run is there already, and when a file can't be written; the run
// is then not in the table, and can be added again. A run that another process has
// added since Has was asked stays as it is.
func (s *Sweep) Add(values []float64, key ...any) error {
	if len(key) != len(s.keys) || len(values) != len(s.values) {
		return fmt.Errorf("study: sweep: a run of %d keys and %d values for the columns %q and %q", len(key), len(values), s.keys, s.values)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	row := sweepRow{key: texts(key), values: slices.Clone(values)}
	if s.has(row.key) {
		return fmt.Errorf("study: sweep: the run %v is in the table already", key)
	}
	if err := s.add(row); err != nil {
		return fmt.Errorf("study: sweep: %w", err)
	}
	return nil
}

// add writes the table with one more row, while no other process does.
func (s *Sweep) add(row sweepRow) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o755); err != nil {
		return err
	}
	lock, err := filelock.Lock(context.Background(), lockOf(s.path), nil) // it takes milliseconds
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.refresh(); err != nil || s.has(row.key) {
		return err
	}
	with := &Sweep{keys: s.keys, values: s.values, rows: append(slices.Clip(s.rows), row)}
	table, err := with.arrow()
	if err == nil {
		err = writeWhole(s.path+".arrow", table)
	}
	if err == nil { // last: it is what says that a run is done
		err = writeWhole(s.path+".csv", with.csv())
	}
	if err != nil {
		return err
	}
	s.rows = with.rows
	return nil
}

// Len is the number of runs in the table.
func (s *Sweep) Len() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.rows)
}

func texts(key []any) []string {
	all := make([]string, len(key))
	for i, k := range key {
		all[i] = fmt.Sprint(k)
	}
	return all
}

func (s *Sweep) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b) // errors of a buffer can't happen
	_ = w.Write(slices.Concat(s.keys, s.values))
	for _, r := range s.rows {
		record := slices.Clone(r.key)
		for _, v := range r.values {
			record = append(record, strconv.FormatFloat(v, 'g', -1, 64))
		}
		_ = w.Write(record)
	}
	w.Flush()
	return b.Bytes()
}
