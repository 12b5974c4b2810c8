package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"
)

var minus = math.Copysign(0, -1)

func sign(x float64) string { return fmt.Sprint(1 / x) }

func sign32(x float32) string { return fmt.Sprint(1 / x) }

func parts(z complex128) string { return fmt.Sprint(1/real(z), 1/imag(z)) }

type volts float64

func (v volts) sign() string { return fmt.Sprint(1 / float64(v)) }

func (v volts) plus(w volts) volts { return v + w }

type signer interface{ sign() string }

type point struct {
	name string
	x, y float64
	tags []string
}

func (p point) sign() string        { return fmt.Sprint(1/p.x, 1/p.y) }
func (p *point) setX(x float64)     { p.x = x }
func (p point) both(q point) string { return p.sign() + " " + q.sign() }

type line struct {
	point
	ends [2]point
}

type deep struct {
	inner struct{ cs [2]complex64 }
}

func ofDeep(d deep) string { return fmt.Sprint(1/real(d.inner.cs[1]), 1/imag(d.inner.cs[0])) }

func ofArray(a [3]float64) string { return fmt.Sprint(1/a[0], 1/a[2]) }

func ofLine(l line) string { return l.sign() + " " + l.ends[1].sign() }

func ofAny(x any) string { return fmt.Sprint(1 / x.(float64)) }

func two() (float64, int) { return minus, 3 }

func takesTwo(x float64, n int) (string, int) { return sign(x), n }

func each(xs ...float64) string {
	s := ""
	for _, x := range xs {
		s += sign(x) + " "
	}
	return s
}

func generic[T ~float64 | ~float32](x T) string { return fmt.Sprint(1 / x) }

func twice(f func(float64) string, x float64) string { return f(x) + f(-x) }

func named(x float64) (s string) {
	defer func() { s += "!" }()
	s = sign(x)
	return
}

func recurse(n int, x float64) float64 {
	if n == 0 {
		return 1 / x
	}
	return recurse(n-1, x)
}

func later(x float64) (s string) {
	defer func(y float64) { s += sign(y) }(x)
	defer func() { recover() }()
	defer fails(x, &s)
	return "later "
}

func fails(x float64, s *string) {
	*s += sign(x)
	panic(sign(x))
}

func yields(x float64) func(func(float64) bool) {
	return func(yield func(float64) bool) {
		_ = yield(x) && yield(-x)
	}
}

func main() {
	fmt.Println(sign(minus), sign(-minus), sign(minus*3), sign(minus+1-1), sign(0*minus), sign(float64(len(""))))
	fmt.Println(sign32(float32(minus)), generic(minus), generic(float32(minus)), generic(volts(minus)))
	fmt.Println(parts(complex(minus, 0)), parts(complex(0, minus)), parts(complex(minus, minus)), parts(complex(1, minus)))
	v := volts(minus)
	fmt.Println(v.sign(), volts.sign(v), signer(v).sign(), v.plus(v).sign(), v.plus(0).sign())
	f, g := v.sign, sign
	fmt.Println(f(), g(minus), twice(sign, minus), twice(func(x float64) string { return sign(x) }, minus))
	p := point{x: minus}
	q := point{y: minus}
	fmt.Println(p.sign(), q.sign(), point.sign(p), signer(q).sign(), (&p).sign(), p.both(q), point{y: minus}.sign())
	p.setX(0)
	fmt.Println(p.sign())
	p.setX(minus)
	fmt.Println(p.sign())
	h := p.sign
	p.setX(1)
	fmt.Println(h(), (*point).sign(&p))
	l := line{ends: [2]point{{}, {y: minus}}}
	fmt.Println(ofLine(l), l.both(q), ofArray([3]float64{2: minus}), ofArray([3]float64{0: minus}))
	var d deep
	d.inner.cs[1] = complex(float32(minus), 0)
	d.inner.cs[0] = complex(0, float32(minus))
	fmt.Println(ofDeep(d), ofAny(minus))
	fmt.Println(takesTwo(two()))
	s, n := takesTwo(minus, 4)
	fmt.Println(s, n, each(minus, 0, minus), each([]float64{minus}...), each())
	fmt.Println(named(minus), recurse(5, minus), later(minus))
	for x := range yields(minus) {
		fmt.Println(sign(x))
	}
	done := make(chan string)
	go func(x float64) { done <- sign(x) }(minus)
	fmt.Println(<-done)
	go func(p point) { done <- p.sign() }(point{x: minus})
	fmt.Println(<-done)
	xs := []float64{minus, 0, 1}
	fmt.Println(slices.IndexFunc(xs, math.Signbit), slices.ContainsFunc(xs, func(x float64) bool { return 1/x < 0 }))
	if sign(minus) == "-Inf" && sign(xs[0]) != sign(xs[1]) {
		fmt.Println("kept")
	}
	switch sign(xs[0]) {
	case sign(minus):
		fmt.Println("same")
	}
	m := map[string]float64{"a": minus}
	c := make(chan float64, 1)
	c <- minus
	fmt.Println(sign(m["a"]), sign(<-c), sign(*&xs[0]), sign(min(xs[0], xs[1])))
	x := minus
	x, y := -x, x
	fmt.Println(sign(x), sign(y), func(x, y float64) string { return sign(x) + sign(y) }(x, y))
	var k color.Color = color.Gray{}
	fmt.Println(k)
}
