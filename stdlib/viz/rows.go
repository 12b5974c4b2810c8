package viz

// Rows is traces given as numbers, such as simulations of a posterior, ready to
// be drawn.
type Rows struct {
	Values [][]float64 // a trace a row
	Dt     float64     // time between two values; 0 means 1
	Time   string      // unit of time; "" means ms
	Unit   string      // of the values; "" means that they are normalised
}

var _ interface {
	Traced
	Measured
} = Rows{}

// Len is the number of traces.
func (r Rows) Len() int { return len(r.Values) }

// Trace gives row i and the time between two values.
func (r Rows) Trace(i int) (samples []float64, dt float64) {
	if r.Dt == 0 {
		return r.Values[i], 1
	}
	return r.Values[i], r.Dt
}

// Units gives the units of time and of the values.
func (r Rows) Units() (time, trace, adaptation string) {
	if r.Time == "" {
		return "ms", r.Unit, "pA"
	}
	return r.Time, r.Unit, "pA"
}
