package notebook

import "sync"

// Host receives rich output. The kernel's worker sets one; without a kernel
// the terminal host prints text and saves pictures to files.
type Host interface {
	// Display shows a bundle. With an id it can be updated; update replaces
	// every display of that id.
	Display(b Bundle, id string, update bool) error
	// Clear removes the output of the running cell, at once or, with wait,
	// when the next output comes.
	Clear(wait bool) error
	// Input asks the person for a line.
	Input(prompt string, password bool) (string, error)
	// Interactive says whether a notebook is watching (as against a terminal).
	Interactive() bool
}

// CellHost is a Host that knows which cell the calling goroutine works for.
// Progress bars of one cell are drawn together.
type CellHost interface {
	Host
	// Cell gives a number that is the same for all goroutines of one cell.
	Cell() int
}

// Bundle is a value in several representations, keyed by MIME type. Values are
// strings (text types), []byte (binary types such as image/png; encoded as
// base64 on the wire) or values that encoding/json can encode.
type Bundle struct {
	Data     map[string]any
	Metadata map[string]any
}

// Dynamic is implemented by values whose type was declared in a notebook cell.
// The interpreter hands them to Represent so that their names and methods are
// known, which reflection cannot tell.
type Dynamic interface {
	// TypeName is the type's name as the person wrote it, such as "main.Point".
	TypeName() string
	// Unwrap gives the value in its Go representation, without name and methods.
	Unwrap() any
	// Method finds a method by name and gives it as a Go function bound to the
	// value, such as func() string.
	Method(name string) (fn any, ok bool)
}

// Composite is a Dynamic value that knows the types of its parts: a slice of
// a cell's type, a struct with such a field, a pointer to such a struct. Each
// method is given a part as reflection finds it in Unwrap's value and gives it
// back ready to be shown: wrapped as Dynamic where its type was declared in a
// cell, else as it is.
type Composite interface {
	Dynamic
	// Elem wraps an element of a slice, array or map, or what a pointer points to.
	Elem(part any) any
	// Key wraps a key of a map.
	Key(part any) any
	// Field gives the name of field i as the person wrote it, and wraps its value.
	Field(i int, part any) (name string, value any)
}

// There is one reader a process: the notebook or the terminal that started it.
var (
	hostLock    sync.RWMutex
	currentHost Host = newTerminal()
)

// SetHost sets where everything of this package goes. The kernel calls it once
// before the first cell; nil goes back to the terminal.
func SetHost(h Host) {
	if h == nil {
		h = newTerminal()
	}
	hostLock.Lock()
	defer hostLock.Unlock()
	currentHost = h
}

// Cell gives a number that is the same for all code that a running cell started,
// 0 where there are no cells: what was shown under one number can be updated, under
// another it belongs to a cell that is over.
func Cell() int {
	if h, ok := host().(CellHost); ok {
		return h.Cell()
	}
	return 0
}

// Interactive says whether a notebook is watching, as against a terminal.
func Interactive() bool { return host().Interactive() }

func host() Host {
	hostLock.RLock()
	defer hostLock.RUnlock()
	return currentHost
}
