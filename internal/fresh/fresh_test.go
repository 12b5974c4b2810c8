package fresh

import (
	"slices"
	"testing"
)

func TestPastAVX2(t *testing.T) {
	const text = `
// func stepAVX2(b *float64)
// Requires: AVX, AVX2, FMA3
TEXT ·stepAVX2(SB), NOSPLIT, $0-8
	VADDPD Y1, Y15, Y2
	VADDPD Y1, Y16, Y2
	RET

// Requires: AVX, AVX512F
TEXT ·turn256(SB), NOSPLIT, $0-8
	VSUBPD X1, X31, X2
	RET

TEXT ·addAVX2(SB), NOSPLIT, $0-8
	KMOVW AX, K1
	RET

// Requires: AVX, AVX512F
TEXT ·stepAVX512(SB), NOSPLIT, $0-8
	VADDPD Z1, Z16, Z2
	RET

// Requires: AVX, AVX512F
TEXT ·halves(SB), NOSPLIT, $0-8
	VADDPD Y1, Y16, Y2
	RET
`
	want := []string{"VADDPD Y1, Y16, Y2", "turn256 // Requires: AVX, AVX512F", "VSUBPD X1, X31, X2", "KMOVW AX, K1"}
	if got := pastAVX2(text); !slices.Equal(got, want) {
		t.Errorf("pastAVX2 gives %q, want %q", got, want)
	}
}
