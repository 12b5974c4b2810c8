package notebook

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
