package nb

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// Console shows a run in a terminal. What cells print and the values they show
// go to Out; which cell runs, progress and errors go to Err. Where Err is a
// terminal it is coloured and progress bars are redrawn in place.
type Console struct {
	Out, Err io.Writer
	// In answers what cells ask; nil when nobody can.
	In *os.File
	// Color and Redraw say what Err can do.
	Color, Redraw bool
	// Columns is the width of the terminal.
	Columns int

	mu      sync.Mutex
	midLine bool           // the last text did not end its line
	live    string         // the id of the bar in the line that can be redrawn
	width   int            // of what stands in that line
	bars    map[string]bar // the bars that are not done
	updated map[string]string
	reader  *bufio.Reader
}

// bar is a progress bar whose end has not been shown.
type bar struct {
	line  string
	shown time.Time
}

// plainLineEvery is how often a bar is shown where lines can't be redrawn.
const plainLineEvery = 10 * time.Second

// NewConsole gives a console on this process's streams.
func NewConsole() *Console {
	c := &Console{Out: os.Stdout, Err: os.Stderr, In: os.Stdin, Columns: 80}
	if fd := int(os.Stderr.Fd()); term.IsTerminal(fd) {
		c.Redraw = os.Getenv("TERM") != "dumb"
		c.Color = c.Redraw && os.Getenv("NO_COLOR") == ""
		if columns, _, err := term.GetSize(fd); err == nil && columns >= 20 {
			c.Columns = columns
		}
	}
	return c
}

// paint colours text for Err.
func (c *Console) paint(code, text string) string {
	if !c.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// settle ends an unfinished line or bar, so that something else can be shown.
func (c *Console) settle() {
	if c.live != "" {
		fmt.Fprint(c.Err, "\r", strings.Repeat(" ", c.width), "\r")
		c.live, c.width = "", 0
	}
	if c.midLine {
		fmt.Fprintln(c.Err)
		c.midLine = false
	}
}

// begin says which cell runs.
func (c *Console) begin(number, of int, cell *Cell) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
	c.bars, c.updated = map[string]bar{}, map[string]string{}
	label := fmt.Sprintf("[%d/%d]", number, of)
	first := cell.FirstLine()
	room := c.Columns - len(label) - 2
	if runes := []rune(first); len(runes) > room {
		first = string(runes[:room]) + "…"
	} else if strings.TrimSpace(cell.Source) != first {
		first += " …"
	}
	fmt.Fprintln(c.Err, c.paint("36", label), c.paint("2", first))
}

// end shows what was updated but could not be redrawn, and a failure with the
// lines of its cell.
func (c *Console) end(cell *Cell, f *server.Failure) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, b := range c.bars {
		c.settle()
		fmt.Fprintln(c.Err, b.line)
	}
	c.bars = nil
	for _, text := range c.updated {
		c.settle()
		fmt.Fprintln(c.Out, text)
	}
	c.updated = nil
	if f == nil {
		return
	}
	c.settle()
	text := strings.Join(f.Traceback, "\n")
	if text == "" {
		text = c.paint("31", f.Name) + ": " + f.Value
	}
	for _, line := range failedLines(cell, plain(text)) {
		fmt.Fprintln(c.Err, c.paint("2", line))
	}
	if !c.Color {
		text = plain(text)
	}
	fmt.Fprintln(c.Err, strings.TrimRight(text, "\n"))
}

// failedLines gives the lines of a cell that failed, numbered, with a mark at
// the one that its error names: all of a short cell, else those around the mark.
func failedLines(cell *Cell, failure string) []string {
	const most, around = 24, 8
	marked := 0
	if m := regexp.MustCompile(fmt.Sprintf(`cell\[%d\]:(\d+)`, cell.Count)).FindStringSubmatch(failure); m != nil {
		marked, _ = strconv.Atoi(m[1]) // digits
	}
	source := strings.Split(strings.TrimRight(cell.Source, "\n"), "\n")
	from, to := 1, len(source)
	if len(source) > most {
		from = max(1, marked-around)
		to = min(len(source), from+2*around)
	}
	var lines []string
	if from > 1 {
		lines = append(lines, "      ⋮")
	}
	for i := from; i <= to; i++ {
		sign := " "
		if i == marked {
			sign = "→"
		}
		lines = append(lines, fmt.Sprintf("%s %3d │ %s", sign, i, source[i-1]))
	}
	if to < len(source) {
		lines = append(lines, "      ⋮")
	}
	return lines
}

// finish leaves the terminal on a line of its own.
func (c *Console) finish() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settle()
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// plain removes colours from text.
func plain(text string) string { return ansi.ReplaceAllString(text, "") }

