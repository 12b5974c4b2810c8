// Package neon writes Go assembly for the vectors of ARM64, of 4 floats or 2 doubles,
// as avo does for AMD64: a generator calls a method for every instruction.
//
// Go's assembler lacks most of their arithmetic. Those instructions are written as
// words; their encodings are those of the Arm Architecture Reference Manual for
// A-profile, section C7.2.
package neon

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"math"
	"os"
	"strings"
)

// Code is a file of functions.
type Code struct {
	text, stubs strings.Builder
	function    // the one at hand
}

// function is one that is being written.
type function struct {
	lines     []line
	labels    map[string]int // the lines that they stand before
	vectors   int
	arguments map[string]int
	numbers   int // general registers
	doubles   bool
}

// V is a vector. It gets a register when the function is complete, which it shares
// with others that are not in use at the same time.
type V int

// Scalar is a vector by its name as a floating-point register.
type Scalar V

// R is a general register.
type R int

// Bytes is the size of a vector.
const Bytes = 16

func (v V) String() string { return fmt.Sprintf("V%d", int(v)) }

func (v Scalar) String() string { return fmt.Sprintf("F%d", int(v)) }

// F names the vector as a floating-point register.
func (v V) F() Scalar { return Scalar(v) }

func (r R) String() string { return fmt.Sprintf("R%d", int(r)) }

// parameter is one of a function, size bytes long.
type parameter struct {
	name, kind string
	size       int
}

// parameters takes a signature such as "dst, a *float32, n int" apart.
func parameters(signature string) []parameter {
	sizes := map[string]int{"*float32": 8, "*float64": 8, "*int": 8, "*uint64": 8, "int": 8, "float64": 8, "float32": 4, "uint32": 4}
	var all []parameter
	waiting := 0
	for _, part := range strings.Split(signature, ",") {
		name, kind, typed := strings.Cut(strings.TrimSpace(part), " ")
		all = append(all, parameter{name: name})
		waiting++
		if !typed {
			continue
		}
		size, ok := sizes[kind]
		if !ok {
			panic("no such type: " + kind)
		}
		for i := len(all) - waiting; i < len(all); i++ {
			all[i].kind, all[i].size = kind, size
		}
		waiting = 0
	}
	return all
}

// Function begins a function. Its registers are those that Vector and Number give;
// its vectors hold floats unless Doubles says otherwise.
func (c *Code) Function(name, doc, signature string) {
	c.flush()
	c.function = function{labels: map[string]int{}, arguments: map[string]int{}}
	at := 0
	for _, p := range parameters(signature) {
		at = (at + p.size - 1) / p.size * p.size
		c.arguments[p.name] = at
		at += p.size
	}
	fmt.Fprintf(&c.stubs, "\n// %s %s\n//\n//go:noescape\nfunc %s(%s)\n", name, doc, name, signature)
	fmt.Fprintf(&c.text, "\n// func %s(%s)\nTEXT ·%s(SB), NOSPLIT, $0-%d\n", name, signature, name, at)
}

// Doubles makes the function's vectors hold 2 doubles.
func (c *Code) Doubles() { c.doubles = true }

// Line writes a line as it is but for its vectors, which get their registers' names.
func (c *Code) Line(text string, of ...any) { c.lines = append(c.lines, line{text: text, of: of}) }

// Label puts a label here.
func (c *Code) Label(name string) {
	c.labels[name] = len(c.lines)
	c.lines = append(c.lines, line{text: name + ":", label: true})
}

// Vector gives a vector that the function does not use yet.
func (c *Code) Vector() V {
	c.vectors++
	return V(c.vectors - 1)
}

// Vectors gives some.
func (c *Code) Vectors(n int) []V {
	var all []V
	for range n {
		all = append(all, c.Vector())
	}
	return all
}

// Number gives a general register that the function does not use yet. R18 is the
// operating system's, R19 is for constants, and Go has a use for those from R26 on.
func (c *Code) Number() R {
	if c.numbers == 18 {
		panic("more than 18 general registers")
	}
	c.numbers++
	return R(c.numbers - 1)
}

// Argument gives a register with a parameter that is a pointer or an int.
func (c *Code) Argument(name string) R {
	r := c.Number()
	c.Line("MOVD %s+%d(FP), %s", name, c.place(name), r)
	return r
}

// Small puts a uint32 parameter into a register.
func (c *Code) Small(name string, into R) { c.Line("MOVWU %s+%d(FP), %s", name, c.place(name), into) }

