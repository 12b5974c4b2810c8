package notebook

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/mat"

	"hillock/internal/grouped"
)

// matrixLimit is the number of rows and of columns up to which a matrix is shown
// whole; of a larger one the corners are shown.
const matrixLimit = 12

// matrixBundle gives a matrix or vector as text, HTML and LaTeX.
func matrixBundle(m mat.Matrix) Bundle {
	b := Bundle{Data: map[string]any{}, Metadata: map[string]any{}}
	rows, columns := m.Dims()
	if rows == 0 || columns == 0 {
		return b.text(fmt.Sprintf("%d×%d matrix", rows, columns))
	}
	r, c := shownIndices(rows), shownIndices(columns)
	cells := make([][]string, len(r))
	for i, row := range r {
		cells[i] = make([]string, len(c))
		for j, column := range c {
			switch {
			case row >= 0 && column >= 0:
				cells[i][j] = number(m.At(row, column))
			case row < 0 && column < 0:
				cells[i][j] = "⋱"
			case row < 0:
				cells[i][j] = "⋮"
			default:
				cells[i][j] = "⋯"
			}
		}
	}
	note := ""
	if len(r) < rows || len(c) < columns {
		note = fmt.Sprintf("%s × %s matrix", grouped.Int(rows), grouped.Int(columns))
	}
	b.Data[MIMELaTeX] = matrixLaTeX(cells)
	b.Data[MIMEHTML] = matrixHTML(cells, note)
	return b.text(matrixText(cells, note))
}

// shownIndices gives the indices to show of n; −1 stands for the gap.
func shownIndices(n int) []int {
	var is []int
	for i := range n {
		if n > matrixLimit && i >= 6 && i < n-3 {
			if i == 6 {
				is = append(is, -1)
			}
			continue
		}
		is = append(is, i)
	}
	return is
}

// number writes a number with six digits, which is enough to read.
func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

func matrixText(cells [][]string, note string) string {
	widths := make([]int, len(cells[0]))
	for _, row := range cells {
		for j, s := range row {
			widths[j] = max(widths[j], len([]rune(s)))
		}
	}
	var b strings.Builder
	for i, row := range cells {
		left, right := "⎢", "⎥"
		switch {
		case len(cells) == 1:
			left, right = "[", "]"
		case i == 0:
			left, right = "⎡", "⎤"
		case i == len(cells)-1:
			left, right = "⎣", "⎦"
		}
		b.WriteString(left)
		for j, s := range row {
			if j > 0 {
				b.WriteString("  ")
			}
			b.WriteString(strings.Repeat(" ", widths[j]-len([]rune(s))) + s)
		}
		b.WriteString(right)
		if i < len(cells)-1 {
			b.WriteString("\n")
		}
	}
	if note != "" {
		b.WriteString("\n" + note)
	}
	return b.String()
}

func matrixHTML(cells [][]string, note string) string {
	var b strings.Builder
	b.WriteString(`<table class="hillock-matrix"><tbody>`)
	for _, row := range cells {
		b.WriteString("<tr>")
		for _, s := range row {
			b.WriteString(`<td style="text-align:right">` + html.EscapeString(s) + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	if note != "" {
		b.WriteString("<p>" + html.EscapeString(note) + "</p>")
	}
	return b.String()
}

func matrixLaTeX(cells [][]string) string {
	replace := strings.NewReplacer("⋱", `\ddots`, "⋮", `\vdots`, "⋯", `\cdots`,
		"+Inf", `\infty`, "-Inf", `-\infty`, "NaN", `\mathrm{NaN}`)
	rows := make([]string, len(cells))
	for i, row := range cells {
		columns := make([]string, len(row))
		for j, s := range row {
			if mantissa, exponent, ok := strings.Cut(s, "e"); ok {
				e, _ := strconv.Atoi(exponent)
				s = fmt.Sprintf(`%s\cdot 10^{%d}`, mantissa, e)
			}
			columns[j] = replace.Replace(s)
		}
		rows[i] = strings.Join(columns, " & ")
	}
	return `$$\begin{bmatrix}` + strings.Join(rows, ` \\ `) + `\end{bmatrix}$$`
}
