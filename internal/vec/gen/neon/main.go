// The generator of the element-wise kernels for ARM64.
//
//	go run ./gen/neon -out kernels_arm64.s -stubs kernels_arm64.go -pkg vec
//
// They are those of ../main.go, with vectors of 4 lanes.
package main

import (
	"fmt"
	"math"
	"os"
	"strings"

	"hillock/internal/neon"
)

type machine struct{ neon.Code }

func main() {
	m := &machine{}
	m.arithmetic()
	m.gradients()
	m.reductions()
	m.pairs()
	m.functions()
	m.adam()
	if err := m.Write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type vs = []neon.V

// begin opens a kernel and loads what it takes but for the count.
func (m *machine) begin(name, doc string, inputs, scalars []string) (dst neon.R, from []neon.R, s vs) {
	signature := strings.Join(append([]string{"dst"}, inputs...), ", ") + " *float32, n int"
	if len(scalars) > 0 {
		signature += ", " + strings.Join(scalars, ", ") + " float32"
	}
	m.Function(name+"NEON", doc, signature)
	dst = m.Argument("dst")
	for _, name := range inputs {
		from = append(from, m.Argument(name))
	}
	for _, name := range scalars {
		s = append(s, m.Scalar(name))
	}
	return dst, from, s
}

// each emits an element-wise kernel: out = body(in…). s has the scalars, then the
// constants; a body may overwrite in and vectors of its own.
func (m *machine) each(name, doc string, inputs, scalars []string, constants []float32, body func(in, s vs) neon.V) {
	dst, from, s := m.begin(name, doc, inputs, scalars)
	in := m.Vectors(len(from))
	for _, f := range constants {
		s = append(s, m.constant(f))
	}
	m.Loop(m.Argument("n"), func() {
		for i, p := range from {
			m.Load(p, in[i])
		}
		m.Store(body(in, s), dst)
	})
	m.Return()
}

func (m *machine) constant(f float32) neon.V { return m.Constant(math.Float32bits(f)) }

// cleared is a vector of zeros.
func (m *machine) cleared() neon.V {
	v := m.Vector()
	m.Clear(v)
	return v
}
