// The generator of simdadex's vector kernels for ARM64.
//
//	go run ./gen/neon -out step_arm64.s -stubs step_arm64.go -pkg simdadex
//
// They are those of ../step.go, with vectors of 2 lanes.
package main

import (
	"fmt"
	"os"

	"hillock/internal/neon"
	"hillock/internal/simd"
	"hillock/internal/simdadex/layout"
)

const (
	lanes  = layout.Lanes
	row    = 8 * lanes // bytes
	chains = 2         // vectors whose steps are interleaved
)

func main() {
	c := &neon.Code{}
	c.Table("constants", simd.ExpConstants())
	step(c, false)
	step(c, true)
	scatter(c)
	if err := c.Write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// state is a vector's during one step.
type state struct {
	at      int    // bytes from the group's first lane
	mark    neon.V // of its lanes among the highest bits of a word
	v, w    neon.V // before the step, w then after it
	p, next neon.V // next is V after the step
	d, t    neon.V
	mask    neon.V // of lanes that spike
}

// step writes the kernel that integrates a block. Row k of v and w is the state
// before step k, so that the state needs no other place.
func step(c *neon.Code, hold bool) {
	name := "stepNEON"
	if hold {
		name = "stepHoldNEON"
	}
	c.Function(name, "integrates the lanes of b over steps time steps, as stepAVX2 does.",
		"b, v, w *float64, nextW int, current *float64, steps int, spikes *uint64")
	c.Doubles()
	block, v, w, nextW := c.Argument("b"), c.Argument("v"), c.Argument("w"), c.Argument("nextW")
	current, steps, spikes := c.Argument("current"), c.Argument("steps"), c.Argument("spikes")
	after, left, at := c.Number(), c.Number(), c.Number() // of w, groups, the group's parameters
	e := c.NewExp(c.TableAt("constants"))
	i, bits := c.Vector(), c.Vector()
	var group []*state
	for k := range chains {
		from := 64 - 2*(chains-k)
		group = append(group, &state{at: neon.Bytes * k, mark: c.Pair(1<<from, 1<<(from+1))})
	}
	// each writes operation by operation for all vectors, so that their chains of
	// dependent operations overlap.
	each := func(operations ...func(s *state)) {
		for _, operation := range operations {
			for _, s := range group {
				operation(s)
			}
		}
	}
	load := func(from neon.R, offset int) neon.V {
		x := c.Vector()
		c.LoadAt(from, offset, x)
		return x
	}
	param := func(s *state, p layout.Param) neon.V { return load(at, row*int(p)+s.at) }
	// choose gives y where the mask is, else x.
	choose := func(mask, y, x neon.V) neon.V {
		z := c.Vector()
		c.Copy(z, mask)
		c.Select(z, y, x)
		return z
	}

	c.Label("next")
	c.Broadcast(fmt.Sprintf("(%s)", current), i)
	c.Clear(bits)
	c.Line("ADD %s, %s, %s", nextW, w, after)
	c.Line("MOVD %s, %s", block, at)
	c.Line("MOVD $%d, %s", lanes/(2*chains), left)
	c.Label("group")
	var xs []neon.V
	each(func(s *state) {
		s.p = load(v, s.at)
		c.Sub(s.p, s.p, param(s, layout.VT))
		c.Mul(s.p, s.p, param(s, layout.PerDeltaT))
		xs = append(xs, s.p)
	})
	for k, scale := range e.Emit(xs) {
		group[k].next = scale
	}
	each(
		func(s *state) { c.Mul(s.next, param(s, layout.Exponential), s.next) },
		func(s *state) { s.v, s.d = load(v, s.at), c.Vector(); c.Sub(s.d, s.v, param(s, layout.EL)) },
		func(s *state) { c.Mul(s.next, s.next, s.p) },
		func(s *state) { s.t = param(s, layout.A); c.Mul(s.t, s.t, s.d) },
		func(s *state) { c.Mul(s.d, param(s, layout.GL), s.d) },
		func(s *state) { s.w = load(w, s.at); c.Add(s.next, s.next, i) },
		func(s *state) { c.Sub(s.t, s.t, s.w) },
		func(s *state) { c.Sub(s.next, s.next, s.d) },
		func(s *state) { c.Mul(s.t, s.t, param(s, layout.DtPerTauW)) },
		func(s *state) { c.Sub(s.next, s.next, s.w) },
		func(s *state) { c.Mul(s.next, s.next, param(s, layout.DtPerC)) },
		func(s *state) { c.Add(s.w, s.w, s.t) },
		func(s *state) { c.Add(s.next, s.v, s.next) },
		func(s *state) { s.mask = c.Vector(); c.Greater(s.mask, s.next, param(s, layout.VTh)) },
	)
	if hold {
		each(func(s *state) { // lanes that are held keep V, and count down
			h, free, held := param(s, layout.Hold), c.Vector(), c.Vector()
			c.IsZero(free, h)
			c.Not(held, free)
			c.And(s.mask, s.mask, free)
			s.next = choose(free, s.next, s.v)
			c.AddWhole(h, h, held)
			c.StoreAt(choose(s.mask, param(s, layout.Refractory), h), at, row*int(layout.Hold)+s.at)
		})
	}
	each(
		func(s *state) { c.StoreAt(choose(s.mask, param(s, layout.Vr), s.next), v, row+s.at) },
		func(s *state) { s.t = param(s, layout.B); c.Add(s.t, s.w, s.t) },
		func(s *state) { c.StoreAt(choose(s.mask, s.t, s.w), after, s.at) },
	)
	c.Right(bits, bits, 2*chains)
	each(func(s *state) {
		c.And(s.mask, s.mask, s.mark)
		c.Or(bits, bits, s.mask)
	})
	for _, p := range []neon.R{v, w, after, at} {
		c.Line("ADD $%d, %s, %s", neon.Bytes*chains, p, p)
	}
	c.Again(left, 1, "group")

	c.Line("VMOV %s.D[0], %s", bits, left)
	c.Line("VMOV %s.D[1], %s", bits, at)
	c.Line("ORR %s, %s, %s", left, at, at)
	c.Line("MOVD.P %s, 8(%s)", at, spikes)
	// v stands behind its row, which is the next one; w behind its row.
	c.Line("SUB $%d, %s, %s", row, w, w)
	c.Line("ADD %s, %s, %s", nextW, w, w)
	c.Line("ADD $8, %s, %s", current, current)
	c.Again(steps, 1, "next")
	c.Return()
}

// scatter writes the kernel that turns rows of lanes into one row a lane.
func scatter(c *neon.Code) {
	c.Function("scatterNEON", "writes dst[lane·stride + row] = src[row·Lanes + lane]·factor. rows and lanes are multiples of 8.",
		"dst *float64, stride int, src *float64, rows, lanes int, factor float64")
	c.Doubles()
	dst, stride, src, rows, count := c.Argument("dst"), c.Argument("stride"), c.Argument("src"), c.Argument("rows"), c.Argument("lanes")
	factor := c.Scalar("factor")
	first, second, from, left := c.Number(), c.Number(), c.Number(), c.Number()
	x := c.Vectors(4)
	c.Line("LSL $3, %s, %s", stride, stride)
	c.Label("lanes")
	c.Line("MOVD %s, %s", dst, first)
	c.Line("ADD %s, %s, %s", stride, dst, second)
	c.Line("MOVD %s, %s", src, from)
	c.Line("MOVD %s, %s", rows, left)
	c.Label("rows")
	for k := range 2 {
		c.LoadAt(from, row*k, x[k])
		c.Mul(x[k], x[k], factor)
	}
	c.ZipLow(x[2], x[0], x[1])
	c.ZipHigh(x[3], x[0], x[1])
	c.Store(x[2], first)
	c.Store(x[3], second)
	c.Line("ADD $%d, %s, %s", 2*row, from, from)
	c.Again(left, 2, "rows")
	c.Line("ADD $%d, %s, %s", neon.Bytes, src, src)
	c.Line("ADD %s<<1, %s, %s", stride, dst, dst)
	c.Again(count, 2, "lanes")
	c.Return()
}
