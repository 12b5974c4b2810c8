package notebook

import (
	"encoding/json"
	"fmt"
	"image"
	"reflect"
	"strings"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/plot"
)

// Represent gives every representation that v has.
//
// A value says what it looks like by methods without arguments:
//
//	HTML, Markdown, LaTeX, SVG   string or []byte
//	PNG, JPEG, GIF               []byte or string
//	JSON                         []byte or string holding JSON, or a value to encode
//	MIMEBundle                   Bundle, or a map from MIME type to contents
//
// each alone or with an error. Methods of types declared in cells and methods
// with pointer receivers count. Beyond that Represent knows plots
// (*plot.Plot, slices of them, Figure), image.Image, gonum's matrices and
// vectors, slices of structs, and maps.
//
// text/plain is always there: what the value's Error, String or Describe method gives, or
// its contents as Go writes them, elided where they are long. A method that
// panics or fails is named there; it never takes the caller down.
func Represent(v any) Bundle {
	b := Bundle{Data: map[string]any{}, Metadata: map[string]any{}}
	switch x := v.(type) {
	case nil:
		return b.text("<nil>")
	case Bundle:
		return withText(x)
	case HTML:
		return b.with(MIMEHTML, string(x)).text(string(x))
	case Markdown:
		return b.with(MIMEMarkdown, string(x)).text(string(x))
	case LaTeX:
		return b.with(MIMELaTeX, string(x)).text(string(x))
	case SVG:
		return b.with(MIMESVG, string(x)).text("SVG picture")
	case PNG:
		return b.with(MIMEPNG, []byte(x)).text(pictureText("PNG", x))
	case JPEG:
		return b.with(MIMEJPEG, []byte(x)).text(pictureText("JPEG", x))
	case GIF:
		return b.with(MIMEGIF, []byte(x)).text(pictureText("GIF", x))
	case *plot.Plot:
		if x != nil {
			return represented(Figure{Plots: [][]*plot.Plot{{x}}}.MIMEBundle())
		}
	case []*plot.Plot:
		if len(x) > 0 {
			return represented(Figure{Plots: gridOf(x)}.MIMEBundle())
		}
	case [][]*plot.Plot:
		if len(x) > 0 {
			return represented(Figure{Plots: x}.MIMEBundle())
		}
	case error:
		return b.text("error: " + text(v))
	case Dynamic:
		if _, ok := x.Method("Error"); ok {
			return b.text("error: " + text(v))
		}
	}

	var notes []string
	for _, m := range methods {
		if note := m.ask(v, b); note != "" {
			notes = append(notes, note)
		}
	}
	guard(&notes, func() { representKnown(v, b) })
	if _, ok := b.Data[MIMEText]; !ok {
		b.Data[MIMEText] = text(v)
	}
	if len(notes) > 0 {
		b.Data[MIMEText] = fmt.Sprint(b.Data[MIMEText]) + "\n(" + strings.Join(notes, "; ") + ")"
	}
	return b
}

// representKnown adds what this package knows of common types, where the value
// has not said it itself.
func representKnown(v any, b Bundle) {
	add := func(more Bundle) {
		for mime, data := range more.Data {
			if _, ok := b.Data[mime]; !ok {
				b.Data[mime] = data
				if meta, ok := more.Metadata[mime]; ok {
					b.Metadata[mime] = meta
				}
			}
		}
	}
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Pointer && rv.IsNil() {
		return
	}
	if d, ok := v.(Dynamic); ok {
		if picture, ok := imageOf(d); ok {
			v = picture
		}
	}
	switch x := v.(type) {
	case image.Image:
		add(imageBundle(x))
	case mat.Matrix:
		add(matrixBundle(x))
	default:
		if t, ok := tableOf(v); ok {
			add(t.bundle())
		}
	}
}

// represented gives a bundle, or the error in its place.
func represented(b Bundle, err error) Bundle {
	if err != nil {
		return Represent(err)
	}
	return b
}

func (b Bundle) with(mime string, data any) Bundle {
	b.Data[mime] = data
	return b
}

func (b Bundle) text(s string) Bundle { return b.with(MIMEText, cut(s, textLimit)) }

// withText gives a bundle that has text/plain.
func withText(b Bundle) Bundle {
	if _, ok := b.Data[MIMEText]; ok || len(b.Data) == 0 {
		return b
	}
	full := Bundle{Data: map[string]any{}, Metadata: b.Metadata}
	for mime, data := range b.Data {
		full.Data[mime] = data
	}
	for _, mime := range []string{MIMEMarkdown, MIMELaTeX, MIMEHTML, MIMEJSON} {
		if s, ok := full.Data[mime].(string); ok {
			return full.text(s)
		}
	}
	return full.text("picture or document")
}

