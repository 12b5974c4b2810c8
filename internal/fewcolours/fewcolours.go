// Package fewcolours makes pictures of plots small: they have few hues, in many
// shades where lines are smoothed, which nobody can tell apart.
package fewcolours

import (
	"image"
	"image/color"
)

// most is how many colours a palette of a PNG file has.
const most = 256

// Paletted gives the picture with at most 256 colours, each channel rounded to 6,
// 5 or 4 bits: as finely as there are colours enough. A picture that has more even
// so, such as a photograph, is given back as it is.
func Paletted(img image.Image) image.Image {
	source, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	for _, bits := range []int{6, 5, 4} {
		if p := rounded(source, bits); p != nil {
			return p
		}
	}
	return img
}

// rounded rounds the channels to so many bits; nil when there are too many colours.
func rounded(source *image.RGBA, bits int) image.Image {
	var to [256]uint8
	levels := float64(int(1)<<bits - 1)
	for v := range to {
		to[v] = uint8(float64(int(float64(v)/255*levels+0.5))/levels*255 + 0.5)
	}
	b := source.Bounds()
	out := image.NewPaletted(b, nil)
	places := map[uint32]uint8{}
	var last uint32
	var place uint8
	for y := b.Min.Y; y < b.Max.Y; y++ {
		row := source.Pix[source.PixOffset(b.Min.X, y):]
		to8 := out.Pix[out.PixOffset(b.Min.X, y):]
		for x := range b.Dx() {
			p := row[4*x : 4*x+4]
			c := color.RGBA{to[p[0]], to[p[1]], to[p[2]], to[p[3]]}
			key := uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24
			if key != last || len(out.Palette) == 0 {
				known := false
				if place, known = places[key]; !known {
					if len(out.Palette) == most {
						return nil
					}
					place = uint8(len(out.Palette))
					places[key], out.Palette = place, append(out.Palette, c)
				}
				last = key
			}
			to8[x] = place
		}
	}
	return out
}
