package notebook

import (
	"image"
	"image/color"
)

// dynamicImage is a Dynamic value with the methods of an image.Image.
type dynamicImage struct {
	model  func() color.Model
	bounds func() image.Rectangle
	at     func(x, y int) color.Color
}

var _ image.Image = dynamicImage{}

func (d dynamicImage) ColorModel() color.Model { return d.model() }

func (d dynamicImage) Bounds() image.Rectangle { return d.bounds() }

func (d dynamicImage) At(x, y int) color.Color { return d.at(x, y) }

// imageOf gives a value whose type was declared in a cell as the image that it
// is, if it is one.
func imageOf(v Dynamic) (image.Image, bool) {
	method := func(name string) any {
		fn, _ := v.Method(name)
		return fn
	}
	model, hasModel := method("ColorModel").(func() color.Model)
	bounds, hasBounds := method("Bounds").(func() image.Rectangle)
	at, hasAt := method("At").(func(x, y int) color.Color)
	if !hasModel || !hasBounds || !hasAt {
		return nil, false
	}
	return dynamicImage{model, bounds, at}, true
}
