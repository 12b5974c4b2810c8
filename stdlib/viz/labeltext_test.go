package viz

import (
	"fmt"
	"testing"
)

func TestPieces(t *testing.T) {
	for line, want := range map[string]string{
		"τ_w (ms)":          "[{τ 0} {w -1} { (ms) 0}]",
		"a, V_{reset} (mV)": "[{a, V 0} {reset -1} { (mV) 0}]",
		"10^{−3}":           "[{10 0} {−3 1} { 0}]",
		"rate (mV⁻¹)":       "[{rate (mV 0} {−1 1} {) 0}]",
		"10⁴":               "[{10 0} {4 1} { 0}]",
		"x²":                "[{x 0} {2 1} { 0}]",
		"log₁₀ x":           "[{log 0} {10 -1} { x 0}]",
		"two_moons":         "[{two_moons 0}]",
		"_x":                "[{_x 0}]",
		"a_":                "[{a_ 0}]",
		"a_{open":           "[{a_{open 0}]",
		"":                  "[{ 0}]",
	} {
		if got := fmt.Sprint(pieces(line)); got != want {
			t.Errorf("%q is taken apart as %s, want %s", line, got, want)
		}
	}
}

// TestIndexTakesLessRoom compares widths: an index is smaller than its letters.
func TestIndexTakesLessRoom(t *testing.T) {
	style := newPlot(Labels{}).X.Label.TextStyle
	if whole, index := style.Width("τw"), style.Width("τ_w"); !(index < whole) || !(index > style.Width("τ")) {
		t.Errorf("τ_w is %v wide, τw %v", index, whole)
	}
}

// Blanks at the ends of a piece of text stay: SVG leaves them out otherwise.
func TestBlanksAfterAnIndexStay(t *testing.T) {
	for piece, want := range map[string]string{" (mV)": "\u00a0(mV)", "of ": "of\u00a0", "a b": "a b", " ": "\u00a0"} {
		if got := unbroken(piece); got != want {
			t.Errorf("%q becomes %q, want %q", piece, got, want)
		}
	}
}
