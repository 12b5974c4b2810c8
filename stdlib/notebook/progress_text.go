package notebook

import (
	"fmt"
	"html"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"hillock/internal/grouped"
)

// ProgressKey is the key of a bundle's metadata that marks a progress bar, so
// that a terminal can redraw it in place. Its value says whether it is done.
const ProgressKey = "hillock_progress"

// progressBundle draws bars for a notebook.
func progressBundle(states []state, ended bool) Bundle {
	var rows, lines []string
	for _, s := range states {
		bar := ""
		switch {
		case s.total > 0:
			bar = fmt.Sprintf(`<progress value="%d" max="%d" style="width:16em"></progress>`, min(s.count, s.total), s.total)
		case s.done:
			bar = `<progress value="1" max="1" style="width:16em"></progress>`
		default:
			bar = `<progress style="width:16em"></progress>`
		}
		label := ""
		if s.label != "" {
			label = html.EscapeString(s.label) + " "
		}
		rows = append(rows, "<div>"+label+bar+" "+html.EscapeString(s.numbers())+"</div>")
		lines = append(lines, s.line(16))
	}
	return Bundle{
		Data: map[string]any{
			MIMEHTML: strings.Join(rows, ""),
			MIMEText: strings.Join(lines, "\n"),
		},
		Metadata: map[string]any{ProgressKey: map[string]any{"done": ended}},
	}
}

// line draws a bar in a line of text: "training 40% ████▌      12/30 epochs …".
func (s state) line(width int) string {
	var b strings.Builder
	if s.label != "" {
		b.WriteString(s.label + " ")
	}
	if s.total > 0 {
		share := min(1, max(0, float64(s.count)/float64(s.total)))
		fmt.Fprintf(&b, "%3.0f%% %s ", 100*share, blocks(share, width))
	}
	b.WriteString(s.numbers())
	return b.String()
}

// blocks draws a bar in eighths of a character.
func blocks(share float64, width int) string {
	eighths := int(share * float64(8*width))
	bar := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		bar += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return "▕" + bar + strings.Repeat(" ", width-utf8.RuneCountInString(bar)) + "▏"
}

// numbers gives count, rate and times, "12/30 runs, 4.1 runs/s, 3 s, 5 s left", or
// what was said instead.
func (s state) numbers() string {
	if s.said != "" {
		return s.said
	}
	count := grouped.Int(int(s.count))
	if s.total > 0 {
		count += "/" + grouped.Int(int(s.total))
	}
	parts := []string{count + " " + s.unit}
	seconds := s.elapsed.Seconds()
	if s.count > 0 && seconds > 0.05 {
		rate := float64(s.count) / seconds
		if rate >= 1 {
			parts = append(parts, significant(rate)+" "+s.unit+"/s")
		} else {
			parts = append(parts, significant(1/rate)+" s each")
		}
	}
	parts = append(parts, Span(s.elapsed))
	if !s.done && s.total > 0 && s.count > 0 && s.count < s.total {
		left := s.elapsed.Seconds() / float64(s.count) * float64(s.total-s.count)
		parts = append(parts, Span(time.Duration(left*float64(time.Second)))+" left")
	}
	return strings.Join(parts, ", ")
}

// significant writes a positive number so that it can be read at a glance.
func significant(x float64) string {
	switch {
	case x >= 1e15:
		return fmt.Sprintf("%.3g", x)
	case x >= 99.5:
		return grouped.Int(int(x + 0.5))
	default:
		return fmt.Sprintf("%.2g", x)
	}
}

// Span writes a duration as a person says it: "3.2 s", "4:05 min", "2:30 h".
func Span(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d:%02d min", int(d.Minutes()), int(d.Seconds())%60)
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d:%02d h", int(d.Hours()), int(d.Minutes())%60)
	}
}

// A program whose standard error is no terminal says how far it is when it has
// been silent for so long.
const plainLineEvery = 10 * time.Second

// lineWriter keeps a line of a terminal that is drawn again and again.
type lineWriter struct{ width int }

// redraw replaces the line; with end the next text begins below it.
func (l *lineWriter) redraw(w io.Writer, s string, end bool) {
	width := utf8.RuneCountInString(s)
	fmt.Fprint(w, "\r"+s+strings.Repeat(" ", max(0, l.width-width)))
	l.width = width
	if end {
		fmt.Fprintln(w)
		l.width = 0
	}
}

// drawLine draws the group in a terminal, on standard error: one line that is
// redrawn, or a plain line now and then where there is no terminal.
func (g *progressGroup) drawLine(states []state) {
	fd := int(os.Stderr.Fd())
	if !term.IsTerminal(fd) {
		first := g.bars[0]
		if g.quiet.IsZero() {
			g.quiet = first.started
		}
		if time.Since(g.quiet) >= plainLineEvery || g.ended && g.id != "" {
			fmt.Fprintln(os.Stderr, joinLines(states, 0))
			g.quiet, g.id = time.Now(), "line"
		}
		return
	}
	columns, _, err := term.GetSize(fd)
	if err != nil || columns < 20 {
		columns = 80
	}
	text := joinLines(states, columns-1)
	if text == g.last && !g.ended {
		return
	}
	g.last, g.id = text, "line"
	g.line.redraw(os.Stderr, text, g.ended)
}

// joinLines puts the bars into one line of at most columns characters.
func joinLines(states []state, columns int) string {
	for _, width := range []int{30, 15, 8} {
		var parts []string
		for _, s := range states {
			parts = append(parts, s.line(width))
		}
		line := strings.Join(parts, " · ")
		if columns <= 0 || utf8.RuneCountInString(line) <= columns {
			return line
		}
		if width == 8 {
			return string([]rune(line)[:columns])
		}
	}
	return ""
}
