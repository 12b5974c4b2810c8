package study

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// arrow gives the table as an Arrow IPC file: keys with the type of their column,
// values as float64.
func (s *Sweep) arrow() ([]byte, error) {
	var fields []arrow.Field
	for i, name := range s.keys {
		fields = append(fields, arrow.Field{Name: name, Type: s.keyType(i)})
	}
	for _, name := range s.values {
		fields = append(fields, arrow.Field{Name: name, Type: arrow.PrimitiveTypes.Float64})
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	var err error
	for _, r := range s.rows {
		for i, k := range r.key {
			err = errors.Join(err, b.Field(i).AppendValueFromString(k))
		}
		for i, v := range r.values {
			b.Field(len(r.key) + i).(*array.Float64Builder).Append(v)
		}
	}
	record := b.NewRecordBatch()
	defer record.Release()
	var file bytes.Buffer
	w, opened := ipc.NewFileWriter(&file, ipc.WithSchema(record.Schema()))
	if opened != nil {
		return nil, opened
	}
	err = errors.Join(err, w.Write(record), w.Close())
	return file.Bytes(), err
}

// keyType is the narrowest type that gives every text of a column of keys back.
func (s *Sweep) keyType(column int) arrow.DataType {
	whole, number, truth := true, true, true
	for _, r := range s.rows {
		k := r.key[column]
		n, err := strconv.ParseInt(k, 10, 64)
		whole = whole && err == nil && strconv.FormatInt(n, 10) == k
		x, err := strconv.ParseFloat(k, 64)
		number = number && err == nil && strconv.FormatFloat(x, 'g', -1, 64) == k
		truth = truth && (k == "true" || k == "false")
	}
	switch {
	case whole:
		return arrow.PrimitiveTypes.Int64
	case number:
		return arrow.PrimitiveTypes.Float64
	case truth:
		return arrow.FixedWidthTypes.Boolean
	}
	return arrow.BinaryTypes.String
}
