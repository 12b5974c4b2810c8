package main

import "hillock/internal/neon"

func (m *machine) arithmetic() {
	m.each("add", "sets dst = a + b.", []string{"a", "b"}, nil, nil, func(in, _ vs) neon.V {
		m.Add(in[0], in[0], in[1])
		return in[0]
	})
	m.each("mul", "sets dst = a · b.", []string{"a", "b"}, nil, nil, func(in, _ vs) neon.V {
		m.Mul(in[0], in[0], in[1])
		return in[0]
	})
	m.each("axpy", "sets dst = a + p·b.", []string{"a", "b"}, []string{"p"}, nil, func(in, s vs) neon.V {
		m.MulAdd(in[0], in[1], s[0])
		return in[0]
	})
	m.each("scaleShift", "sets dst = p·a + q.", []string{"a"}, []string{"p", "q"}, nil, func(in, s vs) neon.V {
		y := m.Vector()
		m.Copy(y, s[1])
		m.MulAdd(y, in[0], s[0])
		return y
	})
	m.each("combine", "sets dst = p·a + q·b + r.", []string{"a", "b"}, []string{"p", "q", "r"}, nil, func(in, s vs) neon.V {
		y := m.Vector()
		m.Copy(y, s[2])
		m.MulAdd(y, in[0], s[0])
		m.MulAdd(y, in[1], s[1])
		return y
	})
	m.each("shiftReLU", "sets dst = max(a + q, 0).", []string{"a"}, []string{"q"}, []float32{0}, func(in, s vs) neon.V {
		m.Add(in[0], in[0], s[0])
		m.Max(in[0], in[0], s[1])
		return in[0]
	})
}

func (m *machine) gradients() {
	m.each("reluGrad", "sets dst = b where a > 0, else 0.", []string{"a", "b"}, nil, []float32{0}, func(in, s vs) neon.V {
		m.Greater(in[0], in[0], s[0])
		m.And(in[1], in[1], in[0])
		return in[1]
	})
	m.each("tanhGrad", "sets dst = b·(1 − a²).", []string{"a", "b"}, nil, []float32{1}, func(in, s vs) neon.V {
		y := m.Vector()
		m.Copy(y, s[0])
		m.MulSub(y, in[0], in[0])
		m.Mul(in[1], in[1], y)
		return in[1]
	})
	m.each("sigmoidGrad", "sets dst = b·a·(1 − a).", []string{"a", "b"}, nil, nil, func(in, _ vs) neon.V {
		y := m.Vector()
		m.Copy(y, in[0])
		m.MulSub(y, in[0], in[0]) // a − a²
		m.Mul(in[1], in[1], y)
		return in[1]
	})
}

func (m *machine) reductions() {
	m.reduce("sum", "writes the sum of a, lane by lane, to dst.", []string{"a"}, nil, func(sum neon.V, in, _ vs) {
		m.Add(sum, sum, in[0])
	})
	m.reduce("dot", "writes the sum of a·b, lane by lane, to dst.", []string{"a", "b"}, nil, func(sum neon.V, in, _ vs) {
		m.MulAdd(sum, in[0], in[1])
	})
	m.reduce("squares", "writes the sum of (a − q)², lane by lane, to dst.", []string{"a"}, []string{"q"}, func(sum neon.V, in, s vs) {
		m.Sub(in[0], in[0], s[0])
		m.MulAdd(sum, in[0], in[0])
	})
}

// reduce emits a kernel that leaves one partial result a lane in dst. Four sums run
// side by side; n counts groups of four vectors.
func (m *machine) reduce(name, doc string, inputs, scalars []string, body func(sum neon.V, in, s vs)) {
	dst, from, s := m.begin(name, doc, inputs, scalars)
	sums := vs{m.cleared(), m.cleared(), m.cleared(), m.cleared()}
	in := m.Vectors(len(from))
	m.Loop(m.Argument("n"), func() {
		for _, sum := range sums {
			for i, p := range from {
				m.Load(p, in[i])
			}
			body(sum, in, s)
		}
	})
	m.Add(sums[0], sums[0], sums[1])
	m.Add(sums[2], sums[2], sums[3])
	m.Add(sums[0], sums[0], sums[2])
	m.Store(sums[0], dst)
	m.Return()
}

// pairs emits what goes from pairs to single numbers or back.
func (m *machine) pairs() {
	split := func(a neon.R, low, high, first, second neon.V) {
		m.Load(a, low)
		m.Load(a, high)
		m.Even(first, low, high)
		m.Odd(second, low, high)
	}
	join := func(dst neon.R, first, second, low, high neon.V) {
		m.ZipLow(low, first, second)
		m.ZipHigh(high, first, second)
		m.Store(low, dst)
		m.Store(high, dst)
	}
	m.Function("maxPairsNEON", "sets dst[i] = max(a[2i], a[2i+1]).", "dst, a *float32, n int")
	dst, a, v := m.Argument("dst"), m.Argument("a"), m.Vectors(4)
	m.Loop(m.Argument("n"), func() {
		split(a, v[0], v[1], v[2], v[3])
		m.Max(v[2], v[2], v[3])
		m.Store(v[2], dst)
	})
	m.Return()

	m.Function("addPairsNEON", "sets dst[i] = a[2i] + a[2i+1].", "dst, a *float32, n int")
	dst, a, v = m.Argument("dst"), m.Argument("a"), m.Vectors(4)
	m.Loop(m.Argument("n"), func() {
		split(a, v[0], v[1], v[2], v[3])
		m.Add(v[2], v[2], v[3])
		m.Store(v[2], dst)
	})
	m.Return()

	m.Function("repeatPairsNEON", "sets dst[2i] = dst[2i+1] = a[i].", "dst, a *float32, n int")
	dst, a, v = m.Argument("dst"), m.Argument("a"), m.Vectors(3)
	m.Loop(m.Argument("n"), func() {
		m.Load(a, v[0])
		join(dst, v[0], v[0], v[1], v[2])
	})
	m.Return()

	m.Function("maxPairsGradNEON", "sets dst[2i] or dst[2i+1], whichever a is larger at, to b[i] and the other to 0.", "dst, a, b *float32, n int")
	dst, a, v = m.Argument("dst"), m.Argument("a"), m.Vectors(6)
	b := m.Argument("b")
	m.Loop(m.Argument("n"), func() {
		split(a, v[0], v[1], v[2], v[3])
		m.Load(b, v[4])
		m.AtLeast(v[2], v[2], v[3])
		m.And(v[5], v[4], v[2])
		m.AndNot(v[4], v[4], v[2])
		join(dst, v[5], v[4], v[0], v[1])
	})
	m.Return()
}
