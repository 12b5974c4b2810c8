package nb

import (
	"context"
	"errors"
	"strings"
	"sync"

	"hillock/kernel/server"
)

// streamLimit is the number of bytes of streams that a cell's record keeps; a
// cell that prints without end must not fill the memory or the disk.
const streamLimit = 8 << 20

// recorder writes what cells send into the cells of a notebook.
type recorder struct {
	mu       sync.Mutex
	displays map[string][]*Output // by display id
	closed   bool
}

func newRecorder() *recorder { return &recorder{displays: map[string][]*Output{}} }

// close ends the recording, so that the notebook can be written while a
// goroutine still prints.
func (r *recorder) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

// cellOutput is the server.Output of one cell: it records, and shows.
type cellOutput struct {
	recorder *recorder
	cell     *Cell
	console  *Console
	clear    bool // when the next output comes
	streamed int
}

var _ server.Output = (*cellOutput)(nil)

// record changes the cell's outputs, unless the recording is over.
func (o *cellOutput) record(change func()) {
	o.recorder.mu.Lock()
	defer o.recorder.mu.Unlock()
	if o.recorder.closed {
		return
	}
	change()
}

// add appends an output, after what a waiting clear removes.
func (o *cellOutput) add(out *Output) {
	if o.clear {
		o.clear, o.cell.Outputs = false, nil
	}
	o.cell.Outputs = append(o.cell.Outputs, out)
}

// Stream records printed text.
func (o *cellOutput) Stream(name server.StreamName, text string) {
	o.record(func() {
		kept := text
		if room := streamLimit - o.streamed; len(kept) > room {
			if room <= 0 {
				return
			}
			kept = strings.ToValidUTF8(kept[:room], "") + "\n… (the rest is not kept)\n"
			o.streamed = streamLimit
		}
		o.streamed += len(kept)
		if n := len(o.cell.Outputs); n > 0 && !o.clear {
			if last := o.cell.Outputs[n-1]; last.Type == Stream && last.Name == string(name) {
				last.Text += kept
				return
			}
		}
		o.add(&Output{Type: Stream, Name: string(name), Text: kept})
	})
	o.console.stream(name, text)
}

// Display records a value.
func (o *cellOutput) Display(b server.Bundle, id string) {
	o.record(func() {
		out := &Output{Type: Display, Data: b.Data, Metadata: b.Metadata}
		o.add(out)
		if id != "" {
			o.recorder.displays[id] = append(o.recorder.displays[id], out)
		}
	})
	o.console.display(b, id)
}

// Update replaces a value in every cell that shows it.
func (o *cellOutput) Update(b server.Bundle, id string) {
	o.record(func() {
		for _, out := range o.recorder.displays[id] {
			out.Data, out.Metadata = b.Data, b.Metadata
		}
	})
	o.console.update(b, id)
}

// Clear removes what the cell has shown.
func (o *cellOutput) Clear(wait bool) {
	o.record(func() {
		if wait {
			o.clear = true
		} else {
			o.cell.Outputs = nil
		}
	})
}

// Input asks the person at the terminal.
func (o *cellOutput) Input(ctx context.Context, prompt string, password bool) (string, error) {
	return o.console.input(ctx, prompt, password)
}

// Comm drops what is meant for a front end's widgets.
func (o *cellOutput) Comm(server.CommEvent) {}

// conclude records a cell's result or failure.
func (o *cellOutput) conclude(r server.Result) {
	o.record(func() {
		if r.Value != nil {
			o.add(&Output{Type: Result, Data: r.Value.Data, Metadata: r.Value.Metadata, Count: o.cell.Count})
		}
		if f := r.Failure; f != nil {
			o.add(&Output{Type: Failure, ErrorName: f.Name, ErrorValue: f.Value, Traceback: f.Traceback})
		}
	})
	if r.Value != nil {
		o.console.display(*r.Value, "")
	}
	for _, page := range r.Payload {
		if data, ok := page["data"].(map[string]any); ok {
			o.console.display(server.Bundle{Data: data}, "")
		}
	}
}

// errNoInput is what a cell gets that asks when nobody can answer.
var errNoInput = errors.New("nobody can be asked for input in this run: standard input is not connected")
