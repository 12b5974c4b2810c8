package simd

import (
	"strings"
	"testing"
)

func TestLevels(t *testing.T) {
	levels := Levels()
	if levels[0] != Plain || levels[len(levels)-1] != Best() {
		t.Errorf("levels %v, best %v", levels, Best())
	}
	for l, want := range map[Level]string{Plain: "plain", AVX2: "avx2", AVX512: "avx512", 7: "Level(7)"} {
		if l.String() != want {
			t.Errorf("%d is called %v, want %s", int(l), l, want)
		}
	}
}

func TestVariableLowersTheLevel(t *testing.T) {
	for _, c := range []struct {
		best Level
		name string
		want Level
	}{
		{AVX512, "plain", Plain}, {AVX512, "avx2", AVX2}, {AVX512, "avx512", AVX512}, {AVX512, "", AVX512},
		{AVX2, "avx512", AVX2}, {Plain, "avx2", Plain}, {AVX2, "sse", AVX2},
	} {
		if got := lowered(c.best, c.name); got != c.want {
			t.Errorf("%v with %s=%q: %v, want %v", c.best, Variable, c.name, got, c.want)
		}
	}
}

func TestCheckNamesAWrongLevel(t *testing.T) {
	for _, name := range []string{"", "plain", "avx2", "avx512"} {
		if err := check(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"sse", "AVX2", " "} {
		if err := check(name); err == nil || !strings.Contains(err.Error(), Variable+"="+name) || !strings.Contains(err.Error(), "plain, avx2, avx512") {
			t.Errorf("%q gives %v", name, err)
		}
	}
}
