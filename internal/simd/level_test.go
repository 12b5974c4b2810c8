package simd

import "testing"

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
