package notebook

import (
	"testing"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The outlines and widths of a subset, as another library reads them, are those
// of the whole font.
func TestSubsetFontKeepsOutlines(t *testing.T) {
	text := []rune("Membrane potential (mV) −70 τ_w Äçé ½ ﬁ 0123456789")
	for name, source := range map[string][]byte{
		"serif": liberationserifregular.TTF, "sans bold": liberationsansbold.TTF,
	} {
		subset, err := subsetFont(source, text)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(subset) > 12_000 {
			t.Errorf("%s: %d bytes for %d characters", name, len(subset), len(text))
		}
		whole, err := sfnt.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		part, err := sfnt.Parse(subset)
		if err != nil {
			t.Fatal(name, err)
		}
		var buf sfnt.Buffer
		const size = fixed.Int26_6(2048 << 6)
		for _, r := range text {
			a, errA := whole.GlyphIndex(&buf, r)
			b, errB := part.GlyphIndex(&buf, r)
			if errA != nil || errB != nil || (a == 0) != (b == 0) {
				t.Fatalf("%s: %q: glyph %d of the whole, %d of the subset (%v, %v)", name, r, a, b, errA, errB)
			}
			wideA, _ := whole.GlyphAdvance(&buf, a, size, font.HintingNone)
			wideB, _ := part.GlyphAdvance(&buf, b, size, font.HintingNone)
			if wideA != wideB {
				t.Errorf("%s: %q: width %v, want %v", name, r, wideB, wideA)
			}
			segments, err := whole.LoadGlyph(&buf, a, size, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := append(sfnt.Segments(nil), segments...)
			got, err := part.LoadGlyph(&buf, b, size, nil)
			if err != nil {
				t.Fatalf("%s: %q: %v", name, r, err)
			}
			if len(got) != len(want) {
				t.Fatalf("%s: %q: %d segments, want %d", name, r, len(got), len(want))
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("%s: %q: segment %d is %v, want %v", name, r, i, got[i], want[i])
				}
			}
		}
	}
}

func FuzzSubsetFont(f *testing.F) {
	small, err := subsetFont(liberationserifregular.TTF, []rune("aé"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Fuzz(func(t *testing.T, source []byte) {
		subset, err := subsetFont(source, []rune("aé"))
		if err == nil {
			if _, err := parseTrueType(subset); err != nil {
				t.Error("a subset that can't be read again:", err)
			}
		}
	})
}
