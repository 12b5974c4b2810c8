package rt

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Format prints the value as package fmt prints one of a compiled type: with
// the type's own methods, names and field names.
func (b Box) Format(s fmt.State, verb rune) {
	newPrinter(s, verb).print(b.T, valueOf(b), true, 0)
}

// valueOf gives the boxed value as a value of its representation.
func valueOf(b Box) reflect.Value {
	v := reflect.ValueOf(b.V)
	if !v.IsValid() && b.T.Rep != nil {
		return reflect.New(b.T.Rep).Elem()
	}
	return v
}

// printer prints one operand.
type printer struct {
	s             fmt.State
	verb          rune
	format        string // the verb with its flags
	sharpV, plusV bool
}

func newPrinter(s fmt.State, verb rune) *printer {
	p := &printer{s: s, verb: verb, format: fmt.FormatString(s, verb)}
	p.sharpV = verb == 'v' && s.Flag('#')
	p.plusV = verb == 'v' && s.Flag('+')
	return p
}

func (p *printer) text(s string) { io.WriteString(p.s, s) }

// print prints a value. methods says whether the value's methods may be used:
// what lies in fields that are not exported does without.
func (p *printer) print(t *Type, v reflect.Value, methods bool, depth int) {
	if t.Native {
		p.native(t, v, methods, depth)
		return
	}
	switch {
	case !methods:
	case t.Open && p.printsItself(v):
		p.compiled(t, v, methods, depth)
		return
	case p.method(t, v):
		return
	}
	switch t.Kind {
	case reflect.Interface:
		p.dynamic(t, v, methods, depth)
	case reflect.Pointer:
		p.pointer(t, v, methods, depth)
	case reflect.Struct:
		p.structure(t, v, methods, depth)
	case reflect.Map:
		p.mapping(t, v, methods, depth)
	case reflect.Slice, reflect.Array:
		p.list(t, v, methods, depth)
	case reflect.Chan, reflect.Func:
		p.address(t, v, depth)
	default:
		p.basic(t, v)
	}
}

