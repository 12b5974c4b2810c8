package viz

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot"

	"hillock/stdlib/notebook"
)

// Grid puts plots side by side, in rows of the given number of columns. Where
// all plots have the same labels, they get the same ranges too, and only the
// outer ones keep their labels.
func Grid(columns int, plots ...*plot.Plot) notebook.Figure {
	columns = max(1, min(columns, len(plots)))
	f := notebook.Figure{Alt: aboutGrid(plots)}
	shareAxes(columns, plots)
	f.Plots = inRows(columns, plots)
	f.Width = min(12, 3.2*float64(columns)+1)
	f.Height = 1.9*float64(len(f.Plots)) + 0.3
	return f
}

// inRows puts plots into rows of so many columns.
func inRows(columns int, plots []*plot.Plot) [][]*plot.Plot {
	var rows [][]*plot.Plot
	for len(plots) > 0 {
		n := min(columns, len(plots))
		rows, plots = append(rows, plots[:n]), plots[n:]
	}
	return rows
}

func shareAxes(columns int, plots []*plot.Plot) {
	for _, p := range plots {
		if p == nil || p.X.Label.Text != plots[0].X.Label.Text || p.Y.Label.Text != plots[0].Y.Label.Text {
			return
		}
	}
	for _, p := range plots {
		for _, q := range plots {
			p.X.Min, p.X.Max = min(p.X.Min, q.X.Min), max(p.X.Max, q.X.Max)
			p.Y.Min, p.Y.Max = min(p.Y.Min, q.Y.Min), max(p.Y.Max, q.Y.Max)
		}
	}
	for i, p := range plots {
		if i+columns < len(plots) {
			p.X.Label.Text = ""
		}
		if i%columns != 0 {
			p.Y.Label.Text = ""
		}
	}
}

func aboutGrid(plots []*plot.Plot) string {
	var titles []string
	for _, p := range plots {
		if p != nil && p.Title.Text != "" {
			titles = append(titles, p.Title.Text)
		}
	}
	s := fmt.Sprintf("Grid of %d plots", len(plots))
	if len(plots) > 0 && plots[0] != nil {
		s += fmt.Sprintf(", %s against %s", plots[0].Y.Label.Text, plots[0].X.Label.Text)
	}
	if len(titles) > 0 {
		s += ": " + strings.Join(titles, "; ")
	}
	return s + "."
}
