// The generator of the element-wise kernels.
//
//	go run ./gen -out kernels_amd64.s -stubs kernels_amd64.go -pkg vec
//
// Every kernel exists for AVX2 (8 lanes) and AVX-512 (16 lanes). It handles a
// whole number of vectors; the callers handle the rest in plain Go.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// machine is a vector width.
type machine struct {
	suffix string
	lanes  int
	wide   bool
}

func (m machine) vector() reg.VecVirtual {
	if m.wide {
		return ZMM()
	}
	return YMM()
}

func (m machine) bytes() int { return 4 * m.lanes }

// begin opens a kernel named name. The parameters are pointers, the count n of
// vectors, and scalars.
func (m machine) begin(name, doc, signature string) {
	TEXT(name+m.suffix, NOSPLIT, "func("+signature+")")
	Pragma("noescape")
	Doc(name + m.suffix + " " + doc)
}

func pointer(name string) reg.GPVirtual {
	r := GP64()
	Load(Param(name), r)
	return r
}

// scalar broadcasts a parameter. It is read where it lies: a move of the old
// kind into the vector register's lowest lane costs some 70 ns here, when what
// ran before has used the wide registers.
func (m machine) scalar(name string) reg.VecVirtual {
	at, err := Param(name).Resolve()
	if err != nil {
		panic(err) // the signature lacks the parameter
	}
	v := m.vector()
	VBROADCASTSS(at.Addr, v)
	return v
}

func (m machine) constant(f float32) reg.VecVirtual {
	return m.word(math.Float32bits(f))
}

func (m machine) word(bits uint32) reg.VecVirtual {
	v := m.vector()
	VBROADCASTSS(shared(fmt.Sprintf("c%08x", bits), U32(bits)), v)
	return v
}

var constants = map[string]Mem{}

// shared gives the place of a table of words, made once.
func shared(name string, words ...U32) Mem {
	if c, ok := constants[name]; ok {
		return c
	}
	c := GLOBL(name, RODATA|NOPTR)
	for i, w := range words {
		DATA(4*i, w)
	}
	constants[name] = c
	return c
}

// zero gives a vector of zeros.
func (m machine) zero() reg.VecVirtual {
	v := m.vector()
	if m.wide {
		VPXORD(v, v, v)
	} else {
		VXORPS(v, v, v)
	}
	return v
}

// and, or are bitwise on floats.
func (m machine) and(a, b Op, out reg.VecVirtual) {
	if m.wide {
		VPANDD(a, b, out)
	} else {
		VANDPS(a, b, out)
	}
}

func (m machine) or(a, b Op, out reg.VecVirtual) {
	if m.wide {
		VPORD(a, b, out)
	} else {
		VORPS(a, b, out)
	}
}

// loop runs body once a vector; the pointers step on by the given multiples of
// the width.
func (m machine) loop(body func(), steps map[reg.GPVirtual]int, order ...reg.GPVirtual) {
	n := GP64()
	Load(Param("n"), n)
	TESTQ(n, n)
	JZ(LabelRef("done"))
	Label("loop")
	body()
	for _, p := range order {
		ADDQ(U32(steps[p]*m.bytes()), p)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	Label("done")
}

func (m machine) end() {
	VZEROUPPER()
	RET()
}

// each emits an element-wise kernel: out = body(in…).
func (m machine) each(name, doc string, inputs, scalars []string, body func(in, s []reg.VecVirtual) reg.VecVirtual) {
	signature := "dst"
	for _, in := range inputs {
		signature += ", " + in
	}
	signature += " *float32, n int"
	for _, s := range scalars {
		signature += ", " + s + " float32"
	}
	m.begin(name, doc, signature)
	dst := pointer("dst")
	var from []reg.GPVirtual
	var s []reg.VecVirtual
	for _, in := range inputs {
		from = append(from, pointer(in))
	}
	for _, name := range scalars {
		s = append(s, m.scalar(name))
	}
	steps := map[reg.GPVirtual]int{dst: 1}
	for _, p := range from {
		steps[p] = 1
	}
	m.loop(func() {
		var in []reg.VecVirtual
		for _, p := range from {
			v := m.vector()
			VMOVUPS(Mem{Base: p}, v)
			in = append(in, v)
		}
		VMOVUPS(body(in, s), Mem{Base: dst})
	}, steps, append([]reg.GPVirtual{dst}, from...)...)
	m.end()
}

func main() {
	for _, m := range []machine{{"AVX2", 8, false}, {"AVX512", 16, true}} {
		m.arithmetic()
		m.gradients()
		m.reductions()
		m.pairs()
		m.functions()
		m.adam()
	}
	Generate()
}
