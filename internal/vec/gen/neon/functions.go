package main

import (
	"math"

	"hillock/internal/neon"
	"hillock/internal/vec/layout"
)

// exponential holds the constants of e^x in registers.
type exponential struct {
	*machine
	one, log2E, hi, lo neon.V
	taylor             vs
}

func (m *machine) exponential() exponential {
	e := exponential{machine: m, one: m.constant(1), log2E: m.constant(math.Log2E), hi: m.constant(layout.Ln2Hi), lo: m.constant(float32(layout.Ln2Lo))}
	for _, c := range layout.Taylor {
		e.taylor = append(e.taylor, m.constant(c))
	}
	return e
}

// fma sets to = a·b + c.
func (m *machine) fma(to, a, b, c neon.V) {
	m.Copy(to, c)
	m.MulAdd(to, a, b)
}

// exponent sets t, whose lowest bits are n plus those of the shifter, and reduces y to
// r = y − n·ln 2; n is overwritten.
func (e exponential) exponent(y, t, n, shifter neon.V) {
	e.fma(t, y, e.log2E, shifter)
	e.Sub(n, t, shifter)
	e.MulSub(y, n, e.hi)
	e.MulSub(y, n, e.lo)
}

// tail sets q to the polynomial of r that follows r in e^r = 1 + r + r²·tail.
func (e exponential) tail(q, r, spare neon.V) {
	last := len(e.taylor) - 1
	e.fma(spare, e.taylor[last], r, e.taylor[last-1])
	e.fma(q, spare, r, e.taylor[last-2])
	e.fma(spare, q, r, e.taylor[last-3])
	e.fma(q, spare, r, e.taylor[last-4])
}

// mapped emits dst = body(a). set makes the constants, then body is called for the
// vector x with spare ones, and gives that of the result.
func (m *machine) mapped(name, doc string, spares int, set func() (body func(x neon.V, spare vs) neon.V)) {
	m.Function(name+"NEON", doc, "dst, a *float32, n int")
	dst, a, n := m.Argument("dst"), m.Argument("a"), m.Argument("n")
	body := set()
	x, spare := m.Vector(), m.Vectors(spares)
	m.Loop(n, func() {
		m.Load(a, x)
		m.Store(body(x, spare), dst)
	})
	m.Return()
}

// functions emits exp and its like.
func (m *machine) functions() {
	m.mapped("exp", "sets dst = e^a.", 4, func() func(neon.V, vs) neon.V {
		e, low, high, shift := m.exponential(), m.constant(-104), m.constant(89), m.constant(layout.Twice)
		return func(x neon.V, s vs) neon.V {
			m.Min(x, x, high)
			m.Max(x, x, low)
			t, q, spare, half := s[0], s[1], s[2], s[3]
			e.exponent(x, t, q, shift)
			e.tail(q, x, spare)
			m.fma(spare, q, x, e.one)
			m.fma(q, spare, x, e.one)
			// 2^n is two factors, so that the ends of the range round as they should.
			m.Right(half, t, 1)
			m.SubWhole(t, t, half)
			for _, factor := range (vs{half, t}) {
				m.Left(factor, factor, 23)
				m.Mul(q, q, factor)
			}
			return q
		}
	})
	m.mapped("sigmoid", "sets dst = 1/(1 + e^−a).", 3, func() func(neon.V, vs) neon.V {
		e, low, high, shift := m.exponential(), m.constant(-87), m.constant(88.3), m.constant(layout.Shifter)
		return func(x neon.V, s vs) neon.V {
			m.Neg(x, x)
			m.Min(x, x, high)
			m.Max(x, x, low)
			t, q, spare := s[0], s[1], s[2]
			e.exponent(x, t, q, shift)
			e.tail(q, x, spare)
			m.fma(spare, q, x, e.one)
			m.fma(q, spare, x, e.one)
			m.Left(t, t, 23)
			m.fma(spare, q, t, e.one)
			m.Div(spare, e.one, spare)
			return spare
		}
	})
	m.mapped("tanh", "sets dst = tanh a.", 4, func() func(neon.V, vs) neon.V {
		e, two, low, shift, minus := m.exponential(), m.constant(2), m.constant(-20), m.constant(layout.Shifter), m.Constant(1<<31)
		return func(a neon.V, s vs) neon.V {
			y, t, f, spare := s[0], s[1], s[2], s[3]
			m.Or(y, a, minus)
			m.Max(y, y, low)
			m.Add(y, y, y)
			e.exponent(y, t, f, shift)
			e.tail(f, y, spare)
			m.Mul(spare, y, y)
			m.MulAdd(y, f, spare) // e^r − 1
			m.Left(t, t, 23)      // 2^n
			m.Sub(f, t, e.one)
			m.MulAdd(f, y, t)
			m.Add(t, f, two)
			m.Div(t, f, t)
			m.Copy(y, minus)
			m.Select(y, a, t) // the sign of a
			return y
		}
	})
}

func (m *machine) adam() {
	m.Function("adamNEON", "moves the parameters w by one step of Adam with gradient g and moments u, v; see Kernels.Adam.",
		"w, grad, u, v *float32, n int, rate, beta1, beta2, epsilon, correction, decay float32")
	w, g, u, v := m.Argument("w"), m.Argument("grad"), m.Argument("u"), m.Argument("v")
	rate, beta1, beta2, epsilon, correction, decay := m.Scalar("rate"), m.Scalar("beta1"), m.Scalar("beta2"), m.Scalar("epsilon"), m.Scalar("correction"), m.Scalar("decay")
	least, size := m.constant(0x1p-126), m.Vector()
	// flush makes subnormal numbers zero: processors are slow with them.
	flush := func(v neon.V) {
		m.Abs(size, v)
		m.Greater(size, least, size)
		m.AndNot(v, v, size)
	}
	grad, first, second, weight, square, spare := m.Vector(), m.Vector(), m.Vector(), m.Vector(), m.Vector(), m.Vector()
	m.Loop(m.Argument("n"), func() {
		m.Load(g, grad)
		for _, one := range []struct {
			p neon.R
			v neon.V
		}{{u, first}, {v, second}, {w, weight}} {
			m.LoadAt(one.p, 0, one.v)
		}
		m.Sub(spare, first, grad) // u = g + β₁(u − g)
		m.fma(first, spare, beta1, grad)
		m.Mul(square, grad, grad)
		m.Sub(spare, second, square)
		m.fma(second, spare, beta2, square)
		flush(first)
		flush(second)
		m.Store(first, u)
		m.Store(second, v)
		m.Sqrt(spare, second)
		m.fma(square, spare, correction, epsilon)
		m.Div(spare, first, square)
		m.Mul(weight, weight, decay)
		m.MulSub(weight, spare, rate)
		flush(weight)
		m.Store(weight, w)
	})
	m.Return()
}
