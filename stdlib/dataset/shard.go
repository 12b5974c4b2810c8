package dataset

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// rows are traces in memory with what they came from.
type rows struct {
	theta  [][]float64
	spikes []int32
	points int
	data   []float32 // traces, one after the other
}

func newRows(n, parameters, points int) *rows {
	r := &rows{theta: make([][]float64, n), spikes: make([]int32, n), points: points, data: make([]float32, n*points)}
	for i := range r.theta {
		r.theta[i] = make([]float64, parameters)
	}
	return r
}

func (r *rows) trace(i int) []float32 { return r.data[i*r.points : (i+1)*r.points] }

// The columns that every shard has beside those of its parameters.
const (
	spikesColumn = "spikes"
	traceColumn  = "trace"
)

func (m Manifest) schema() *arrow.Schema {
	unit := func(key, value string) arrow.Metadata { return arrow.NewMetadata([]string{key}, []string{value}) }
	var fields []arrow.Field
	for _, p := range m.Description.Parameters {
		fields = append(fields, arrow.Field{Name: p.Name, Type: arrow.PrimitiveTypes.Float64, Metadata: unit("unit", p.Unit)})
	}
	fields = append(fields,
		arrow.Field{Name: spikesColumn, Type: arrow.PrimitiveTypes.Int32},
		arrow.Field{
			Name: traceColumn, Type: arrow.FixedSizeListOfNonNullable(int32(m.Points), arrow.PrimitiveTypes.Float32),
			Metadata: arrow.NewMetadata([]string{"unit", "dt", "time_unit"},
				[]string{m.Description.TraceUnit, fmt.Sprint(m.PointTime), m.Description.TimeUnit}),
		})
	return arrow.NewSchema(fields, nil)
}

// writeShard writes rows as an Arrow IPC file and gives its entry.
func writeShard(dir, name string, m Manifest, r *rows) (Shard, error) {
	pool := memory.NewGoAllocator()
	b := array.NewRecordBuilder(pool, m.schema())
	defer b.Release()
	for p := range m.Description.Parameters {
		column := b.Field(p).(*array.Float64Builder)
		for _, theta := range r.theta {
			column.Append(theta[p])
		}
	}
	n := len(m.Description.Parameters)
	b.Field(n).(*array.Int32Builder).AppendValues(r.spikes, nil)
	list := b.Field(n + 1).(*array.FixedSizeListBuilder)
	list.AppendValues(validRows(len(r.spikes)))
	list.ValueBuilder().(*array.Float32Builder).AppendValues(r.data, nil)
	record := b.NewRecordBatch()
	defer record.Release()

	var file bytes.Buffer
	w, err := ipc.NewFileWriter(&file, ipc.WithSchema(record.Schema()), ipc.WithAllocator(pool), ipc.WithZstd())
	if err != nil {
		return Shard{}, fmt.Errorf("dataset: %s: %w", name, err)
	}
	if err := w.Write(record); err != nil {
		return Shard{}, fmt.Errorf("dataset: %s: %w", name, err)
	}
	if err := w.Close(); err != nil {
		return Shard{}, fmt.Errorf("dataset: %s: %w", name, err)
	}
	err = writeWhole(filepath.Join(dir, name), func(out io.Writer) error {
		_, err := out.Write(file.Bytes())
		return err
	})
	return Shard{File: name, Rows: len(r.spikes), SHA256: checksum(file.Bytes())}, err
}

func validRows(n int) []bool {
	valid := make([]bool, n)
	for i := range valid {
		valid[i] = true
	}
	return valid
}

// readShard reads a shard whole, and refuses one that is not, byte for byte, what
// the manifest says: only what this package wrote reaches the Arrow reader.
func readShard(dir string, m Manifest, s Shard) (*rows, error) {
	path := filepath.Join(dir, s.File)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: shard %s is missing: %w; call Generate again to make it", path, err)
	}
	if checksum(data) != s.SHA256 {
		return nil, fmt.Errorf("dataset: shard %s is damaged: its checksum is not the manifest's; remove it and call Generate again to make it", path)
	}
	r, err := decode(data, m, s)
	if err != nil {
		return nil, fmt.Errorf("dataset: shard %s: %w", path, err)
	}
	return r, nil
}

func decode(data []byte, m Manifest, s Shard) (r *rows, err error) {
	defer func() {
		// The Arrow reader panics on some malformed files.
		if p := recover(); p != nil {
			r, err = nil, fmt.Errorf("not an Arrow file that can be read: %v", p)
		}
	}()
	f, err := ipc.NewFileReader(bytes.NewReader(data), ipc.WithAllocator(memory.NewGoAllocator()))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	parameters := len(m.Description.Parameters)
	if f.NumRecords() != 1 || f.Schema().NumFields() != parameters+2 {
		return nil, fmt.Errorf("%d batches of %d columns, expected 1 of %d", f.NumRecords(), f.Schema().NumFields(), parameters+2)
	}
	record, err := f.RecordBatch(0)
	if err != nil {
		return nil, err
	}
	if record.NumRows() != int64(s.Rows) {
		return nil, fmt.Errorf("%d rows, expected %d", record.NumRows(), s.Rows)
	}
	r = newRows(s.Rows, parameters, m.Points)
	for p, want := range m.Description.Parameters {
		column, ok := record.Column(p).(*array.Float64)
		if !ok || record.ColumnName(p) != want.Name {
			return nil, fmt.Errorf("column %d is %s, expected float64 %s", p, record.ColumnName(p), want.Name)
		}
		for i := range r.theta {
			r.theta[i][p] = column.Value(i)
		}
	}
	spikes, ok := record.Column(parameters).(*array.Int32)
	if !ok {
		return nil, fmt.Errorf("column %d is %s, expected int32 %s", parameters, record.ColumnName(parameters), spikesColumn)
	}
	copy(r.spikes, spikes.Int32Values())
	list, ok := record.Column(parameters + 1).(*array.FixedSizeList)
	if !ok {
		return nil, fmt.Errorf("column %d is %s, expected lists in %s", parameters+1, record.ColumnName(parameters+1), traceColumn)
	}
	values, ok := list.ListValues().(*array.Float32)
	if !ok || values.Len() != len(r.data) {
		return nil, fmt.Errorf("traces of %v, expected %d of %d float32", list.DataType(), s.Rows, m.Points)
	}
	copy(r.data, values.Float32Values())
	return r, nil
}
