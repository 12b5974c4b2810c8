package study

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Of a longer table the first and the last runs are shown.
const (
	sweepRows  = 60
	sweepFirst = 30
	sweepLast  = 5
)

// String gives the table as CSV.
func (s *Sweep) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return string(s.csv())
}

// HTML is the table with values of four digits; of more than 60 runs it has the first
// 30 and the last 5.
func (s *Sweep) HTML() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var b strings.Builder
	row := func(kind string, cells []string) {
		b.WriteString("<tr>")
		for _, cell := range cells {
			fmt.Fprintf(&b, "<%s>%s</%s>", kind, html.EscapeString(cell), kind)
		}
		b.WriteString("</tr>")
	}
	b.WriteString("<table><thead>")
	row("th", slices.Concat(s.keys, s.values))
	b.WriteString("</thead><tbody>")
	for i, r := range s.rows {
		if len(s.rows) > sweepRows && i >= sweepFirst && i < len(s.rows)-sweepLast {
			if i == sweepFirst {
				row("td", slices.Repeat([]string{"⋮"}, len(s.keys)+len(s.values)))
			}
			continue
		}
		cells := slices.Clone(r.key)
		for _, v := range r.values {
			cells = append(cells, digits(v))
		}
		row("td", cells)
	}
	b.WriteString("</tbody></table>")
	if len(s.rows) > sweepRows {
		fmt.Fprintf(&b, "<p>%d runs</p>", len(s.rows))
	}
	return b.String()
}
