package notebook

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// Display shows values below the cell, one after the other, each in every
// representation that it has (see Represent). Without a notebook it prints their
// text and saves pictures to files, whose names it prints.
func Display(v ...any) {
	for _, value := range v {
		show(Represent(value), "", false)
	}
}

// Values makes one value of several: what a call with several results gives.
// Their texts stand side by side.
func Values(v ...any) Bundle {
	texts := make([]string, len(v))
	for i, value := range v {
		texts[i] = fmt.Sprint(Represent(value).Data[MIMEText])
	}
	return Bundle{Data: map[string]any{MIMEText: strings.Join(texts, ", ")}}
}

// Handle stands for a place in a notebook's output whose contents can be
// replaced.
type Handle struct{ id string }

// DisplayID shows a value under an id and gives a handle to replace it. An empty
// id gets a fresh one.
func DisplayID(id string, v any) *Handle {
	if id == "" {
		id = freshID()
	}
	show(Represent(v), id, false)
	return &Handle{id: id}
}

// UpdateDisplay replaces what is shown under an id, wherever it is shown. An id
// that nothing is shown under changes nothing.
func UpdateDisplay(id string, v any) { show(Represent(v), id, true) }

// Update replaces what the handle shows.
func (h *Handle) Update(v any) { show(Represent(v), h.id, true) }

// ID gives the id that the handle's display has.
func (h *Handle) ID() string { return h.id }

// ClearOutput removes what the running cell has shown so far: at once, or, with
// wait, when something new is shown, which avoids flicker. In a terminal it does
// nothing.
func ClearOutput(wait bool) {
	if err := host().Clear(wait); err != nil {
		fmt.Fprintln(os.Stderr, "notebook: clearing the output failed:", err)
	}
}

// Input asks the person for a line of text. It fails when nobody can be asked,
// as in a run without a terminal, and when the cell is interrupted.
func Input(prompt string) (string, error) { return host().Input(prompt, false) }

// Password asks the person for a line that is not shown while it is typed.
func Password(prompt string) (string, error) { return host().Input(prompt, true) }

// show hands a bundle to the host. What can't be shown is said on stderr: a
// display that fails must not stop a computation.
func show(b Bundle, id string, update bool) {
	if len(b.Data) == 0 {
		return
	}
	if err := host().Display(b, id, update); err != nil {
		fmt.Fprintln(os.Stderr, "notebook: showing a value failed:", err)
	}
}

// freshID gives an id that no other display has.
func freshID() string {
	var b [12]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
