package rt

import "reflect"

// Elem gives an element of the value, or what it points to, as a value of its
// declared type: boxed where reflection does not know that type.
func (b Box) Elem(part any) any { return partOf(b.T.Elem, part) }

// Key gives a key of a map as a value of its declared type.
func (b Box) Key(part any) any { return partOf(b.T.Key, part) }

// Field gives the name of field i as declared, and its value as one of its
// declared type.
func (b Box) Field(i int, part any) (name string, value any) {
	if i < 0 || i >= len(b.T.Fields) {
		return "", part
	}
	f := b.T.Fields[i]
	return f.Name, partOf(f.Type, part)
}

// partOf gives a value that reflection found as one of type t.
func partOf(t *Type, part any) any {
	if t == nil || t.Native {
		return part
	}
	if _, ok := BoxOf(part); ok {
		return part
	}
	if t.Kind == reflect.Interface { // what it holds knows its type
		return part
	}
	return Box{t, part}
}
