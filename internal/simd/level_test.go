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
	for l, want := range map[Level]string{Plain: "plain", AVX2: "avx2", AVX512: "avx512", NEON: "neon", 7: "Level(7)"} {
		if l.String() != want {
			t.Errorf("%d is called %v, want %s", int(l), l, want)
		}
	}
}

func TestVariableLowersTheLevel(t *testing.T) {
	intel := []Level{Plain, AVX2, AVX512}
	for _, c := range []struct {
		has  []Level
		name string
		want Level
	}{
		{intel, "plain", Plain}, {intel, "avx2", AVX2}, {intel, "avx512", AVX512}, {intel, "", AVX512},
		{intel[:2], "avx512", AVX2}, {intel[:1], "avx2", Plain}, {intel[:2], "sse", AVX2},
		{[]Level{Plain, NEON}, "avx2", NEON}, {[]Level{Plain, NEON}, "plain", Plain}, {intel, "neon", AVX512},
	} {
		got := lowered(c.has, c.name)
		if best := got[len(got)-1]; best != c.want || got[0] != Plain {
			t.Errorf("%v with %s=%q: %v, want up to %v", c.has, Variable, c.name, got, c.want)
		}
	}
}

func TestCheckNamesAWrongLevel(t *testing.T) {
	for _, name := range []string{"", "plain", "avx2", "avx512", "neon"} {
		if err := check(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"sse", "AVX2", " "} {
		if err := check(name); err == nil || !strings.Contains(err.Error(), Variable+"="+name) || !strings.Contains(err.Error(), "plain, avx2, avx512, neon") {
			t.Errorf("%q gives %v", name, err)
		}
	}
}
