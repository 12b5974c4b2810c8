package fewcolours

import (
	"image"
	"image/color"
	"testing"
)

// TestColoursStayClose rounds a picture of many shades of few hues.
func TestColoursStayClose(t *testing.T) {
	img := image.NewRGBA(image.Rect(3, 5, 200, 60))
	for x := 3; x < 200; x++ {
		for y := 5; y < 60; y++ {
			a := uint8(x)
			img.SetRGBA(x, y, color.RGBA{0, a / 2, uint8(y), 255}) // 10,000 colours
			if y%2 == 0 {
				img.SetRGBA(x, y, color.RGBA{a / 2, a / 4, 0, a}) // translucent
			}
		}
	}
	out := Paletted(img)
	p, ok := out.(*image.Paletted)
	if !ok || len(p.Palette) > 256 || p.Bounds() != img.Bounds() {
		t.Fatalf("a %T of bounds %v", out, out.Bounds())
	}
	for x := 3; x < 200; x++ {
		for y := 5; y < 60; y++ {
			a, b := img.RGBAAt(x, y), p.At(x, y).(color.RGBA)
			for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
				if d > 9 || d < -9 {
					t.Fatalf("%v became %v", a, b)
				}
			}
			if b.R > b.A || b.G > b.A {
				t.Fatalf("%v is no premultiplied colour", b)
			}
		}
	}
}

func TestWhiteAndBlackStay(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 2, 1))
	img.SetRGBA(0, 0, color.RGBA{255, 255, 255, 255})
	img.SetRGBA(1, 0, color.RGBA{0, 0, 0, 255})
	out := Paletted(img)
	for x := range 2 {
		if out.At(x, 0) != img.At(x, 0) {
			t.Errorf("%v became %v", img.At(x, 0), out.At(x, 0))
		}
	}
}

func TestPhotographsStayAsTheyAre(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 64, 64))
	state := uint32(1)
	for k := range img.Pix {
		state = state*1664525 + 1013904223
		img.Pix[k] = uint8(state >> 24)
	}
	if Paletted(img) != image.Image(img) {
		t.Error("a picture of many hues lost its colours")
	}
}
