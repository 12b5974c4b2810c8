package rt

import "reflect"

// DeepEqual is reflect.DeepEqual, also for described values, wherever they lie.
func DeepEqual(x, y any) bool {
	if x == nil || y == nil {
		return x == y
	}
	c := comparison{}
	return c.dynamic(reflect.ValueOf(x), reflect.ValueOf(y))
}

// comparison remembers the pairs that are being compared: values may hold
// themselves.
type comparison map[[2]visit]bool

// visit is a pointer, map or slice on the way.
type visit struct {
	at     uintptr
	length int
	t      reflect.Type
}

// dynamic compares what two interfaces hold.
func (c comparison) dynamic(x, y reflect.Value) bool {
	a, aok := BoxOf(x.Interface())
	b, bok := BoxOf(y.Interface())
	switch {
	case aok != bok || aok && a.T != b.T:
		return false
	case aok:
		x, y = valueOf(a), valueOf(b)
		if !x.IsValid() || !y.IsValid() {
			return x.IsValid() == y.IsValid()
		}
	}
	return x.Type() == y.Type() && c.equal(x, y)
}

// equal compares two values of one type.
func (c comparison) equal(x, y reflect.Value) bool {
	switch x.Kind() {
	case reflect.Interface:
		if x.IsNil() || y.IsNil() {
			return x.IsNil() == y.IsNil()
		}
		return c.dynamic(x.Elem(), y.Elem())
	case reflect.Pointer:
		if x.Pointer() == y.Pointer() {
			return true
		}
		return !x.IsNil() && !y.IsNil() && (c.met(x, y, 0) || c.equal(x.Elem(), y.Elem()))
	case reflect.Struct:
		for i := range x.NumField() {
			if !c.equal(fieldOf(x, i), fieldOf(y, i)) {
				return false
			}
		}
		return true
	case reflect.Array:
		return c.elements(x, y)
	case reflect.Slice:
		if x.IsNil() != y.IsNil() || x.Len() != y.Len() {
			return false
		}
		return x.Pointer() == y.Pointer() || c.met(x, y, x.Len()) || c.elements(x, y)
	case reflect.Map:
		if x.IsNil() != y.IsNil() || x.Len() != y.Len() {
			return false
		}
		if x.Pointer() == y.Pointer() || c.met(x, y, 0) {
			return true
		}
		for k, v := range x.Seq2() {
			if w := y.MapIndex(k); !w.IsValid() || !c.equal(v, w) {
				return false
			}
		}
		return true
	case reflect.Func:
		return x.IsNil() && y.IsNil()
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}

func (c comparison) elements(x, y reflect.Value) bool {
	for i := range x.Len() {
		if !c.equal(x.Index(i), y.Index(i)) {
			return false
		}
	}
	return true
}

// met says whether two values are being compared already, and notes them.
func (c comparison) met(x, y reflect.Value, length int) bool {
	pair := [2]visit{{x.Pointer(), length, x.Type()}, {y.Pointer(), length, y.Type()}}
	if c[pair] {
		return true
	}
	c[pair] = true
	return false
}
