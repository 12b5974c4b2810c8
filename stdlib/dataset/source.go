package dataset

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"

	"hillock/stdlib/adex"
	"hillock/stdlib/bss2"
)

// Source is what traces come from.
type Source interface {
	// Describe says what is drawn and what comes out.
	Describe() (Description, error)
	// Simulate gives the trace of each parameter vector, and its number of spikes.
	// first is the place of the first in the whole dataset, from which a source
	// with noise takes its random numbers. Traces have at least samples samples.
	Simulate(ctx context.Context, theta [][]float64, first, samples int) (traces [][]float64, spikes []int, err error)
}

// Description says what a source draws and what its traces are.
type Description struct {
	Source     string      `json:"source"`      // what simulates, with what is fixed
	Parameters []Parameter `json:"parameters"`  // what is drawn
	TraceUnit  string      `json:"trace_unit"`  // of the samples: mV, LSB
	TimeUnit   string      `json:"time_unit"`   // ms, µs
	SampleTime float64     `json:"sample_time"` // between two samples of the source
	Low        float64     `json:"low"`         // to 0 when traces are normalised
	High       float64     `json:"high"`        // to 1
}

// Parameter is one that is drawn uniformly between Low and High.
type Parameter struct {
	Name     string  `json:"name"`     // of its column
	Unit     string  `json:"unit"`     // such as nS, or LSB for codes
	Low      float64 `json:"low"`      // smallest value, in the unit
	High     float64 `json:"high"`     // largest value, in the unit
	Discrete bool    `json:"discrete"` // whole numbers only, both ends included
}

// AdEx simulates neurons with parameters drawn from ranges. Traces are mV,
// normalised from −70…0 mV as in the thesis.
type AdEx struct {
	Ranges   adex.Ranges   // parameters that differ between Low and High are drawn
	Stimulus adex.Stimulus // nil means adex.ThesisStep(2000)
	Dt       float64       // time step, ms; 0 means adex.DefaultDt
}

func (a AdEx) stimulus() adex.Stimulus {
	if a.Stimulus == nil {
		return adex.ThesisStep(2000)
	}
	return a.Stimulus
}

// Describe says which of the parameters are drawn.
func (a AdEx) Describe() (Description, error) {
	d := Description{
		Source:    fmt.Sprintf("%v, stimulus %+v", a.Ranges.Low, a.stimulus()),
		TraceUnit: "mV", TimeUnit: "ms", SampleTime: a.Dt, Low: -70, High: 0,
	}
	if d.SampleTime == 0 {
		d.SampleTime = adex.DefaultDt
	}
	low, high := a.Ranges.Low.Values(), a.Ranges.High.Values()
	units := adex.ParameterUnits()
	for i, name := range adex.ParameterNames() {
		if low[i] != high[i] {
			d.Parameters = append(d.Parameters, Parameter{Name: name, Unit: units[i], Low: low[i], High: high[i]})
		}
	}
	if len(d.Parameters) == 0 {
		return d, fmt.Errorf("dataset: the ranges fix all parameters of the neuron; there is nothing to draw")
	}
	return d, nil
}

// Simulate runs all sets at once on all cores.
func (a AdEx) Simulate(ctx context.Context, theta [][]float64, _, _ int) ([][]float64, []int, error) {
	return a.simulate(ctx, theta, nil)
}

// checkLengths fails when a parameter vector has not a value for each that is drawn.
func checkLengths(theta [][]float64, drawn int) error {
	for k, values := range theta {
		if len(values) != drawn {
			return fmt.Errorf("dataset: parameter vector %d has %d values; %d parameters are drawn", k, len(values), drawn)
		}
	}
	return nil
}

// reusing is a source for one dataset, whose traces are used up before the next
// are simulated.
func reusing(s Source) Source {
	if a, ok := s.(AdEx); ok {
		return &reusedAdEx{AdEx: a}
	}
	return s
}

// reusedAdEx is AdEx that simulates into the same memory again and again.
type reusedAdEx struct {
	AdEx
	last *adex.Batch
}

func (a *reusedAdEx) Simulate(ctx context.Context, theta [][]float64, _, _ int) ([][]float64, []int, error) {
	return a.simulate(ctx, theta, &a.last)
}

