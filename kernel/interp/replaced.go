package interp

import (
	"fmt"
	"path"
	"reflect"

	"hillock/kernel/gocell"
	"hillock/kernel/gocell/rt"
	"hillock/kernel/interp/host"
)

// ownSymbols gives the packages that only emitted text imports.
func (s *Session) ownSymbols() map[string]map[string]reflect.Value {
	own := map[string]map[string]reflect.Value{
		gocell.HostPath: {
			"Stop":       reflect.ValueOf(&s.run.stop),
			"Entry":      reflect.ValueOf(func(entry func()) { s.engine.entry = entry }),
			"Checkpoint": reflect.ValueOf(s.run.checkpoint),
			"Line":       reflect.ValueOf(func(number int) { s.line = number }),
			"Context":    reflect.ValueOf(s.run.context),
			"Fail":       reflect.ValueOf(func(err error) { panic(&host.Failure{Err: err}) }),
		},
	}
	for key, table := range s.rt.Symbols() {
		own[path.Dir(key)] = table
	}
	own[rt.Path]["Nop"] = reflect.ValueOf(s.run.label)
	return own
}

// replacedSymbols gives the symbols that cells get instead of the compiled ones:
// printing goes to the session's streams, and sleeping can be interrupted.
func (s *Session) replacedSymbols() map[string]map[string]reflect.Value {
	in, out := s.opts.Stdin, s.opts.Stdout
	f := func(fn any) reflect.Value { return reflect.ValueOf(fn) }
	return map[string]map[string]reflect.Value{
		"fmt": {
			"Print":   f(func(a ...any) (int, error) { return fmt.Fprint(out, a...) }),
			"Printf":  f(func(format string, a ...any) (int, error) { return fmt.Fprintf(out, format, a...) }),
			"Println": f(func(a ...any) (int, error) { return fmt.Fprintln(out, a...) }),
			"Scan":    f(func(a ...any) (int, error) { return fmt.Fscan(in, a...) }),
			"Scanf":   f(func(format string, a ...any) (int, error) { return fmt.Fscanf(in, format, a...) }),
			"Scanln":  f(func(a ...any) (int, error) { return fmt.Fscanln(in, a...) }),
		},
		"time": {
			"Sleep": f(s.run.sleep),
		},
	}
}
