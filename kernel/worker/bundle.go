package worker

import (
	"encoding/json"
	"fmt"

	"hillock/kernel/server"
	"hillock/stdlib/notebook"
)

// bundle is a value in several representations on the pipe. Values that are no
// strings keep their JSON as it was written, so that no number loses digits.
type bundle struct {
	Data     map[string]json.RawMessage
	Metadata map[string]json.RawMessage `json:",omitempty"`
}

// encodeBundle gives a bundle for the pipe. It fails when a value can't be
// written as JSON, such as a NaN.
func encodeBundle(b notebook.Bundle) (bundle, error) {
	data, err := encodeValues(b.Data)
	if err != nil {
		return bundle{}, err
	}
	metadata, err := encodeValues(b.Metadata)
	return bundle{data, metadata}, err
}

// encodeValues writes each value as JSON.
func encodeValues(values map[string]any) (map[string]json.RawMessage, error) {
	if len(values) == 0 {
		return nil, nil
	}
	m := make(map[string]json.RawMessage, len(values))
	for name, v := range values {
		text, err := json.Marshal(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		m[name] = text
	}
	return m, nil
}

// server gives the bundle as the server takes it.
func (b *bundle) server() server.Bundle {
	return server.Bundle{Data: decodeValues(b.Data), Metadata: decodeValues(b.Metadata)}
}

// decodeValues decodes the strings among values and leaves the rest as JSON.
func decodeValues(values map[string]json.RawMessage) map[string]any {
	m := make(map[string]any, len(values))
	for name, v := range values {
		var s string
		if len(v) > 0 && v[0] == '"' && json.Unmarshal(v, &s) == nil {
			m[name] = s
		} else {
			m[name] = v
		}
	}
	return m
}