// underlying takes a value of a recursive type out of the interface that holds it.
func underlying(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// method prints through the methods that package fmt looks for.
func (p *printer) method(t *Type, v reflect.Value) (done bool) {
	if m, ok := t.method("Format"); ok {
		if f, ok := m.Func.Interface().(func(any, fmt.State, rune)); ok {
			defer p.catch(v, "Format", &done)
			f(v.Interface(), p.s, p.verb)
			return true
		}
	}
	if p.sharpV {
		if m, ok := t.method("GoString"); ok {
			if f, ok := m.Func.Interface().(func(any) string); ok {
				defer p.catch(v, "GoString", &done)
				p.text(f(v.Interface()))
				return true
			}
		}
		return false
	}
	switch p.verb {
	case 'v', 's', 'x', 'X', 'q':
		for _, name := range []string{"Error", "String"} {
			if m, ok := t.method(name); ok {
				if f, ok := m.Func.Interface().(func(any) string); ok {
					defer p.catch(v, name, &done)
					fmt.Fprintf(p.s, p.format, f(v.Interface()))
					return true
				}
			}
		}
	}
	return false
}

// catch reports a panic of a method as package fmt does.
func (p *printer) catch(v reflect.Value, method string, done *bool) {
	if e := recover(); e != nil {
		*done = true
		if _, ok := e.(Unrecoverable); ok {
			panic(e)
		}
		if v.Kind() == reflect.Pointer && v.IsNil() {
			p.text("<nil>")
			return
		}
		fmt.Fprintf(p.s, "%%!%c(PANIC=%s method: %v)", p.verb, method, Explain(e))
	}
}

// printsItself says whether a compiled value has a method for the verb.
func (p *printer) printsItself(v reflect.Value) bool {
	if v.Kind() == reflect.Interface {
		return false
	}
	switch v.Interface().(type) {
	case fmt.Formatter:
		return true
	case fmt.GoStringer:
		if p.sharpV {
			return true
		}
	}
	switch v.Interface().(type) {
	case error, fmt.Stringer:
		return !p.sharpV && strings.ContainsRune("vsxXq", p.verb)
	}
	return false
}

// native prints a value that reflection knows, except for what it holds in
// interfaces.
func (p *printer) native(t *Type, v reflect.Value, methods bool, depth int) {
	if v.IsValid() {
		if o := opened(v.Type()); o.Open && v.Kind() != reflect.Interface {
			if _, ok := holds(o, v, depth); ok {
				p.print(o, v, methods, depth)
				return
			}
		}
	}
	p.compiled(t, v, methods, depth)
}

// compiled prints a value that reflection knows. Below the top it goes through a
// field, so that package fmt treats it as it treats what lies in one.
func (p *printer) compiled(t *Type, v reflect.Value, methods bool, depth int) {
	if depth == 0 && v.IsValid() {
		fmt.Fprintf(p.s, p.format, v.Interface())
		return
	}
	var x any
	if v.IsValid() {
		x = v.Interface()
	}
	if x == nil {
		if p.sharpV {
			p.text(strings.Replace(t.Name, "any", "interface {}", 1) + "(nil)")
		} else {
			p.text("<nil>")
		}
		return
	}
	if t.Kind == reflect.Interface {
		if b, ok := BoxOf(x); ok {
			p.print(b.T, valueOf(b), methods, depth+1)
			return
		}
	}
	var text string
	if methods {
		text = fmt.Sprintf(p.format, shown{x})
	} else {
		text = fmt.Sprintf(p.format, hidden{x})
	}
	switch {
	case p.sharpV && methods:
		text = strings.TrimPrefix(text, "rt.shown{X:")
	case p.sharpV:
		text = strings.TrimPrefix(text, "rt.hidden{x:")
	case p.plusV:
		text = text[len("{X:"):]
	default:
		text = text[1:]
	}
	p.text(text[:len(text)-1])
}

// shown and hidden hold a value in a field with a name that is exported or not.
type shown struct{ X any }

type hidden struct{ x any }

// basic prints booleans, numbers and strings.
func (p *printer) basic(t *Type, v reflect.Value) {
	good := "vtT"
	switch {
	case t.Kind == reflect.String:
		good = "vsxXq"
	case t.Kind >= reflect.Int && t.Kind <= reflect.Uintptr:
		good = "vbcdoOqxXU"
	case t.Kind >= reflect.Float32 && t.Kind <= reflect.Complex128:
		good = "vbgGxXfFeE"
	}
	if !strings.ContainsRune(good, p.verb) {
		fmt.Fprintf(p.s, "%%!%c(%s=", p.verb, t.Name)
		natural := "g"
		switch {
		case t.Kind == reflect.String:
			natural = "s"
		case t.Kind == reflect.Bool:
			natural = "t"
		case t.Kind <= reflect.Uintptr:
			natural = "d"
		}
		fmt.Fprintf(p.s, p.format[:len(p.format)-len(string(p.verb))]+natural, bare(v))
		p.text(")")
		return
	}
	fmt.Fprintf(p.s, p.format, bare(v))
}

// bare gives a value as one of the widest predeclared type of its kind.
func bare(v reflect.Value) any {
	switch {
	case v.Kind() == reflect.Bool:
		return v.Bool()
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.Kind() == reflect.Float32:
		return float32(v.Float())
	case v.Kind() == reflect.Complex64:
		return complex64(v.Complex())
	case v.CanFloat():
		return v.Float()
	case v.CanComplex():
		return v.Complex()
	}
	return v.String()
}

func (p *printer) dynamic(t *Type, v reflect.Value, methods bool, depth int) {
	var x any
	if v.IsValid() {
		x = v.Interface()
	}
	if x == nil {
		if p.sharpV {
			p.text(t.Name + "(nil)")
		} else {
			p.text("<nil>")
		}
		return
	}
	if b, ok := BoxOf(x); ok {
		p.print(b.T, valueOf(b), methods, depth+1)
		return
	}
	p.native(&Type{Native: true, Name: t.Name}, reflect.ValueOf(x), methods, depth+1)
}

func (p *printer) pointer(t *Type, v reflect.Value, methods bool, depth int) {
	v = underlying(v)
	if depth == 0 && v.IsValid() && !v.IsNil() && t.Elem != nil && p.verb != 'p' {
		switch t.Elem.Kind {
		case reflect.Array, reflect.Slice, reflect.Struct, reflect.Map:
			p.text("&")
			p.print(t.Elem, v.Elem(), methods, depth+1)
			return
		}
	}
	p.address(t, v, depth)
}

// address prints a pointer, channel or function.
func (p *printer) address(t *Type, v reflect.Value, depth int) {
	v = underlying(v)
	var at uintptr
	if v.IsValid() {
		at = v.Pointer()
	}
	switch p.verb {
	case 'v':
		switch {
		case p.sharpV && at == 0:
			p.text("(" + t.Name + ")(nil)")
		case p.sharpV:
			p.text("(" + t.Name + ")(0x" + strconv.FormatUint(uint64(at), 16) + ")")
		case at == 0:
			p.nilText()
		default:
			fmt.Fprintf(p.s, "%#x", at)
		}
	case 'p':
		fmt.Fprintf(p.s, "%#x", at)
	case 'b', 'o', 'd', 'x', 'X':
		fmt.Fprintf(p.s, p.format, at)
	default:
		fmt.Fprintf(p.s, "%%!%c(%s=", p.verb, t.Name)
		if at == 0 {
			p.nilText()
		} else {
			natural := *p
			natural.verb, natural.format = 'v', p.format[:len(p.format)-len(string(p.verb))]+"v"
			if t.Kind == reflect.Pointer {
				natural.pointer(t, v, false, 0)
			} else {
				natural.address(t, v, 0)
			}
		}
		p.text(")")
	}
}

// nilText prints <nil> in the width of the operand.
func (p *printer) nilText() {
	format := "%"
	for _, flag := range "-0" {
		if p.s.Flag(int(flag)) {
			format += string(flag)
		}
	}
	width, _ := p.s.Width()
	fmt.Fprintf(p.s, format+"*s", width, "<nil>")
}

func (p *printer) structure(t *Type, v reflect.Value, methods bool, depth int) {
	if p.sharpV {
		p.text(t.Name)
	}
	p.text("{")
	for i, f := range t.Fields {
		if i > 0 {
			if p.sharpV {
				p.text(", ")
			} else {
				p.text(" ")
			}
		}
		if p.plusV || p.sharpV {
			p.text(f.Name + ":")
		}
		p.print(f.Type, fieldOf(v, i), methods && f.Exported, depth+1)
	}
	p.text("}")
}

func (p *printer) mapping(t *Type, v reflect.Value, methods bool, depth int) {
	v = underlying(v)
	if p.sharpV {
		p.text(t.Name)
		if !v.IsValid() || v.IsNil() {
			p.text("(nil)")
			return
		}
		p.text("{")
	} else {
		p.text("map[")
	}
	if v.IsValid() {
		for i, k := range sortedKeys(v, t.Key) {
			if i > 0 {
				if p.sharpV {
					p.text(", ")
				} else {
					p.text(" ")
				}
			}
			p.print(t.Key, k, methods, depth+1)
			p.text(":")
			p.print(t.Elem, v.MapIndex(k), methods, depth+1)
		}
	}
	if p.sharpV {
		p.text("}")
	} else {
		p.text("]")
	}
}

func (p *printer) list(t *Type, v reflect.Value, methods bool, depth int) {
	v = underlying(v)
	if t.Elem.Kind == reflect.Uint8 && strings.ContainsRune("sqxX", p.verb) {
		bytes := make([]byte, 0)
		if v.IsValid() {
			for i := range v.Len() {
				bytes = append(bytes, byte(v.Index(i).Uint()))
			}
		}
		fmt.Fprintf(p.s, p.format, bytes)
		return
	}
	open, gap, end := "[", " ", "]"
	if p.sharpV {
		p.text(t.Name)
		if t.Kind == reflect.Slice && (!v.IsValid() || v.IsNil()) {
			p.text("(nil)")
			return
		}
		open, gap, end = "{", ", ", "}"
	}
	p.text(open)
	if v.IsValid() {
		for i := range v.Len() {
			if i > 0 {
				p.text(gap)
			}
			p.print(t.Elem, v.Index(i), methods, depth+1)
		}
	}
	p.text(end)
}