// simulate leaves its batch in last, if there is one, to reuse it the next time.
func (a AdEx) simulate(ctx context.Context, theta [][]float64, last **adex.Batch) ([][]float64, []int, error) {
	low, high := a.Ranges.Low.Values(), a.Ranges.High.Values()
	drawn := 0
	for i := range low {
		if low[i] != high[i] {
			drawn++
		}
	}
	if err := checkLengths(theta, drawn); err != nil {
		return nil, nil, err
	}
	sets := make([]adex.Params, len(theta))
	for k, values := range theta {
		all := append([]float64(nil), low...)
		next := 0
		for i := range all {
			if low[i] != high[i] {
				all[i] = values[next]
				next++
			}
		}
		sets[k].SetValues(all)
	}
	o := adex.Options{Dt: a.Dt}
	if last != nil {
		o.Reuse = *last
	}
	b, err := adex.SimulateBatch(ctx, sets, a.stimulus(), o)
	if err != nil {
		return nil, nil, err
	}
	if last != nil {
		*last = b
	}
	return b.V, b.Counts(), nil
}

// Chip emulates one neuron with codes drawn from ranges, or measures it where
// the neuron's backend is a chip. Traces are LSB, normalised from 0…1022 as in
// the thesis.
type Chip struct {
	Neuron     *bss2.Neuron    // that is measured
	Ranges     bss2.Ranges     // of the codes that are drawn
	Experiment bss2.Experiment // Samples and Points follow the dataset's
}

var errNoNeuron = errors.New("dataset: Chip has no Neuron; take chip.Neuron(0)")

// Describe says which codes are drawn.
func (c Chip) Describe() (Description, error) {
	if c.Neuron == nil {
		return Description{}, errNoNeuron
	}
	if err := c.Ranges.Validate(); err != nil {
		return Description{}, err
	}
	e := c.Experiment
	d := Description{
		Source: fmt.Sprintf("%v, %v, offset %g µs, runtime %g µs, record %d, seed %d%s",
			c.Neuron, c.Ranges.Base, e.Offset, e.Runtime, e.Record, e.Seed, c.circuit()),
		TraceUnit: "LSB", TimeUnit: "µs", SampleTime: 1 / bss2.SampleRate, Low: 0, High: bss2.MaxCode,
	}
	for i, p := range c.Ranges.Parameters {
		d.Parameters = append(d.Parameters, Parameter{
			Name: p.String(), Unit: "LSB", Low: float64(c.Ranges.Low[i]), High: float64(c.Ranges.High[i]), Discrete: true,
		})
	}
	return d, nil
}

// circuit is a fingerprint of the emulated circuit, so that traces of an emulator
// with other numbers count as other traces; a chip has none.
func (c Chip) circuit() string {
	chip, ok := c.Neuron.Backend.(*bss2.Chip)
	if !ok {
		return ""
	}
	// Neurons that can't run are refused when they do.
	q, _ := chip.Quantities(c.Neuron.Index, c.Ranges.Base)
	sum := sha256.Sum256(fmt.Appendf(nil, "%v %.5g", chip.Circuit(), q))
	return fmt.Sprintf(", circuit %x", sum[:4])
}

// Simulate measures the configurations one after the other on the neuron.
func (c Chip) Simulate(ctx context.Context, theta [][]float64, first, samples int) ([][]float64, []int, error) {
	if c.Neuron == nil {
		return nil, nil, errNoNeuron
	}
	if err := checkLengths(theta, len(c.Ranges.Parameters)); err != nil {
		return nil, nil, err
	}
	configs := make([]bss2.Config, len(theta))
	for k, values := range theta {
		configs[k] = c.Ranges.Base
		for i, p := range c.Ranges.Parameters {
			configs[k] = configs[k].With(p, int(math.Round(values[i])))
		}
	}
	e := c.Experiment
	e.Samples, e.Points, e.Repeats = samples, 0, 1
	e.First = first
	t, err := c.Neuron.RunAll(ctx, configs, e)
	if err != nil {
		return nil, nil, err
	}
	return t.V, t.Counts(), nil
}