// stream shows printed text.
func (c *Console) stream(name server.StreamName, text string) {
	if text == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live != "" {
		c.settle()
	}
	w := c.Out
	if name == server.Stderr {
		w = c.Err
	}
	fmt.Fprint(w, text)
	c.midLine = !strings.HasSuffix(text, "\n")
}

// display shows a value.
func (c *Console) display(b server.Bundle, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done, ok := progressOf(b); ok {
		c.progress(id, textOf(b), done)
		return
	}
	text := textOf(b)
	if text == "" {
		return
	}
	c.settle()
	if picture(b) {
		text = "(picture) " + text
	}
	fmt.Fprintln(c.Out, text)
}

// update shows that a value has changed: a bar at once, text at the cell's end,
// and pictures not at all.
func (c *Console) update(b server.Bundle, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if done, ok := progressOf(b); ok {
		c.progress(id, textOf(b), done)
		return
	}
	if !picture(b) && c.updated != nil {
		c.updated[id] = textOf(b)
	}
}

// progress draws a bar.
func (c *Console) progress(id, text string, done bool) {
	lines := strings.Split(text, "\n")
	line := strings.Join(lines, " · ")
	known, ok := c.bars[id]
	now := time.Now()
	if !c.Redraw {
		// Bars that end soon say their end, others also where they are.
		if done || ok && now.Sub(known.shown) >= plainLineEvery {
			c.settle()
			fmt.Fprintln(c.Err, line)
			known.shown = now
		} else if !ok {
			known.shown = now
		}
	} else {
		if c.live != id {
			c.settle()
		}
		line = fit(lines, c.Columns-1)
		width := utf8.RuneCountInString(line)
		fmt.Fprint(c.Err, "\r", line, strings.Repeat(" ", max(0, c.width-width)))
		c.live, c.width = id, width
		if done {
			fmt.Fprintln(c.Err)
			c.live, c.width = "", 0
		}
	}
	known.line = line
	if c.bars == nil {
		return
	}
	if done {
		delete(c.bars, id)
	} else {
		c.bars[id] = known
	}
}

// fit puts the lines of nested bars into one of at most columns characters: the
// details behind the commas go first, those of the outer bars before those of
// the innermost.
func fit(lines []string, columns int) string {
	lines = append([]string(nil), lines...)
	for i := 0; ; {
		line := strings.Join(lines, " · ")
		if utf8.RuneCountInString(line) <= columns {
			return line
		}
		for i < len(lines) && !strings.Contains(lines[i], ",") {
			i++
		}
		if i == len(lines) {
			return string([]rune(line)[:columns])
		}
		lines[i] = lines[i][:strings.LastIndexByte(lines[i], ',')]
	}
}

// progressOf says whether a bundle is a progress bar, and whether it is done.
func progressOf(b server.Bundle) (done, ok bool) {
	value, ok := b.Metadata[notebook.ProgressKey]
	if !ok {
		return false, false
	}
	raw, err := json.Marshal(value)
	var about struct{ Done bool }
	return err == nil && json.Unmarshal(raw, &about) == nil && about.Done, true
}

// picture says whether a bundle holds a picture.
func picture(b server.Bundle) bool {
	for mime := range b.Data {
		if strings.HasPrefix(mime, "image/") || strings.Contains(mime, "vegalite") {
			return true
		}
	}
	return false
}

// textOf gives the text of a bundle.
func textOf(b server.Bundle) string {
	text, _ := b.Data[notebook.MIMEText].(string)
	return strings.TrimRight(text, "\n")
}

// input asks the person for a line.
func (c *Console) input(ctx context.Context, prompt string, password bool) (string, error) {
	if c.In == nil {
		return "", errNoInput
	}
	c.mu.Lock()
	if c.live != "" {
		c.settle()
	}
	fmt.Fprint(c.Err, prompt)
	if c.reader == nil {
		c.reader = bufio.NewReader(c.In)
	}
	c.midLine = false // the answer ends the line
	c.mu.Unlock()

	type answer struct {
		line string
		err  error
	}
	answers := make(chan answer, 1)
	go func() {
		var a answer
		if fd := int(c.In.Fd()); password && term.IsTerminal(fd) {
			var line []byte
			line, a.err = term.ReadPassword(fd)
			a.line = string(line)
			fmt.Fprintln(c.Err)
		} else {
			a.line, a.err = c.reader.ReadString('\n')
			if a.err == io.EOF && a.line != "" {
				a.err = nil
			}
		}
		answers <- a
	}()
	select {
	case a := <-answers:
		if a.err != nil {
			return "", fmt.Errorf("reading input: %w", a.err)
		}
		return strings.TrimRight(a.line, "\r\n"), nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
