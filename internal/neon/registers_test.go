package neon

import "testing"

// TestVectorsKeepTheirRegistersOverLoops checks that what a loop came with, and uses
// at its beginning alone, is not overwritten further down: the next turn needs it.
func TestVectorsKeepTheirRegistersOverLoops(t *testing.T) {
	var c Code
	c.Function("f", "is for this test.", "n int")
	n, m := c.Argument("n"), c.Number()
	outer, inner, after := c.Vector(), c.Vector(), c.Vector()
	c.Clear(outer)
	c.Clear(inner)
	c.Label("outer")
	c.Add(outer, outer, outer)
	c.Label("inner")
	c.Add(inner, inner, inner)
	var between []V
	for range 2 {
		v := c.Vector()
		c.Clear(v)
		c.Add(v, v, v)
		between = append(between, v)
	}
	c.Again(m, 1, "inner")
	c.Clear(after)
	c.Again(n, 1, "outer")
	of := c.allocate()
	for _, v := range append(between, after) {
		for _, kept := range []V{outer, inner} {
			if of[v] == of[kept] {
				t.Errorf("vectors %d and %d, which are in use at the same time, share register %v", v, kept, of[v])
			}
		}
	}
	if of[between[0]] != of[between[1]] {
		t.Errorf("vectors that are in use one after the other have registers %v and %v", of[between[0]], of[between[1]])
	}
}

// TestArgumentsLieWhereGoPutsThem compares with the layout of Go's stack frames.
func TestArgumentsLieWhereGoPutsThem(t *testing.T) {
	var c Code
	c.Function("f", "is for this test.", "a, b *float32, n int, p, q float32, last *float64, r float64")
	for name, want := range map[string]int{"a": 0, "b": 8, "n": 16, "p": 24, "q": 28, "last": 32, "r": 40} {
		if got := c.place(name); got != want {
			t.Errorf("%s lies at %d, want %d", name, got, want)
		}
	}
}
