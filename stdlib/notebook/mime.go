package notebook

import (
	"encoding/json"
	"fmt"
)

// The MIME types that notebooks draw.
const (
	MIMEText     = "text/plain"
	MIMEHTML     = "text/html"
	MIMEMarkdown = "text/markdown"
	MIMELaTeX    = "text/latex"
	MIMESVG      = "image/svg+xml"
	MIMEPNG      = "image/png"
	MIMEJPEG     = "image/jpeg"
	MIMEGIF      = "image/gif"
	MIMEJSON     = "application/json"
	MIMEVegaLite = "application/vnd.vegalite.v5+json"
)

// HTML is text shown as HTML.
type HTML string

// Markdown is text shown as Markdown, formulas between $ signs included.
type Markdown string

// LaTeX is a formula, with its $ or $$ signs or an environment around it.
type LaTeX string

// SVG is a picture, the text of an SVG document.
type SVG string

// PNG is a picture, the bytes of a PNG file.
type PNG []byte

// JPEG is a picture, the bytes of a JPEG file.
type JPEG []byte

// GIF is a picture, the bytes of a GIF file; it may move.
type GIF []byte

// JSON makes a value that is shown as a tree that can be folded. v is anything
// that encoding/json can encode, or the text of a JSON document as
// json.RawMessage.
func JSON(v any) (Bundle, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return Bundle{}, fmt.Errorf("notebook: a value for JSON: %w", err)
	}
	indented, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return Bundle{}, fmt.Errorf("notebook: a value for JSON: %w", err)
	}
	return Bundle{Data: map[string]any{MIMEJSON: json.RawMessage(raw), MIMEText: cut(string(indented), textLimit)}}, nil
}

// VegaLite makes an interactive plot from a Vega-Lite v5 specification
// (https://vega.github.io/vega-lite/): the text of a JSON document as string or
// []byte, or a value that encoding/json encodes to one. It fails when the text
// is not a JSON object.
func VegaLite(spec any) (Bundle, error) {
	var raw []byte
	switch s := spec.(type) {
	case string:
		raw = []byte(s)
	case []byte:
		raw = s
	default:
		var err error
		if raw, err = json.Marshal(spec); err != nil {
			return Bundle{}, fmt.Errorf("notebook: a Vega-Lite specification: %w", err)
		}
	}
	var document map[string]any
	if err := json.Unmarshal(raw, &document); err != nil {
		return Bundle{}, fmt.Errorf("notebook: a Vega-Lite specification must be a JSON object: %w", err)
	}
	if _, ok := document["$schema"]; !ok {
		document["$schema"] = "https://vega.github.io/schema/vega-lite/v5.json"
		var err error
		if raw, err = json.Marshal(document); err != nil {
			return Bundle{}, fmt.Errorf("notebook: a Vega-Lite specification: %w", err)
		}
	}
	text := "Vega-Lite plot"
	if s, ok := document["description"].(string); ok && s != "" {
		text += ": " + s
	} else if s, ok := document["title"].(string); ok && s != "" {
		text += " “" + s + "”"
	}
	return Bundle{Data: map[string]any{MIMEVegaLite: json.RawMessage(raw), MIMEText: text}}, nil
}
