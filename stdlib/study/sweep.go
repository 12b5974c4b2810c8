package study

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// Sweep is a table of runs that is kept in two files, PATH.csv and PATH.arrow,
// after every run: a sweep that is stopped or killed goes on with the runs that
// are missing.
//
//	sweep, err := study.OpenSweep("results/latent", []string{"latent", "seed"}, []string{"MSE"})
//	…
//	if !sweep.Has(16, 1) {
//		err = sweep.Add([]float64{mse}, 16, 1)
//	}
type Sweep struct {
	path         string
	keys, values []string
	rows         []sweepRow
}

type sweepRow struct {
	key    []string
	values []float64
}

// OpenSweep opens the table at a path without its ending, or begins it. keys name
// what distinguishes the runs, values what is measured. It fails when the files
// hold other columns.
func OpenSweep(path string, keys, values []string) (*Sweep, error) {
	s := &Sweep{path: path, keys: keys, values: values}
	file, err := os.Open(path + ".csv")
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("study: sweep: %w", err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("study: sweep %s.csv: %w", path, err)
	}
	columns := slices.Concat(keys, values)
	if len(records) == 0 || !slices.Equal(records[0], columns) {
		return nil, fmt.Errorf("study: sweep %s.csv has not the columns %q; choose another path or remove it", path, columns)
	}
	for _, record := range records[1:] {
		row := sweepRow{key: record[:len(keys)]}
		for _, text := range record[len(keys):] {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, fmt.Errorf("study: sweep %s.csv: %w", path, err)
			}
			row.values = append(row.values, value)
		}
		s.rows = append(s.rows, row)
	}
	return s, nil
}

// Has says whether the run with a key is in the table.
func (s *Sweep) Has(key ...any) bool {
	want := texts(key)
	return slices.ContainsFunc(s.rows, func(r sweepRow) bool { return slices.Equal(r.key, want) })
}

// Add adds what was measured in the run with a key and writes both files, each
// whole or not at all. It fails when there are not as many values and keys as
// columns, when the run is there already, and when a file can't be written; the run
// is then not in the table, and can be added again.
func (s *Sweep) Add(values []float64, key ...any) error {
	if len(key) != len(s.keys) || len(values) != len(s.values) {
		return fmt.Errorf("study: sweep: a run of %d keys and %d values for the columns %q and %q", len(key), len(values), s.keys, s.values)
	}
	if s.Has(key...) {
		return fmt.Errorf("study: sweep: the run %v is in the table already", key)
	}
	with := &Sweep{keys: s.keys, values: s.values}
	with.rows = append(slices.Clip(s.rows), sweepRow{key: texts(key), values: slices.Clone(values)})
	table, err := with.arrow()
	if err == nil {
		err = writeWhole(s.path+".arrow", table)
	}
	if err == nil { // last: it is what says that a run is done
		err = writeWhole(s.path+".csv", with.csv())
	}
	if err != nil {
		return fmt.Errorf("study: sweep: %w", err)
	}
	s.rows = with.rows
	return nil
}

// Len is the number of runs in the table.
func (s *Sweep) Len() int { return len(s.rows) }

// String gives the table.
func (s *Sweep) String() string { return string(s.csv()) }

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

// arrow gives the table as an Arrow IPC file: keys as text, values as float64.
func (s *Sweep) arrow() ([]byte, error) {
	var fields []arrow.Field
	for _, name := range s.keys {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.BinaryTypes.String})
	}
	for _, name := range s.values {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64})
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, r := range s.rows {
		for i, k := range r.key {
			b.Field(i).(*array.StringBuilder).Append(k)
		}
		for i, v := range r.values {
			b.Field(len(r.key) + i).(*array.Float64Builder).Append(v)
		}
	}
	record := b.NewRecordBatch()
	defer record.Release()
	var file bytes.Buffer
	w, err := ipc.NewFileWriter(&file, ipc.WithSchema(record.Schema()))
	if err != nil {
		return nil, err
	}
	err = errors.Join(w.Write(record), w.Close())
	return file.Bytes(), err
}
