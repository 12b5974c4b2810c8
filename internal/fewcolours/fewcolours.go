// Package fewcolours makes pictures of plots small: they have few hues, in many
// shades where lines are smoothed, which nobody can tell apart.
package fewcolours

import (
	"image"
	"image/color"
	"slices"
)

const (
	most     = 256   // colours of a PNG file's palette
	pictured = 20000 // colours of what is no plot
	unseen   = 10    // distance of colours, of 255 for each of red, green and blue, that nobody sees
)

// shade is a colour of a picture.
type shade struct {
	color color.RGBA
	count float64 // of its pixels
	away  float64 // squared distance from the nearest colour of the palette
	place uint8   // of that colour
}

// Paletted gives the picture with at most 256 colours. One after another the
// colour is taken that is seen most and lies farthest from those that were taken,
// until what is left looks like one of them; the rest become the nearest. So areas
// and lines keep their colours, and shades of few pixels move a little. A picture
// of very many colours, such as a photograph, is given back as it is.
func Paletted(img image.Image) image.Image {
	source, ok := img.(*image.RGBA)
	if !ok {
		return img
	}
	shades := shadesOf(source)
	if shades == nil {
		return img
	}
	out := image.NewPaletted(source.Bounds(), choose(shades))
	places := make(map[uint32]uint8, len(shades))
	for _, s := range shades {
		places[key(s.color)] = s.place
	}
	each(source, func(x, y int, c color.RGBA, run int) {
		place := places[key(c)]
		row := out.Pix[out.PixOffset(x, y):][:run]
		for k := range row {
			row[k] = place
		}
	})
	return out
}

func key(c color.RGBA) uint32 {
	return uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24
}

// each calls see for every run of pixels of one colour in a row.
func each(img *image.RGBA, see func(x, y int, c color.RGBA, run int)) {
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		row := img.Pix[img.PixOffset(b.Min.X, y):][:4*b.Dx()]
		for from := 0; from < b.Dx(); {
			p := row[4*from:]
			to := from + 1
			for to < b.Dx() && row[4*to] == p[0] && row[4*to+1] == p[1] && row[4*to+2] == p[2] && row[4*to+3] == p[3] {
				to++
			}
			see(b.Min.X+from, y, color.RGBA{p[0], p[1], p[2], p[3]}, to-from)
			from = to
		}
	}
}

// shadesOf counts colours; nil when they are too many. Their order is that in
// which they are first seen.
func shadesOf(img *image.RGBA) []shade {
	var shades []shade
	at := map[uint32]int{}
	each(img, func(_, _ int, c color.RGBA, run int) {
		i, known := at[key(c)]
		if !known {
			if len(shades) > pictured {
				return // enough to know
			}
			i = len(shades)
			at[key(c)] = i
			shades = append(shades, shade{color: c})
		}
		shades[i].count += float64(run)
	})
	if len(shades) > pictured {
		return nil
	}
	return shades
}

// choose gives the palette, and tells every shade its place in it.
func choose(shades []shade) color.Palette {
	var palette color.Palette
	next := 0
	for i, s := range shades {
		shades[i].away = 1 << 20
		if s.count > shades[next].count {
			next = i
		}
	}
	for len(palette) < most && next >= 0 {
		taken := shades[next].color
		place := uint8(len(palette))
		palette = append(palette, taken)
		worst := 0.0
		next = -1
		for i := range shades {
			s := &shades[i]
			if d := distance(s.color, taken); d < s.away {
				s.away, s.place = d, place
			}
			if w := s.away * s.count; s.away > unseen*unseen && w > worst {
				worst, next = w, i
			}
		}
	}
	return slices.Clip(palette)
}

func distance(a, b color.RGBA) float64 {
	sum := 0
	for _, d := range [4]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B), int(a.A) - int(b.A)} {
		sum += d * d
	}
	return float64(sum)
}
