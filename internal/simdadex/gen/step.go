package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simdadex/layout"
)

// step writes the kernel that integrates a block. Row k of v and w is the state
// before step k, so that the state needs no other place.
func step(m machine, hold bool) {
	name := "step"
	if hold {
		name = "stepHold"
	}
	TEXT(name+m.name(), NOSPLIT, "func(b, v, w *float64, nextW int, current *float64, steps int, spikes *uint64)")
	Doc(name+m.name()+" integrates the lanes of b over steps time steps. v and w have a row of Lanes for",
		"each step and one more; the first holds the state to start from. nextW is the",
		"number of bytes between two rows of w: 0 keeps only the last. Each step gets a",
		"word of spikes, with a bit for each lane.")
	block := Load(Param("b"), GP64())
	v := Load(Param("v"), GP64())
	w := Load(Param("w"), GP64())
	nextW := Load(Param("nextW"), GP64())
	current := Load(Param("current"), GP64())
	steps := Load(Param("steps"), GP64())
	spikes := Load(Param("spikes"), GP64())

	keep := kept{}
	for _, c := range []layout.Constant{layout.Magic, layout.Log2E, layout.MinusLn2Hi, layout.MinusLn2Lo, layout.One} {
		keep[c] = constant(c)
		if m.registers() == 32 {
			r := m.vector()
			m.broadcast(constant(c), r)
			keep[c] = r
		}
	}
	i := m.vector()

	Label("next")
	m.broadcast(Mem{Base: current}, i)
	group := m.lanes() * m.chains()
	if m.lanes() == 4 {
		group = 8 // a byte of spikes
	}
	for lane := 0; lane < lanes; lane += group {
		var states []*state
		for l := lane; l < lane+group; l += m.lanes() {
			states = append(states, &state{
				block: block, lane: l,
				vOut: Mem{Base: v, Disp: 8 * (lanes + l)}, wOut: Mem{Base: w, Index: nextW, Scale: 1, Disp: 8 * l},
			})
		}
		at := func(l int) (Mem, Mem) { return Mem{Base: v, Disp: 8 * l}, Mem{Base: w, Disp: 8 * l} }
		for from := 0; from < len(states); from += m.chains() {
			together(m, states[from:from+m.chains()], keep, i, at, hold)
		}
		m.spikes(states, Mem{Base: spikes, Disp: lane / 8})
	}
	ADDQ(U32(8*lanes), v)
	ADDQ(nextW, w)
	ADDQ(U8(8), current)
	ADDQ(U8(8), spikes)
	DECQ(steps)
	JNZ(LabelRef("next"))
	VZEROUPPER()
	RET()
}

// kept are constants, in registers where there are enough.
type kept map[layout.Constant]Op

