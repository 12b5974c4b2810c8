// Compares the generic functions that are written for the interpreter with
// those of the standard library.
package own_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	gterrors "gt/errors"
	gtrand "gt/math/rand/v2"
	gtreflect "gt/reflect"
	gtsync "gt/sync"
	gtatomic "gt/sync/atomic"
	gtunique "gt/unique"
)

type asks struct{ path string }

func (a asks) Error() string { return a.path }

func (a asks) As(target any) bool {
	if p, ok := target.(**fs.PathError); ok {
		*p = &fs.PathError{Path: a.path}
		return true
	}
	return false
}

func TestAsType(t *testing.T) {
	_, missing := os.Open("no such file")
	for _, err := range []error{
		nil, errors.New("x"), missing, fmt.Errorf("a: %w", missing), errors.Join(errors.New("x"), fmt.Errorf("b: %w", missing)),
		asks{"p"}, fmt.Errorf("c: %w", asks{"q"}), errors.Join(nil, nil),
	} {
		have, haveOK := gterrors.AsType[*fs.PathError](err)
		want, wantOK := errors.AsType[*fs.PathError](err)
		if haveOK != wantOK || fmt.Sprint(have) != fmt.Sprint(want) {
			t.Errorf("%v: %v %v, want %v %v", err, have, haveOK, want, wantOK)
		}
	}
}

func TestOnceValue(t *testing.T) {
	for _, once := range []func(func() int) func() int{gtsync.OnceValue[int], sync.OnceValue[int]} {
		calls := 0
		f := once(func() int { calls++; return 7 })
		if f()+f() != 14 || calls != 1 {
			t.Errorf("%d calls", calls)
		}
		g := once(func() int { calls++; panic("no") })
		for range 2 {
			func() {
				defer func() {
					if r := recover(); r != "no" {
						t.Errorf("recovered %v", r)
					}
				}()
				g()
			}()
		}
		if calls != 2 {
			t.Errorf("%d calls", calls)
		}
	}
	if a, b := gtsync.OnceValues(func() (int, string) { return 1, "x" })(); a != 1 || b != "x" {
		t.Errorf("%v, %v", a, b)
	}
}

func TestPointer(t *testing.T) {
	type pointer interface {
		Load() *int
		Store(*int)
		Swap(*int) *int
		CompareAndSwap(old, new *int) bool
	}
	a, b := new(int), new(int)
	for _, p := range []pointer{&gtatomic.Pointer[int]{}, &atomic.Pointer[int]{}} {
		if p.Load() != nil || p.CompareAndSwap(a, b) || !p.CompareAndSwap(nil, a) || p.Load() != a || p.Swap(b) != a || p.Load() != b {
			t.Errorf("%T is no pointer", p)
		}
		if p.Store(nil); p.Load() != nil {
			t.Errorf("%T does not store nil", p)
		}
	}
}

func TestRest(t *testing.T) {
	seen := map[uint8]bool{}
	for range 1000 {
		seen[gtrand.N(uint8(5))] = true
	}
	if len(seen) != 5 || rand.N(1) != gtrand.N(1) {
		t.Errorf("N gives %v", seen)
	}
	if gtreflect.TypeFor[fs.File]() != reflect.TypeFor[fs.File]() {
		t.Error("TypeFor gives another type")
	}
	if f, ok := gtreflect.TypeAssert[float64](reflect.ValueOf(1.5)); f != 1.5 || !ok {
		t.Error("TypeAssert asserts nothing")
	}
	if h := gtunique.Make("a"); h != gtunique.Make("a") || h == gtunique.Make("b") || h.Value() != "a" {
		t.Error("handles are not unique")
	}
}
