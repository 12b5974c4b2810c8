package fewcolours

import (
	"image"
	"image/color"
	"testing"
)

// plot is areas of two tints that are nearly white, a line whose edges are
// smoothed into hundreds of shades, and a small mark of another hue.
func plot() *image.RGBA {
	img := image.NewRGBA(image.Rect(3, 5, 203, 105))
	for y := 5; y < 105; y++ {
		for x := 3; x < 203; x++ {
			c := color.RGBA{240, 246, 250, 255}
			if x > 100 {
				c = color.RGBA{250, 244, 242, 255}
			}
			if y > 50 && y < 60 {
				c = color.RGBA{uint8(x), uint8(20 * (y - 50)), 180, 255}
			}
			if y > 90 {
				c = color.RGBA{uint8(x / 2), 0, 0, uint8(x)} // translucent
			}
			img.SetRGBA(x, y, c)
		}
	}
	for k := range 12 {
		img.SetRGBA(150+k%4, 20+k/4, color.RGBA{0, 158, 115, 255})
	}
	return img
}

// TestPlotsKeepTheirColours compares pixel by pixel.
func TestPlotsKeepTheirColours(t *testing.T) {
	img := plot()
	out, ok := Paletted(img).(*image.Paletted)
	if !ok || len(out.Palette) > 256 || out.Bounds() != img.Bounds() {
		t.Fatalf("a %T", Paletted(img))
	}
	for x := 3; x < 203; x++ {
		for y := 5; y < 105; y++ {
			a, b := img.RGBAAt(x, y), out.At(x, y).(color.RGBA)
			exact := y < 50 && a.R > 230 || a.G == 158
			if d := distance(a, b); d > 18*18 || exact && d > 0 {
				t.Fatalf("%v at %d, %d became %v", a, x, y, b)
			}
			if b.R > b.A {
				t.Fatalf("%v is no premultiplied colour", b)
			}
		}
	}
}

// TestFewColoursStayAsTheyAre tells colours apart that a reader does, and no others.
func TestFewColoursStayAsTheyAre(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 16, 16))
	for k := range 256 {
		img.SetRGBA(k%16, k/16, color.RGBA{uint8(k), uint8(k / 64 * 50), 9, 255})
	}
	out := Paletted(img).(*image.Paletted)
	if len(out.Palette) > 64 {
		t.Errorf("%d colours for four gradients", len(out.Palette))
	}
	for k := range 256 {
		if a, b := img.RGBAAt(k%16, k/16), out.At(k%16, k/16).(color.RGBA); distance(a, b) > unseen*unseen {
			t.Errorf("%v became %v", a, b)
		}
	}
	for k := range 256 {
		img.SetRGBA(k%16, k/16, color.RGBA{uint8(k / 32 * 16), uint8(k / 16 % 2 * 80), 9, 255})
	}
	apart := Paletted(img)
	for k := range 256 {
		if img.At(k%16, k/16) != apart.At(k%16, k/16) {
			t.Errorf("%v became %v", img.At(k%16, k/16), apart.At(k%16, k/16))
		}
	}
}

func TestPhotographsStayAsTheyAre(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 200, 200))
	state := uint32(1)
	for k := range img.Pix {
		state = state*1664525 + 1013904223
		img.Pix[k] = uint8(state >> 24)
	}
	if Paletted(img) != image.Image(img) {
		t.Error("a picture of many hues lost its colours")
	}
}
