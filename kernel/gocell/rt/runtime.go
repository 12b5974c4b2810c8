package rt

import (
	"reflect"
)

// Path is the import path under which emitted text finds this package.
const Path = "hillock/kernel/gocell/rt"

// Runtime holds what emitted text needs of its surroundings.
type Runtime struct {
	// OnShow receives the values of a cell's trailing expression. Values whose
	// type was declared in a cell come as notebook.Dynamic.
	OnShow func(values []any)
	// Wrapper finds the type that wraps interpreted values as a compiled
	// interface, as yaegi's symbol tables list it under "_" and the name: a nil
	// pointer to it. Nil finds none.
	Wrapper func(path, name string) (reflect.Value, bool)
	// OnPanic is called with the value of a panic that ends a goroutine which
	// the running code started, on that goroutine. Nil lets it end the process.
	OnPanic func(value any)

	// OnUnseen is called, on its goroutine, when a call that stands for itself gives
	// an error. Nil ignores it, as Go does.
	OnUnseen func(call string, err error)

	// Interruption gives the channel whose closing ends waits of the calling
	// goroutine, nil if nothing does, and what the goroutine then calls, which
	// panics. Nil stands for a function that gives nil.
	Interruption func() (done <-chan struct{}, stop func())
}

func (r *Runtime) show(values ...any) {
	if r.OnShow != nil {
		r.OnShow(values)
	}
}

// unseen hands on the error of a call whose results nothing takes.
func (r *Runtime) unseen(call string, err error) {
	if err != nil && r.OnUnseen != nil {
		r.OnUnseen(call, err)
	}
}

// Symbols is the table that yaegi's Use takes.
func (r *Runtime) Symbols() map[string]map[string]reflect.Value {
	wrappers.Store(&r.Wrapper)
	v := reflect.ValueOf
	return map[string]map[string]reflect.Value{
		Path + "/rt": {
			"Type": v((*Type)(nil)), "Box": v((*Box)(nil)), "Defers": v((*Defers)(nil)),
			"NewType": v(NewType), "NativeType": v(NativeType), "SetElem": v(SetElem), "SetKey": v(SetKey),
			"AddField": v(AddField), "AddMethod": v(AddMethod), "AddInterfaceMethod": v(AddInterfaceMethod),
			"BoxOf": v(BoxOf), "Plain": v(Plain), "NewError": v(NewError), "Adapt": v(Adapt),
			"AssertAdapt": v(AssertAdapt), "Implements": v(Implements), "NativeMethod": v(NativeMethod),
			"Raw": v(Raw), "RawAll": v(RawAll), "Opaque": v(Opaque), "OpaqueAll": v(OpaqueAll), "Target": v(Target),
			"ErrorsAs": v(ErrorsAs), "DeepEqual": v(DeepEqual), "TypeString": v(TypeString), "TypeKind": v(TypeKind),
			"Format": v(Format), "Equal": v(Equal), "Eface": v(Eface),
			"Panic": v(Panic), "PanicIndex": v(PanicIndex), "PanicSlice": v(PanicSlice), "PanicNil": v(PanicNil),
			"PanicDivide": v(PanicDivide), "PanicWrap": v(PanicWrap), "Reflected": v(Reflected), "NegativeZero": v(NegativeZero), "Scanned": v(Scanned), "ScannedAll": v(ScannedAll), "DecodeJSON": v(DecodeJSON), "UseNumber": v(UseNumber), "DisallowUnknownFields": v(DisallowUnknownFields), "StoreAtomic": v(StoreAtomic), "SwapAtomic": v(SwapAtomic), "Operands": v(Operands), "Spaced": v(Spaced), "PanicShift": v(PanicShift), "PanicArray": v(PanicArray),
			"PanicNilMap": v(PanicNilMap), "PanicMake": v(PanicMake), "PanicYield": v(PanicYield), "PanicAssert": v(PanicAssert),
			"NewDefers": v(NewDefers), "Defer": v(Defer), "Run": v(Run), "Enter": v(Enter), "Pass": v(Pass), "Recover": v(Recover),
			"Nop": v(Nop), "IsEmpty": v(IsEmpty), "Complex": v(Complex), "AddComplex": v(AddComplex), "SubComplex": v(SubComplex),
			"MulComplex": v(MulComplex), "QuoComplex": v(QuoComplex), "NegComplex": v(NegComplex), "Real": v(Real), "Imag": v(Imag),
			"Min": v(Min), "Max": v(Max), "DecodeRune": v(DecodeRune), "RuneString": v(RuneString), "Clamp": v(Clamp),
			"Size": v(Size), "Clear": v(Clear), "ArrayPointer": v(ArrayPointer),
			"Print": v(Print), "Println": v(Println),
			"Unseen": v(r.unseen),
			"Show":   v(r.show), "Select": v(r.selectCase), "Block": v(r.block), "Go": v(r.goFunc),
			"Receive": v(r.receive), "Send": v(r.send), "Wait": v(r.wait),
		},
	}
}

// goFunc starts a goroutine.
func (r *Runtime) goFunc(f func()) {
	if f == nil {
		panic(&Error{"go of nil func value"})
	}
	go func() {
		if r.OnPanic != nil {
			defer func() {
				if v := recover(); v != nil {
					r.OnPanic(Explain(v))
				}
			}()
		}
		f()
	}()
}

// selectCase runs a select statement. cases are triples: 0 for a receive or 1
// for a send, the channel, the value to send. It gives the number of the case
// that went through, or -1 for the default case.
func (r *Runtime) selectCase(block bool, cases []any) (int, any, bool) {
	list := make([]reflect.SelectCase, 0, len(cases)/3+1)
	for i := 0; i < len(cases); i += 3 {
		c := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(cases[i+1])}
		if cases[i].(int) == 1 {
			c.Dir = reflect.SelectSend
			if c.Chan.IsValid() {
				c.Send = reflect.New(c.Chan.Type().Elem()).Elem()
				if v := reflect.ValueOf(cases[i+2]); v.IsValid() {
					c.Send.Set(v)
				}
			}
		}
		if c.Chan.IsValid() && c.Chan.IsNil() {
			c = reflect.SelectCase{Dir: c.Dir}
		}
		list = append(list, c)
	}
	n := len(list)
	done, stop := r.interruption()
	if block && done != nil {
		list = append(list, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(done)})
	} else if !block {
		list = append(list, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	i, v, ok := reflect.Select(list)
	if i == n {
		if block {
			stop()
		}
		return -1, nil, false
	}
	if !v.IsValid() {
		return i, nil, ok
	}
	return i, v.Interface(), ok
}