// together writes the step of a few vectors, operation by operation, so that
// their chains of dependent operations overlap.
func together(m machine, states []*state, keep kept, i VecVirtual, at func(int) (Mem, Mem), hold bool) {
	type chain struct {
		*state
		x, t, n, r, r2, r4, s, a, b, c VecVirtual
	}
	chains := make([]*chain, len(states))
	for k, s := range states {
		chains[k] = &chain{state: s}
	}
	each := func(f func(c *chain)) {
		for _, c := range chains {
			f(c)
		}
	}
	// linear starts a = (from·r + from−1) of the polynomial.
	linear := func(c *chain, q layout.Constant) VecVirtual {
		a := m.vector()
		m.broadcast(constant(q+1), a)
		m.fma213(constant(q), c.r, a)
		return a
	}
	each(func(c *chain) {
		c.v, c.x = m.vector(), m.vector()
		mv, _ := at(c.lane)
		VMOVUPD(mv, c.v)
		VSUBPD(param(c.block, layout.VT, c.lane), c.v, c.x)
	})
	each(func(c *chain) { VMULPD(param(c.block, layout.PerDeltaT, c.lane), c.x, c.x) })
	each(func(c *chain) { m.limit(constant(layout.Highest), c.x, false) })
	each(func(c *chain) { m.limit(constant(layout.Lowest), c.x, true) })
	each(func(c *chain) {
		c.t = m.vector()
		VMOVUPD(keep[layout.Magic], c.t)
		VFMADD231PD(keep[layout.Log2E], c.x, c.t)
	})
	each(func(c *chain) { c.n = m.vector(); VSUBPD(keep[layout.Magic], c.t, c.n) })
	each(func(c *chain) { VFMADD231PD(keep[layout.MinusLn2Hi], c.n, c.x) }) // rh
	each(func(c *chain) {
		c.r = m.vector()
		VMOVAPD(c.x, c.r)
		VFMADD231PD(keep[layout.MinusLn2Lo], c.n, c.r)
	})
	each(func(c *chain) { c.r2 = m.vector(); VMULPD(c.r, c.r, c.r2) })
	each(func(c *chain) { c.a = linear(c, layout.Q0) })
	each(func(c *chain) { c.b = linear(c, layout.Q2) })
	each(func(c *chain) { VSUBPD(c.r, c.x, c.x) })
	each(func(c *chain) { VFMADD231PD(keep[layout.MinusLn2Lo], c.n, c.x) }) // rl
	each(func(c *chain) { c.s = m.vector(); VADDPD(keep[layout.One], c.r, c.s) })
	each(func(c *chain) { c.r4 = m.vector(); VMULPD(c.r2, c.r2, c.r4) })
	each(func(c *chain) { VFMADD231PD(c.b, c.r2, c.a) })
	each(func(c *chain) { c.b = linear(c, layout.Q4) })
	each(func(c *chain) { c.c = linear(c, layout.Q6) })
	each(func(c *chain) { VMOVUPD(keep[layout.One], c.n); VSUBPD(c.s, c.n, c.n) })
	each(func(c *chain) { VFMADD231PD(c.c, c.r2, c.b) })
	each(func(c *chain) { c.c = linear(c, layout.Q8) })
	each(func(c *chain) { VADDPD(c.r, c.n, c.n) }) // sl
	each(func(c *chain) { VPSLLQ(U8(52), c.t, c.t) })
	each(func(c *chain) { VFMADD231PD(c.c, c.r4, c.b) })
	each(func(c *chain) { VADDPD(c.n, c.x, c.x) })
	each(func(c *chain) { VMULPD(param(c.block, layout.Exponential, c.lane), c.t, c.t) })
	each(func(c *chain) { VFMADD231PD(c.b, c.r4, c.a) })
	each(func(c *chain) { c.d = m.vector(); VSUBPD(param(c.block, layout.EL, c.lane), c.v, c.d) })
	each(func(c *chain) { VFMADD231PD(c.a, c.r2, c.x) })
	each(func(c *chain) { c.w = m.vector(); _, mw := at(c.lane); VMOVUPD(mw, c.w) })
	each(func(c *chain) { VMULPD(param(c.block, layout.A, c.lane), c.d, c.n) })
	each(func(c *chain) { VADDPD(c.x, c.s, c.s) }) // p
	each(func(c *chain) { VMULPD(param(c.block, layout.GL, c.lane), c.d, c.d) })
	each(func(c *chain) { VMULPD(c.s, c.t, c.t) })
	each(func(c *chain) { VSUBPD(c.w, c.n, c.n) })
	each(func(c *chain) { VADDPD(i, c.t, c.t) })
	each(func(c *chain) { VMULPD(param(c.block, layout.DtPerTauW, c.lane), c.n, c.n) })
	each(func(c *chain) { VSUBPD(c.d, c.t, c.t) })
	each(func(c *chain) { VSUBPD(c.w, c.t, c.t) })
	each(func(c *chain) { VADDPD(c.n, c.w, c.w) })
	each(func(c *chain) { VMULPD(param(c.block, layout.DtPerC, c.lane), c.t, c.t) })
	each(func(c *chain) { c.next = c.t; VADDPD(c.t, c.v, c.next) })
	each(func(c *chain) { m.threshold(c.state, hold) })
	each(func(c *chain) {
		VMOVUPD(c.next, c.vOut)
		VMOVUPD(c.w, c.wOut)
	})
}

// scatter writes the kernel that turns rows of lanes into one row a lane.
func scatter(m machine) {
	TEXT("scatter"+m.name(), NOSPLIT, "func(dst *float64, stride int, src *float64, rows, lanes int, factor float64)")
	Doc("scatter"+m.name()+" writes dst[lane·stride + row] = src[row·Lanes + lane]·factor. rows and lanes are",
		"multiples of 8.")
	dst := Load(Param("dst"), GP64())
	stride := Load(Param("stride"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	count := Load(Param("lanes"), GP64())
	factor := m.vector()
	addr, err := Param("factor").Resolve()
	if err != nil {
		panic(err)
	}
	m.broadcast(addr.Addr, factor)
	SHLQ(U8(3), stride)
	n := m.lanes()
	from, to, left := GP64(), GP64(), GP64()

	Label("lanes")
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(rows, left)
	Label("rows")
	vectors := make([]VecVirtual, n)
	for k := range vectors {
		vectors[k] = m.vector()
		VMULPD(Mem{Base: from, Disp: 8 * lanes * k}, factor, vectors[k])
	}
	m.transpose(vectors)
	at := GP64()
	MOVQ(to, at)
	for k := range vectors {
		VMOVUPD(vectors[k], Mem{Base: at})
		if k < n-1 {
			ADDQ(stride, at)
		}
	}
	ADDQ(U32(8*lanes*n), from)
	ADDQ(U8(8*n), to)
	SUBQ(U8(n), left)
	JNZ(LabelRef("rows"))
	ADDQ(U8(8*n), src)
	for range n {
		ADDQ(stride, dst)
	}
	SUBQ(U8(n), count)
	JNZ(LabelRef("lanes"))
	VZEROUPPER()
	RET()
}
