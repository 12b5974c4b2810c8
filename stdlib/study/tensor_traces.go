package study

import (
	"fmt"

	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/viz"
)

// TensorTraces gives the first traces of a tensor of normalised traces of a dataset,
// cut to their first points, as viz draws them in the dataset's units. It fails when
// the tensor's rows are not as long as the dataset's traces.
func TensorTraces(d *dataset.Dataset, x *nn.Tensor, traces, points int) (viz.Rows, error) {
	m := d.Manifest()
	if x == nil || x.Rank() != 2 || x.Dim(1) != m.Points {
		return viz.Rows{}, fmt.Errorf("study: want a tensor of traces of %d points, of shape (traces, %d)", m.Points, m.Points)
	}
	rows := viz.Rows{Dt: m.PointTime, Time: m.Description.TimeUnit, Unit: m.Description.TraceUnit}
	for i := range min(traces, x.Dim(0)) {
		row := make([]float64, min(points, m.Points))
		for k := range row {
			row[k] = m.Description.Low + float64(x.At(i, k))*(m.Description.High-m.Description.Low)
		}
		rows.Values = append(rows.Values, row)
	}
	return rows, nil
}
