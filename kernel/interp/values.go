package interp

import (
	"fmt"
	"reflect"
)

// unwrapPanic gives what a cell panicked with.
func unwrapPanic(value any) any {
	if v, ok := value.(reflect.Value); ok && v.IsValid() && v.CanInterface() {
		return v.Interface()
	}
	return value
}

// asError gives a shown value as an error.
func asError(value any) (error, bool) {
	if value == nil {
		return nil, true
	}
	err, ok := value.(error)
	return err, ok
}

// typeName gives the type of a value as the person knows it.
func typeName(value any) string {
	if d, ok := value.(interface{ TypeName() string }); ok {
		return d.TypeName()
	}
	return fmt.Sprintf("%T", value)
}
