package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"hillock/internal/simd/emit"
	"hillock/internal/simdadex/layout"
)

const lanes = layout.Lanes

// step writes the kernel that integrates a block. Row k of v and w is the state
// before step k, so that the state needs no other place.
func step(m emit.Machine, table emit.Table, hold bool) {
	name := "step"
	if hold {
		name = "stepHold"
	}
	TEXT(name+m.Name(), NOSPLIT, "func(b, v, w *float64, nextW int, current *float64, steps int, spikes *uint64)")
	Doc(name+m.Name()+" integrates the lanes of b over steps time steps. v and w have a row of Lanes for",
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

	e := emit.NewExp(m, table)
	i := m.Vector()

	Label("next")
	m.Broadcast(Mem{Base: current}, i)
	group := m.Lanes() * m.Chains()
	if m.Lanes() == 4 {
		group = 8 // a byte of spikes
	}
	for lane := 0; lane < lanes; lane += group {
		var states []*state
		for l := lane; l < lane+group; l += m.Lanes() {
			states = append(states, &state{
				block: block, lane: l,
				vOut: Mem{Base: v, Disp: 8 * (lanes + l)}, wOut: Mem{Base: w, Index: nextW, Scale: 1, Disp: 8 * l},
			})
		}
		at := func(l int) (Mem, Mem) { return Mem{Base: v, Disp: 8 * l}, Mem{Base: w, Disp: 8 * l} }
		for from := 0; from < len(states); from += m.Chains() {
			together(m, states[from:from+m.Chains()], e, i, at, hold)
		}
		var masks []Op
		for _, s := range states {
			masks = append(masks, s.mask)
		}
		m.Bits(masks, Mem{Base: spikes, Disp: lane / 8})
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

// state is a vector's registers during one step.
type state struct {
	block      Register
	lane       int
	v, w       VecVirtual // before the step
	next       VecVirtual // V after it
	d          VecVirtual // V − E_L
	t          VecVirtual
	mask       Op // of lanes that spike
	vOut, wOut Mem
}

// together writes the step of a few vectors, operation by operation, so that
// their chains of dependent operations overlap.
func together(m emit.Machine, states []*state, e emit.Exp, i VecVirtual, at func(int) (Mem, Mem), hold bool) {
	each := func(f func(s *state)) {
		for _, s := range states {
			f(s)
		}
	}
	var xs []VecVirtual
	each(func(s *state) {
		x := m.Vector()
		s.v = m.Vector()
		mv, _ := at(s.lane)
		VMOVUPD(mv, s.v)
		VSUBPD(param(s.block, layout.VT, s.lane), s.v, x)
		VMULPD(param(s.block, layout.PerDeltaT, s.lane), x, x)
		xs = append(xs, x)
	})
	ps, scales := e.Emit(m, xs)
	for k, s := range states {
		s.next, s.t = scales[k], ps[k]
	}
	each(func(s *state) { VMULPD(param(s.block, layout.Exponential, s.lane), s.next, s.next) })
	each(func(s *state) { s.d = m.Vector(); VSUBPD(param(s.block, layout.EL, s.lane), s.v, s.d) })
	each(func(s *state) { VMULPD(s.t, s.next, s.next) })
	each(func(s *state) { VMULPD(param(s.block, layout.A, s.lane), s.d, s.t) })
	each(func(s *state) { s.w = m.Vector(); _, mw := at(s.lane); VMOVUPD(mw, s.w) })
	each(func(s *state) { VMULPD(param(s.block, layout.GL, s.lane), s.d, s.d) })
	each(func(s *state) { VADDPD(i, s.next, s.next) })
	each(func(s *state) { VSUBPD(s.w, s.t, s.t) })
	each(func(s *state) { VSUBPD(s.d, s.next, s.next) })
	each(func(s *state) { VMULPD(param(s.block, layout.DtPerTauW, s.lane), s.t, s.t) })
	each(func(s *state) { VSUBPD(s.w, s.next, s.next) })
	each(func(s *state) { VADDPD(s.t, s.w, s.w) })
	each(func(s *state) { VMULPD(param(s.block, layout.DtPerC, s.lane), s.next, s.next) })
	each(func(s *state) { VADDPD(s.next, s.v, s.next) })
	each(func(s *state) { threshold(m, s, hold) })
	each(func(s *state) {
		VMOVUPD(s.next, s.vOut)
		VMOVUPD(s.w, s.wOut)
	})
}

// threshold compares, resets, and counts the refractory time down. Lanes that are
// held keep V.
func threshold(m emit.Machine, s *state, hold bool) {
	s.mask = m.Where(s.next, emit.Above, param(s.block, layout.VTh, s.lane))
	if hold {
		at := param(s.block, layout.Hold, s.lane)
		h := m.Vector()
		VMOVUPD(at, h)
		free := m.Zero(h)
		s.mask = m.And(free, s.mask)
		m.CountDown(free, s.v, s.next, h)
		m.Replace(s.mask, param(s.block, layout.Refractory, s.lane), h)
		VMOVUPD(h, at)
	}
	m.Replace(s.mask, param(s.block, layout.Vr, s.lane), s.next)
	m.AddWhere(s.mask, param(s.block, layout.B, s.lane), s.w)
}

// param is where a parameter of the lanes from the given one lies in the block.
func param(block Register, p layout.Param, lane int) Mem {
	return Mem{Base: block, Disp: 8 * (int(p)*lanes + lane)}
}

// scatter writes the kernel that turns rows of lanes into one row a lane; past
// says that it writes past the caches.
func scatter(m emit.Machine, past bool) {
	name, store := "scatter"+m.Name(), func(x VecVirtual, to Mem) { VMOVUPD(x, to) }
	doc := []string{
		name + " writes dst[lane·stride + row] = src[row·Lanes + lane]·factor. rows and lanes are",
		"multiples of 8.",
	}
	if past {
		name, store = "scatterPast"+m.Name(), func(x VecVirtual, to Mem) { VMOVNTPD(x, to) }
		doc = []string{
			name + " is scatter" + m.Name() + " past the caches: memory is not read before it is",
			"written. dst and stride are whole lines of 64 bytes.",
		}
	}
	TEXT(name, NOSPLIT, "func(dst *float64, stride int, src *float64, rows, lanes int, factor float64)")
	Doc(doc...)
	dst := Load(Param("dst"), GP64())
	stride := Load(Param("stride"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	count := Load(Param("lanes"), GP64())
	factor := m.Vector()
	addr, err := Param("factor").Resolve()
	if err != nil {
		panic(err)
	}
	m.Broadcast(addr.Addr, factor)
	SHLQ(U8(3), stride)
	n := m.Lanes()
	from, to, left := GP64(), GP64(), GP64()

	Label("lanes")
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(rows, left)
	Label("rows")
	vectors := make([]VecVirtual, n)
	for k := range vectors {
		vectors[k] = m.Vector()
		VMULPD(Mem{Base: from, Disp: 8 * lanes * k}, factor, vectors[k])
	}
	m.Transpose(vectors)
	at := GP64()
	MOVQ(to, at)
	for k := range vectors {
		store(vectors[k], Mem{Base: at})
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
	if past {
		SFENCE() // such stores have no order of their own
	}
	VZEROUPPER()
	RET()
}
