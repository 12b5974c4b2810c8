package rt

import (
	"encoding/json"
	"fmt"
	"log/slog"
)

// LogValue gives what package log/slog writes for the value: what its own method
// says, and otherwise the value without this method.
func (b Box) LogValue() slog.Value {
	if m, ok := b.T.method("LogValue"); ok {
		if f, ok := m.Func.Interface().(func(any) slog.Value); ok {
			return f(b.V)
		}
	}
	if m, ok := b.T.method("MarshalText"); ok {
		if f, ok := m.Func.Interface().(func(any) ([]byte, error)); ok {
			return slog.AnyValue(loggedText{logged{b}, func() ([]byte, error) { return f(b.V) }})
		}
	}
	return slog.AnyValue(logged{b})
}

// LogValue gives what package log/slog writes for the error.
func (e errorBox) LogValue() slog.Value {
	if _, ok := e.T.method("LogValue"); ok {
		return e.Box.LogValue()
	}
	return slog.AnyValue(loggedError{logged{e.Box}, e})
}

// logged is a described value that a log writes as it is printed or encoded.
type logged struct{ printable }

// printable is what package log/slog asks of values.
type printable interface {
	fmt.Formatter
	json.Marshaler
}

// loggedText is a described value that has a text form.
type loggedText struct {
	logged
	text func() ([]byte, error)
}

// MarshalText gives the text form.
func (l loggedText) MarshalText() ([]byte, error) { return l.text() }

// loggedError is a described value that is an error.
type loggedError struct {
	logged
	err errorBox
}

// Error gives the error's text.
func (l loggedError) Error() string { return l.err.Error() }
