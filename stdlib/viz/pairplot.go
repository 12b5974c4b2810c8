package viz

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"

	"hillock/stdlib/notebook"
)

// Sampled is draws of several parameters, such as sbi.Samples.
type Sampled interface {
	// Columns gives the parameters' names and the draws of each. They are only read.
	Columns() (names []string, values [][]float64)
}

// Bounded is what has a lower and an upper limit for every parameter, such as a
// sbi.Prior; infinite ones are taken from the draws.
type Bounded interface {
	Bounds() (lower, upper []float64)
}

// PairOption adds something to a PairPlot: Truth, Observed, Mark, Limits, Named,
// Beside, Above or Only.
type PairOption func(p *pairs)

// Limits shows the whole range of a prior instead of that of the draws: its Range if
// it has one, as those of sbi have, and otherwise its bounds.
func Limits(prior Bounded) PairOption {
	if prior == nil {
		return func(*pairs) {} // as without limits
	}
	bounds := prior.Bounds
	if p, ok := prior.(interface {
		Range() (lower, upper []float64)
	}); ok {
		bounds = p.Range
	}
	return func(p *pairs) {
		p.lower, p.upper = bounds()
		p.askLogs(prior)
	}
}

// setOf is other samples of a pair plot; of nil it has no parameters, which is refused.
func setOf(name string, s Sampled, above bool) PairOption {
	return func(p *pairs) {
		set := pairSet{label: name, above: above}
		if s != nil {
			set.names, set.columns = s.Columns()
			p.askLogs(s)
		}
		p.sets = append(p.sets, set)
	}
}

// Beside draws other samples of the same parameters over the first, such as those
// of a later round.
func Beside(name string, s Sampled) PairOption { return setOf(name, s, false) }

// Above draws the pairs of other samples of the same parameters into the upper
// triangle, which else is empty.
func Above(name string, s Sampled) PairOption { return setOf(name, s, true) }

// Named gives the first samples a name for the legend.
func Named(name string) PairOption { return func(p *pairs) { p.sets[0].label = name } }

// Only draws the named parameters alone, in this order.
func Only(names ...string) PairOption { return func(p *pairs) { p.only = names } }

// pairSet is one set of samples.
type pairSet struct {
	names   []string // nil for those of the first
	columns [][]float64
	label   string
	above   bool // pairs go into the upper triangle
}

// pairs is a pair plot in the making.
type pairs struct {
	names        []string
	sets         []pairSet
	points       []point // that are marked, the truth for example
	lower, upper []float64
	only         []string
	logs         []bool // parameters whose decimal logarithm is drawn; nil for none
	told         string // the samples in words
	warning      string // what is to be known of the first ones
	view         []span // of each parameter
	given        given  // densities instead of samples, or nil
	alone        bool   // marginals without pairs
}

// given is densities that are known rather than found from samples.
type given interface {
	marginal(i int) plotter.XYs
	pair(j, i int) *grid
}

// mostPairs is the number of parameters up to which all pairs are drawn.
const mostPairs = 10

// PairPlot draws the samples' distribution: each parameter's on the diagonal, that
// of each pair below. One set of samples is drawn by its density, several by the
// regions that hold their densest 50 % and 90 %, each in its colour. More than 10
// parameters are drawn by their marginals alone; Only chooses those whose pairs
// are to be seen. It fails when sets, marks or limits differ in their parameters,
// columns in their draws, or a limit is not below the other. Parameters that samples or
// limits call Logarithmic, as those of sbi do for log-uniform ones, have logarithmic axes;
// the Warning of samples stands above the plot.
func PairPlot(s Sampled, options ...PairOption) (notebook.Figure, error) {
	p, err := newPairs(s, options)
	if err != nil {
		return notebook.Figure{}, err
	}
	if n := len(p.names); n > mostPairs {
		return p.marginals(fmt.Sprintf("Marginals of %d parameters; viz.Only(…) draws pairs of some", n), p.about("Marginals")), nil
	}
	f := p.figure(p.about("Pair plot"))
	if p.warning != "" {
		f.Title = p.warning
		f.Height += titleHeight
	}
	return f, nil
}

