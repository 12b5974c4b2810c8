package neon

import (
	"fmt"
	"strings"
)

// registers is how many vectors there are room for at a time.
const registers = 32

// line is one of a function: a label, text of Go's assembler, or a word with the
// vectors in its fields.
type line struct {
	text   string // format of what follows
	of     []any
	label  bool
	back   string // the label that it goes back to
	word   uint32
	fields []field
}

// field is where in a word a register's number stands.
type field struct {
	v     V
	shift int
}

// flush gives the vectors of the function at hand their registers and writes it.
func (c *Code) flush() {
	of := c.allocate()
	for _, l := range c.lines {
		if l.label {
			fmt.Fprintln(&c.text, l.text)
			continue
		}
		named := make([]any, len(l.of))
		for i, o := range l.of {
			switch v := o.(type) {
			case V:
				o = of[v]
			case Scalar:
				o = of[V(v)].F()
			}
			named[i] = o
		}
		text := fmt.Sprintf(l.text, named...)
		if l.fields == nil {
			fmt.Fprintf(&c.text, "\t%s\n", text)
			continue
		}
		word := l.word
		for _, f := range l.fields {
			word |= uint32(of[f.v]) << f.shift
		}
		// The manual's names of vectors are in lower case.
		fmt.Fprintf(&c.text, "\tWORD $0x%08x // %s\n", word, strings.ToLower(text))
	}
	c.lines = nil
}

// allocate gives every vector a register. A vector is in use from the first line
// that has it to the last, and where that is in a loop that it came into from before,
// to the loop's end.
func (c *Code) allocate() map[V]V {
	first, last := map[V]int{}, map[V]int{}
	for i, l := range c.lines {
		for _, v := range l.uses() {
			if _, known := first[v]; !known {
				first[v] = i
			}
			last[v] = i
		}
	}
	for changed := true; changed; {
		changed = false
		for end, l := range c.lines {
			begin, known := c.labels[l.back]
			if !known {
				continue
			}
			for v := range first {
				if first[v] < begin && last[v] >= begin && last[v] < end {
					last[v], changed = end, true
				}
			}
		}
	}
	var free []V
	for r := range registers {
		free = append(free, V(registers-1-r))
	}
	of, used := map[V]V{}, map[V]V{} // used is by register
	for i, l := range c.lines {
		for r := V(0); r < registers; r++ {
			if v, busy := used[r]; busy && last[v] < i {
				delete(used, r)
				free = append(free, r)
			}
		}
		for _, v := range l.uses() {
			if _, has := of[v]; has {
				continue
			}
			if len(free) == 0 {
				panic("more vectors in use at a time than there are registers")
			}
			r := free[len(free)-1]
			free = free[:len(free)-1]
			of[v], used[r] = r, v
		}
	}
	return of
}

// uses are the vectors of a line.
func (l line) uses() []V {
	var all []V
	for _, f := range l.fields {
		all = append(all, f.v)
	}
	for _, o := range l.of {
		switch v := o.(type) {
		case V:
			all = append(all, v)
		case Scalar:
			all = append(all, V(v))
		}
	}
	return all
}
