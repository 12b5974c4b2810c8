package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"hillock/kernel/wire"
)

// output is what a request's code writes to.
type output struct {
	server     *Server
	request    *request
	allowStdin bool
	ended      atomic.Bool
	dropped    atomic.Int64 // bytes of text left out after an interrupt
}

var _ Output = (*output)(nil)

// errEnded says that a question came from a goroutine whose cell has ended:
// front ends don't show it any more.
var errEnded = errors.New("input can't be asked for after the cell has ended")

func (o *output) Stream(name StreamName, text string) {
	if n := o.server.iopub.stream(o.request, name, text); n > 0 {
		o.dropped.Add(int64(n))
	}
}

func (o *output) Display(b Bundle, id string) {
	o.show(wire.DisplayData(o.bundle(b, id)))
}

func (o *output) Update(b Bundle, id string) {
	o.show(wire.UpdateDisplayData(o.bundle(b, id)))
}

func (o *output) Clear(wait bool) { o.show(wire.ClearOutput{Wait: wait}) }

// show publishes a message as soon as there is room. After an interrupt it is
// left out when there is none.
func (o *output) show(content wire.Content) {
	if o.server.iopub.wait() {
		o.server.iopub.publish(o.request, content, publication{})
	}
}

// bundle gives the content of a display.
func (o *output) bundle(b Bundle, id string) wire.DisplayData {
	b = o.server.encodable(b)
	return wire.DisplayData{Data: b.Data, Metadata: b.Metadata, Transient: wire.Transient{DisplayID: id}}
}

func (o *output) Comm(event CommEvent) {
	o.server.comms.follow(event)
	if o.server.iopub.wait() {
		content := commContent(event)
		o.server.iopub.publish(o.request, content, publication{event.Metadata, event.Buffers})
	}
}

func (o *output) Input(ctx context.Context, prompt string, password bool) (string, error) {
	if !o.allowStdin {
		return "", ErrNoInput
	}
	if o.ended.Load() {
		return "", errEnded
	}
	o.server.iopub.finish(o.request)
	return o.server.stdin.ask(ctx, o.request, wire.InputRequest{Prompt: prompt, Password: password})
}

// end says that the request's code has returned.
func (o *output) end() {
	o.ended.Store(true)
	if n := o.dropped.Swap(0); n > 0 {
		o.server.iopub.finish(o.request)
		o.server.iopub.publish(o.request, wire.Stream{
			Name: string(Stderr),
			Text: fmt.Sprintf("[%d bytes of output were left out after the interrupt]\n", n),
		}, publication{})
	}
}

// encodable makes a bundle that JSON can carry: what it can't is left out and
// logged, and text says so if nothing else is left.
func (s *Server) encodable(b Bundle) Bundle {
	if _, err := json.Marshal(b); err == nil {
		return Bundle{Data: orEmpty(b.Data), Metadata: orEmpty(b.Metadata)}
	}
	keep := func(from map[string]any) (map[string]any, error) {
		var last error
		to := make(map[string]any, len(from))
		for key, value := range from {
			if _, err := json.Marshal(value); err != nil {
				s.log.Warn("representation was left out", "type", key, "error", err)
				last = fmt.Errorf("%s: %w", key, err)
				continue
			}
			to[key] = value
		}
		return to, last
	}
	data, err := keep(b.Data)
	if len(data) == 0 && err != nil {
		data["text/plain"] = "cannot be shown: " + err.Error()
	}
	meta, _ := keep(b.Metadata)
	return Bundle{Data: data, Metadata: meta}
}

// orEmpty makes a nil map an empty one, which JSON writes as {}.
func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}
