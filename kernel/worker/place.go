package worker

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"hillock/kernel/interp"
)

// place is a place in a cell that a goroutine's panic went through. The
// interpreter's process writes it to descriptor 2 before the panic ends it,
// since there is no time left for anything else.
type place struct {
	Goroutine int64
	Frame     interp.Frame
}

// placePrefix begins the line of a place.
const placePrefix = "hillock: a panic goes through "

// placesKept is how many places are kept; those of panics that were recovered
// are among them.
const placesKept = 100

// tellPlace writes the line of a place.
func tellPlace(w io.Writer, p place) {
	if text, err := json.Marshal(p); err == nil {
		fmt.Fprintf(w, "%s%s\n", placePrefix, text)
	}
}

// takePlaces keeps the places in b and gives the rest of b.
func (c *coroner) takePlaces(b []byte) []byte {
	if !bytes.Contains(b, []byte(placePrefix)) {
		return b
	}
	var rest []byte
	for line := range bytes.Lines(b) {
		text, ok := bytes.CutPrefix(line, []byte(placePrefix))
		var p place
		if !ok || json.Unmarshal(text, &p) != nil {
			rest = append(rest, line...)
			continue
		}
		c.places = append(c.places, p)
		if extra := len(c.places) - placesKept; extra > 0 {
			c.places = c.places[extra:]
		}
	}
	return rest
}

// crashedGoroutine finds the goroutine whose panic ended the process.
var crashedGoroutine = regexp.MustCompile(`(?m)^goroutine (\d+)[^\n]*\[running`)

// passed gives the places that the panic of a crash report went through.
func passed(words []byte, places []place) []interp.Frame {
	m := crashedGoroutine.FindSubmatch(words)
	if m == nil {
		return nil
	}
	number, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		return nil
	}
	var frames []interp.Frame
	for _, p := range places {
		n := len(frames)
		if p.Goroutine == number && strings.HasPrefix(p.Frame.Cell, cellPrefix) && (n == 0 || frames[n-1] != p.Frame) {
			frames = append(frames, p.Frame)
		}
	}
	return frames
}