// method is a way for a value to say what it looks like.
type method struct {
	name, mime string
	binary     bool
}

var methods = []method{
	{"MIMEBundle", "", false},
	{"HTML", MIMEHTML, false},
	{"Markdown", MIMEMarkdown, false},
	{"LaTeX", MIMELaTeX, false},
	{"SVG", MIMESVG, false},
	{"PNG", MIMEPNG, true},
	{"JPEG", MIMEJPEG, true},
	{"GIF", MIMEGIF, true},
	{"JSON", MIMEJSON, false},
}

// ask calls the method of v, if it has it, and adds what it gives to b. It
// returns what went wrong.
func (m method) ask(v any, b Bundle) (note string) {
	fn, ok := findMethod(v, m.name)
	if !ok {
		return ""
	}
	t := fn.Type()
	failing := t.NumOut() == 2 && t.Out(1) == reflect.TypeFor[error]()
	split := m.mime == "" && t.NumOut() == 2 && !failing // data and metadata
	if t.NumIn() != 0 || t.NumOut() == 0 || t.NumOut() > 2 || t.NumOut() == 2 && !failing && !split {
		return ""
	}
	defer func() {
		if r := recover(); r != nil {
			note = fmt.Sprintf("panic in %s: %v", m.name, r)
		}
	}()
	out := fn.Call(nil)
	if failing && !out[1].IsNil() {
		return fmt.Sprintf("%s failed: %v", m.name, out[1].Interface())
	}
	if m.mime == "" {
		return addBundle(b, out)
	}
	switch result := out[0].Interface().(type) {
	case string:
		m.put(b, []byte(result))
	case []byte:
		m.put(b, result)
	case json.RawMessage:
		m.put(b, result)
	default:
		switch kind := out[0].Kind(); {
		case kind == reflect.String:
			m.put(b, []byte(out[0].String()))
		case kind == reflect.Slice && out[0].Type().Elem().Kind() == reflect.Uint8:
			m.put(b, out[0].Bytes())
		case m.mime == MIMEJSON:
			raw, err := json.Marshal(result)
			if err != nil {
				return "JSON failed: " + err.Error()
			}
			m.put(b, raw)
		default:
			return fmt.Sprintf("%s gives %s where a string or []byte is expected", m.name, out[0].Type())
		}
	}
	return ""
}

// put stores what a method gave. An empty result means that the value does not
// look that way.
func (m method) put(b Bundle, data []byte) {
	switch {
	case len(data) == 0:
	case m.binary:
		b.Data[m.mime] = data
	case m.mime == MIMEJSON:
		if json.Valid(data) {
			b.Data[m.mime] = json.RawMessage(data)
		}
	default:
		b.Data[m.mime] = string(data)
	}
}

// addBundle adds the results of a MIMEBundle method.
func addBundle(b Bundle, out []reflect.Value) string {
	if bundle, ok := out[0].Interface().(Bundle); ok {
		for mime, data := range bundle.Data {
			b.Data[mime] = data
		}
		for mime, data := range bundle.Metadata {
			b.Metadata[mime] = data
		}
		return ""
	}
	targets := []map[string]any{b.Data, b.Metadata}
	for i, v := range out {
		if v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String {
			for iter := v.MapRange(); iter.Next(); {
				targets[i][iter.Key().String()] = iter.Value().Interface()
			}
		} else if i == 0 {
			return fmt.Sprintf("MIMEBundle gives %s where a Bundle or a map is expected", v.Type())
		}
	}
	return ""
}

// findMethod finds a method of v, of its pointer, or of a cell's type.
func findMethod(v any, name string) (reflect.Value, bool) {
	if d, ok := v.(Dynamic); ok {
		if isNil(d) {
			return reflect.Value{}, false
		}
		fn, ok := d.Method(name)
		rv := reflect.ValueOf(fn)
		return rv, ok && rv.Kind() == reflect.Func
	}
	rv := reflect.ValueOf(v)
	if rv.Kind() == reflect.Pointer && rv.IsNil() {
		return reflect.Value{}, false
	}
	if fn := rv.MethodByName(name); fn.IsValid() {
		return fn, true
	}
	if rv.Kind() == reflect.Pointer || rv.Type().Name() == "" {
		return reflect.Value{}, false
	}
	if _, ok := reflect.PointerTo(rv.Type()).MethodByName(name); !ok {
		return reflect.Value{}, false
	}
	p := reflect.New(rv.Type())
	p.Elem().Set(rv)
	return p.MethodByName(name), true
}

// guard calls f and notes a panic.
func guard(notes *[]string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			*notes = append(*notes, fmt.Sprintf("panic while showing the value: %v", r))
		}
	}()
	f()
}
