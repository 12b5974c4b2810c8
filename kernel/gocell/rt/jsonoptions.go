package rt

import (
	"encoding/json"
	"fmt"
	"sync"
	"weak"
)

// Described values decode themselves and don't learn how their decoder was set.
// So decoders with settings are remembered, and refuse them.

var decoderSettings sync.Map // weak.Pointer[json.Decoder] → the method that set it

// DisallowUnknownFields is d.DisallowUnknownFields().
func DisallowUnknownFields(d *json.Decoder) {
	decoderSettings.Store(weak.Make(d), "DisallowUnknownFields")
	d.DisallowUnknownFields()
}

// UseNumber is d.UseNumber().
func UseNumber(d *json.Decoder) {
	decoderSettings.Store(weak.Make(d), "UseNumber")
	d.UseNumber()
}

// DecodeJSON is d.Decode(x).
func DecodeJSON(d *json.Decoder, x any) error {
	if b, ok := BoxOf(x); ok && d != nil {
		if setting, ok := decoderSettings.Load(weak.Make(d)); ok {
			panic(fmt.Errorf("unsupported: decoding into a %s, which was declared in a cell, after %s; decode into a map[string]any", b.T.Name, setting))
		}
	}
	return d.Decode(Target(x))
}
