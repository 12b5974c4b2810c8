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

// chain is a vector's registers during one step.
type chain struct {
	at int // bytes from the group's first lane
	v  []neon.V
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
	var group []*chain
	var marks []neon.V // the highest bits of a word, for the lanes of a group
	for k := range chains {
		group = append(group, &chain{neon.Bytes * k, c.Vectors(neon.ExpVectors)})
		from := 64 - 2*(chains-k)
		marks = append(marks, c.Pair(1<<from, 1<<(from+1)))
	}
	each := func(steps ...func(k *chain)) {
		for _, step := range steps {
			for _, k := range group {
				step(k)
			}
		}
	}
	param := func(k *chain, p layout.Param, to neon.V) { c.LoadAt(at, row*int(p)+k.at, to) }

	c.Label("next")
	c.Broadcast(fmt.Sprintf("(%s)", current), i)
	c.Clear(bits)
	c.Line("ADD %s, %s, %s", nextW, w, after)
	c.Line("MOVD %s, %s", block, at)
	c.Line("MOVD $%d, %s", lanes/(2*chains), left)
	c.Label("group")
	var xs [][]neon.V
	each(func(k *chain) {
		c.LoadAt(v, k.at, k.v[0])
		param(k, layout.VT, k.v[1])
		c.Sub(k.v[0], k.v[0], k.v[1])
		param(k, layout.PerDeltaT, k.v[1])
		c.Mul(k.v[0], k.v[0], k.v[1])
		xs = append(xs, k.v)
	})
	e.Emit(xs)
	// From here: 0 is p, 1 V after the step, 2 to 4 and 9 are spare, 5 is w, 6 V before
	// the step, 7 the lanes that spike.
	each(
		func(k *chain) { param(k, layout.Exponential, k.v[2]); c.Mul(k.v[1], k.v[2], k.v[1]) },
		func(k *chain) { c.LoadAt(v, k.at, k.v[6]); param(k, layout.EL, k.v[2]); c.Sub(k.v[2], k.v[6], k.v[2]) },
		func(k *chain) { c.Mul(k.v[1], k.v[1], k.v[0]) },
		func(k *chain) { param(k, layout.A, k.v[3]); c.Mul(k.v[3], k.v[3], k.v[2]) },
		func(k *chain) { param(k, layout.GL, k.v[4]); c.Mul(k.v[4], k.v[4], k.v[2]) },
		func(k *chain) { c.LoadAt(w, k.at, k.v[5]); c.Add(k.v[1], k.v[1], i) },
		func(k *chain) { c.Sub(k.v[3], k.v[3], k.v[5]) },
		func(k *chain) { c.Sub(k.v[1], k.v[1], k.v[4]) },
		func(k *chain) { param(k, layout.DtPerTauW, k.v[2]); c.Mul(k.v[3], k.v[3], k.v[2]) },
		func(k *chain) { c.Sub(k.v[1], k.v[1], k.v[5]) },
		func(k *chain) { param(k, layout.DtPerC, k.v[2]); c.Mul(k.v[1], k.v[1], k.v[2]) },
		func(k *chain) { c.Add(k.v[5], k.v[5], k.v[3]) },
		func(k *chain) { c.Add(k.v[1], k.v[6], k.v[1]) },
		func(k *chain) { param(k, layout.VTh, k.v[2]); c.Greater(k.v[7], k.v[1], k.v[2]) },
	)
	if hold {
		// Lanes that are held keep V, and count down.
		each(
			func(k *chain) { param(k, layout.Hold, k.v[2]); c.IsZero(k.v[3], k.v[2]) },
			func(k *chain) { c.And(k.v[7], k.v[7], k.v[3]); c.Not(k.v[4], k.v[3]) },
			func(k *chain) { c.Select(k.v[3], k.v[1], k.v[6]); c.AddWhole(k.v[2], k.v[2], k.v[4]) },
			func(k *chain) { c.Copy(k.v[1], k.v[3]); param(k, layout.Refractory, k.v[4]); c.Copy(k.v[9], k.v[7]) },
			func(k *chain) { c.Select(k.v[9], k.v[4], k.v[2]) },
			func(k *chain) { c.StoreAt(k.v[9], at, row*int(layout.Hold)+k.at) },
		)
	}
	each(
		func(k *chain) { param(k, layout.Vr, k.v[2]); c.Copy(k.v[3], k.v[7]); c.Select(k.v[3], k.v[2], k.v[1]) },
		func(k *chain) { param(k, layout.B, k.v[2]); c.Add(k.v[2], k.v[5], k.v[2]); c.Copy(k.v[4], k.v[7]) },
		func(k *chain) { c.Select(k.v[4], k.v[2], k.v[5]) },
		func(k *chain) { c.StoreAt(k.v[3], v, row+k.at) },
		func(k *chain) { c.StoreAt(k.v[4], after, k.at) },
	)
	c.Right(bits, bits, 2*chains)
	for n, k := range group {
		c.And(k.v[7], k.v[7], marks[n])
		c.Or(bits, bits, k.v[7])
	}
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