func (c *Code) place(name string) int {
	at, ok := c.arguments[name]
	if !ok {
		panic("the signature lacks " + name)
	}
	return at
}

// Scalar gives a vector that has a parameter in every lane.
func (c *Code) Scalar(name string) V {
	v := c.Vector()
	c.Broadcast(fmt.Sprintf("%s+%d(FP)", name, c.place(name)), v)
	return v
}

// Broadcast puts the number that is in a place into every lane.
func (c *Code) Broadcast(from string, v V) {
	if c.doubles {
		c.Line("FMOVD %s, %s", from, v.F())
		c.Line("VDUP %s.D[0], %s.D2", v, v)
		return
	}
	c.Line("FMOVS %s, %s", from, v.F())
	c.Line("VDUP %s.S[0], %s.S4", v, v)
}

// Constant gives a vector with these bits in every lane of a float.
func (c *Code) Constant(bits uint32) V {
	v := c.Vector()
	c.Line("MOVD $0x%08x, R19", bits)
	c.Line("VDUP R19, %s.S4", v)
	return v
}

// Pair gives a vector with the bits of two doubles.
func (c *Code) Pair(first, second uint64) V {
	v := c.Vector()
	for i, bits := range []uint64{first, second} {
		c.Line("MOVD $0x%016x, R19", bits)
		c.Line("VMOV R19, %s.D[%d]", v, i)
	}
	return v
}

// Table writes constants into memory, each a vector of equal doubles. It belongs
// before the functions.
func (c *Code) Table(name string, values []float64) {
	fmt.Fprintln(&c.text)
	for i, x := range values {
		for j := range 2 {
			fmt.Fprintf(&c.text, "DATA %s<>+%d(SB)/8, $0x%016x\n", name, Bytes*i+8*j, math.Float64bits(x))
		}
	}
	fmt.Fprintf(&c.text, "GLOBL %s<>(SB), RODATA|NOPTR, $%d\n", name, Bytes*len(values))
}

// TableAt gives a register with the place of a table.
func (c *Code) TableAt(name string) R {
	r := c.Number()
	c.Line("MOVD $%s<>(SB), %s", name, r)
	return r
}

// Load reads a vector and moves the pointer on.
func (c *Code) Load(p R, v V) { c.Line("VLD1.P %d(%s), [%s.S4]", Bytes, p, v) }

// Store writes a vector and moves the pointer on.
func (c *Code) Store(v V, p R) { c.Line("VST1.P [%s.S4], %d(%s)", v, Bytes, p) }

// LoadAt reads the vector some bytes from where the pointer points.
func (c *Code) LoadAt(p R, offset int, v V) { c.Line("FMOVQ %d(%s), %s", offset, p, v.F()) }

// StoreAt writes it.
func (c *Code) StoreAt(v V, p R, offset int) { c.Line("FMOVQ %s, %d(%s)", v.F(), offset, p) }

// Loop repeats body n times; n is used up.
func (c *Code) Loop(n R, body func()) {
	c.Line("CBZ %s, done", n)
	c.Label("loop")
	body()
	c.Again(n, 1, "loop")
	c.Label("done")
}

// Again takes some from n and goes back to a label while there are more.
func (c *Code) Again(n R, by int, label string) {
	c.Line("SUBS $%d, %s, %s", by, n, n)
	c.Line("BNE %s", label)
	c.lines[len(c.lines)-1].back = label
}

// Return ends the function.
func (c *Code) Return() { c.Line("RET") }

// Write writes the files that the command line names as avo's does: -out, -stubs and
// -pkg.
func (c *Code) Write() error {
	out := flag.String("out", "", "assembly to write")
	stubs := flag.String("stubs", "", "declarations to write")
	pkg := flag.String("pkg", "", "package that they are of")
	flag.Parse()
	c.flush()
	const header = "// Code generated by go generate. DO NOT EDIT.\n\n"
	if err := os.WriteFile(*out, []byte(header+"#include \"textflag.h\"\n"+c.text.String()), 0o644); err != nil {
		return err
	}
	declarations, err := format.Source(bytes.Join([][]byte{[]byte(header), []byte("package " + *pkg + "\n"), []byte(c.stubs.String())}, nil))
	if err != nil {
		return err
	}
	return os.WriteFile(*stubs, declarations, 0o644)
}
