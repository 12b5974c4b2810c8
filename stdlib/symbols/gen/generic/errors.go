//go:build ignore

package errors

func AsType[E error](err error) (E, bool) {
	var none E
	if err == nil {
		return none, false
	}
	if e, ok := err.(E); ok {
		return e, true
	}
	if x, ok := err.(interface{ As(any) bool }); ok {
		var target E
		if x.As(&target) {
			return target, true
		}
	}
	if x, ok := err.(interface{ Unwrap() error }); ok {
		return AsType[E](x.Unwrap())
	}
	if x, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range x.Unwrap() {
			if e, ok := AsType[E](err); ok {
				return e, true
			}
		}
	}
	return none, false
}