// warned is what knows why its draws may be off, "" for no reason, as samples of sbi do.
type warned interface{ Warning() string }

// Marginals draws each parameter's distribution alone, or with Observed each value
// of simulations beside the observation. It takes what PairPlot takes.
func Marginals(s Sampled, options ...PairOption) (notebook.Figure, error) {
	p, err := newPairs(s, options)
	if err != nil {
		return notebook.Figure{}, err
	}
	return p.marginals(p.warning, p.about("Marginals")), nil
}

func newPairs(s Sampled, options []PairOption) (*pairs, error) {
	if s == nil {
		return nil, errors.New("viz: pair plot of nil")
	}
	names, columns := s.Columns()
	p := &pairs{names: names, sets: []pairSet{{columns: columns}}}
	p.askLogs(s)
	if w, ok := s.(warned); ok {
		p.warning = w.Warning()
	}
	for _, o := range options {
		if o != nil {
			o(p)
		}
	}
	if len(p.sets) > 1 && p.sets[0].label == "" {
		p.sets[0].label = "samples"
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	if err := p.choose(); err != nil {
		return nil, err
	}
	p.told = p.moments()
	p.takeLogs()
	p.findView()
	return p, nil
}

// figure draws the grid of all pairs.
func (p *pairs) figure(about string) notebook.Figure {
	dim := len(p.names)
	f := notebook.Figure{Width: math.Min(11, 1.75*float64(dim)+1.4), Height: math.Min(10.5, 1.65*float64(dim)+0.7), Alt: about}
	if dim == 1 {
		f.Width, f.Height = 4.2, 3
	}
	for i := range dim {
		row := make([]*plot.Plot, dim)
		for j := range dim {
			switch {
			case i == j:
				row[j] = p.marginal(i)
			case j < i || p.hasAbove():
				row[j] = p.pair(j, i)
			}
		}
		f.Plots = append(f.Plots, row)
	}
	return f
}

func (p *pairs) hasAbove() bool {
	for _, s := range p.sets {
		if s.above {
			return true
		}
	}
	return false
}

func (p *pairs) check() error {
	dim := len(p.names)
	if dim == 0 {
		return errors.New("viz: pair plot of no parameters; the samples are nil or were never drawn")
	}
	for i, set := range p.sets {
		if len(set.columns) != dim {
			return fmt.Errorf("viz: pair plot: set %d of samples has %d parameters; want %d, as the first has names", i+1, len(set.columns), dim)
		}
		if n := len(set.columns[0]); n < 2 {
			return fmt.Errorf("viz: pair plot: set %d of samples has %d draws; want two or more, and hundreds for a density", i+1, n)
		}
		for k, column := range set.columns {
			if len(column) != len(set.columns[0]) {
				return fmt.Errorf("viz: pair plot: set %d of samples has %d draws of parameter 1 and %d of parameter %d; want as many", i+1, len(set.columns[0]), len(column), k+1)
			}
		}
		for k, name := range set.names {
			if at := slices.Index(p.names, name); at >= 0 && at != k {
				return fmt.Errorf("viz: pair plot: set %d of samples has %q as parameter %d, the first set as %d; want the same order", i+1, name, k+1, at+1)
			}
		}
	}
	for _, o := range p.points {
		if len(o.at) != dim {
			return fmt.Errorf("viz: pair plot of %d parameters with the %s of %d; want one value of each", dim, o.name, len(o.at))
		}
	}
	if (p.lower != nil || p.upper != nil) && (len(p.lower) != dim || len(p.upper) != dim) {
		return fmt.Errorf("viz: pair plot of %d parameters with %d lower and %d upper limits; want one of each", dim, len(p.lower), len(p.upper))
	}
	for i := range p.lower {
		width := p.upper[i] - p.lower[i]
		if !(width > 0) || math.IsInf(width, 0) && finite(p.lower[i]) && finite(p.upper[i]) {
			return fmt.Errorf("viz: pair plot: the limits of %s are %g and %g; want the lower one first", p.names[i], p.lower[i], p.upper[i])
		}
	}
	return nil
}

// choose keeps the parameters of Only.
func (p *pairs) choose() error {
	if p.only == nil {
		return nil
	}
	var at []int
	for _, name := range p.only {
		found := -1
		for i, n := range p.names {
			if n == name {
				found = i
			}
		}
		if found < 0 {
			return fmt.Errorf("viz: pair plot: there is no parameter %q among %s", name, strings.Join(p.names, ", "))
		}
		at = append(at, found)
	}
	if len(at) == 0 {
		return fmt.Errorf("viz: pair plot: Only names no parameter")
	}
	pick := func(values []float64) []float64 {
		if values == nil {
			return nil
		}
		out := make([]float64, len(at))
		for k, i := range at {
			out[k] = values[i]
		}
		return out
	}
	if p.logs != nil {
		logs := make([]bool, len(at))
		for k, i := range at {
			logs[k] = p.logs[i]
		}
		p.logs = logs
	}
	p.names, p.lower, p.upper = p.only, pick(p.lower), pick(p.upper)
	for k := range p.points {
		p.points[k].at = pick(p.points[k].at)
	}
	sets := make([]pairSet, len(p.sets))
	for k, set := range p.sets {
		sets[k] = pairSet{label: set.label, above: set.above}
		for _, i := range at {
			sets[k].columns = append(sets[k].columns, set.columns[i])
		}
	}
	p.sets = sets
	return nil
}

// findView finds the range that is seen of each parameter: the limits, or that of
// what is marked and all but the outermost draws where there are none.
func (p *pairs) findView() {
	p.view = make([]span, len(p.names))
	for i := range p.names {
		s := span{math.Inf(1), math.Inf(-1)}
		take := func(v float64) {
			if finite(v) {
				s.low, s.high = math.Min(s.low, v), math.Max(s.high, v)
			}
		}
		for _, set := range p.sets {
			c := core(set.columns[i], span{math.Inf(-1), math.Inf(1)}).wider(0.05)
			take(c.low)
			take(c.high)
		}
		for _, o := range p.points {
			take(o.at[i])
		}
		if s.low > s.high {
			s = span{0, 1}
		}
		s = s.wider(0.01)
		if p.lower != nil && !math.IsInf(p.lower[i], 0) {
			s.low = p.lower[i]
		}
		if p.upper != nil && !math.IsInf(p.upper[i], 0) {
			s.high = p.upper[i]
		}
		if p.lower != nil && !(s.low < s.high) { // all draws lie beyond the one limit that there is
			if math.IsInf(p.upper[i], 0) {
				s.high = s.low + math.Max(1, math.Abs(s.low))
			} else {
				s.low = s.high - math.Max(1, math.Abs(s.high))
			}
		}
		p.view[i] = s
	}
}

// about says in words what the plot shows.
func (p *pairs) about(what string) string {
	return fmt.Sprintf("%s of %d samples: %s", what, len(p.sets[0].columns[0]), p.told)
}

// moments gives the samples' means and deviations as text, and what is marked.
func (p *pairs) moments() string {
	first := p.sets[0].moments(p.names)
	for i := range first {
		var marked []string
		for _, o := range p.points {
			marked = append(marked, fmt.Sprintf("%s %.4g", o.name, o.at[i]))
		}
		if marked != nil {
			first[i] += " (" + strings.Join(marked, ", ") + ")"
		}
	}
	text := strings.Join(first, ", ") + "."
	for _, other := range p.sets[1:] {
		text += fmt.Sprintf(" Beside them %q: %s.", other.label, strings.Join(other.moments(p.names), ", "))
	}
	return text
}

// moments gives every parameter's name, mean and deviation as text.
func (s pairSet) moments(names []string) []string {
	parts := make([]string, len(names))
	for i, name := range names {
		mean, std := stat.MeanStdDev(s.columns[i], nil)
		parts[i] = fmt.Sprintf("%s %.4g ± %.2g", name, mean, std)
	}
	return parts
}
