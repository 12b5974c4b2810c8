package nn

import (
	"fmt"
	"strings"

	"hillock/internal/grouped"
)

// LayerSummary is a line of a network's summary.
type LayerSummary struct {
	Depth        int    // of nesting, 0 for the network itself
	Name         string // place in the network
	Layer        string // what it is
	Input        []int  // shape without the batch
	Output       []int  // shape without the batch
	Parameters   int    // trained values
	MultiplyAdds int    // for one sample
}

// NetworkSummary lists the layers of a network, as table 8 of the thesis does.
type NetworkSummary struct {
	Layers       []LayerSummary
	Parameters   int // trained values of the network
	MultiplyAdds int // for one sample
}

// trace gathers a summary while a network runs.
type trace struct {
	layers   []LayerSummary
	depth    int
	products int
}

// countProducts counts multiply-adds for a summary.
func (t *Tape) countProducts(n int) {
	if t.trace != nil {
		t.trace.products += n
	}
}

// Run is m.Forward(t, x) under a name: errors and summaries say it. Modules made
// of others run them by it.
func (t *Tape) Run(name string, m Module, x *Tensor) *Tensor {
	t.Enter(name)
	defer t.Leave()
	if t.watched != nil {
		y := m.Forward(t, x)
		t.watched.see(t, m, y)
		return y
	}
	if t.trace == nil || x == nil {
		return m.Forward(t, x)
	}
	at := len(t.trace.layers)
	line := LayerSummary{Depth: t.trace.depth, Name: name, Layer: describe(m), Input: x.Shape()[1:], Parameters: CountParameters(m)}
	t.trace.layers = append(t.trace.layers, line)
	before := t.trace.products
	t.trace.depth++
	y := m.Forward(t, x)
	t.trace.depth--
	if t.err == nil {
		t.trace.layers[at].Output = y.Shape()[1:]
	}
	t.trace.layers[at].MultiplyAdds = t.trace.products - before
	return y
}

// describe says what a module is.
func describe(m Module) string {
	if d, ok := m.(Describer); ok {
		return d.Describe()
	}
	return "module"
}

// Summary runs a network on one sample of zeros of the given shape, without the
// batch, and lists its layers: shapes, parameters, multiply-adds. It fails when
// the network does not take that shape.
func Summary(m Module, shape ...int) (*NetworkSummary, error) {
	x, err := NewTensor(append([]int{1}, shape...)...)
	if err != nil {
		return nil, err
	}
	t := NewTape(TapeOptions{Goroutines: 1, Inference: true})
	t.trace = &trace{}
	t.Run("", m, x)
	if err := t.Err(); err != nil {
		return nil, err
	}
	return &NetworkSummary{Layers: t.trace.layers, Parameters: CountParameters(m), MultiplyAdds: t.trace.products}, nil
}

// rows gives the summary's cells, indented by depth.
func (s *NetworkSummary) rows() [][]string {
	var rows [][]string
	for _, l := range s.Layers {
		name := strings.Repeat("  ", l.Depth)
		if l.Name != "" {
			name += l.Name + ": "
		}
		parameters, products := "", ""
		if l.Parameters > 0 {
			parameters = grouped.Int(l.Parameters)
		}
		if l.MultiplyAdds > 0 {
			products = grouped.Int(l.MultiplyAdds)
		}
		rows = append(rows, []string{name + l.Layer, shapeText(l.Input), shapeText(l.Output), parameters, products})
	}
	return rows
}

var summaryHead = []string{"layer", "input", "output", "parameters", "multiply-adds"}

// String is the summary as a table in text.
func (s *NetworkSummary) String() string {
	rows := append([][]string{summaryHead}, s.rows()...)
	var widths [5]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "%-*s  %-*s  %-*s  %*s  %*s\n", widths[0], row[0], widths[1], row[1], widths[2], row[2], widths[3], row[3], widths[4], row[4])
	}
	fmt.Fprintf(&b, "%s parameters, %s multiply-adds a sample", grouped.Int(s.Parameters), grouped.Int(s.MultiplyAdds))
	return b.String()
}

// HTML is the summary as a table.
func (s *NetworkSummary) HTML() string {
	var b strings.Builder
	b.WriteString("<table><thead><tr>")
	for _, h := range summaryHead {
		b.WriteString("<th>" + h + "</th>")
	}
	b.WriteString("</tr></thead><tbody>")
	for i, row := range s.rows() {
		fmt.Fprintf(&b, `<tr><td style="text-align:left;padding-left:%dem">%s</td>`, 1+s.Layers[i].Depth, escapeHTML(strings.TrimSpace(row[0])))
		for _, cell := range row[1:] {
			b.WriteString("<td>" + cell + "</td>")
		}
		b.WriteString("</tr>")
	}
	fmt.Fprintf(&b, "</tbody></table><p>%s parameters, %s multiply-adds a sample</p>", grouped.Int(s.Parameters), grouped.Int(s.MultiplyAdds))
	return b.String()
}

func escapeHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
