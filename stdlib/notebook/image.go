package notebook

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif"  // so that GIF's size is known
	_ "image/jpeg" // so that JPEG's size is known
	"image/png"
)

// imageBundle gives an image as PNG.
func imageBundle(img image.Image) Bundle {
	b := Bundle{Data: map[string]any{}, Metadata: map[string]any{}}
	size := img.Bounds().Size()
	if size.X <= 0 || size.Y <= 0 {
		return b.text("empty image")
	}
	data, err := encodePNG(img)
	if err != nil {
		return b.text("image that can't be encoded: " + err.Error())
	}
	about := fmt.Sprintf("image of %d × %d pixels", size.X, size.Y)
	b.Metadata[MIMEPNG] = map[string]any{"width": size.X, "height": size.Y, "alt": about}
	return b.with(MIMEPNG, data).text(about)
}

func encodePNG(img image.Image) ([]byte, error) {
	var buf bytes.Buffer
	err := png.Encode(&buf, img) // the best compression saves 5 % and takes seven times as long
	return buf.Bytes(), err
}

// pictureText says what an encoded picture is.
func pictureText(format string, data []byte) string {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return format + " picture"
	}
	return fmt.Sprintf("%s picture of %d × %d pixels", format, c.Width, c.Height)
}
