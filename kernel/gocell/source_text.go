package gocell

import "go/types"

// Source gives the declaration of a live function, method or type of a cell as
// its author wrote it, without its comment; that of a type begins with its name.
// It is empty for other objects.
func (w *World) Source(object types.Object) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := w.declarations[object]; d != nil {
		return d.text
	}
	return ""
}
