package rt

import "sync/atomic"

// StoreAtomic is v.Store(x): values of different declared types can't be told
// apart by the Value.
func StoreAtomic(v *atomic.Value, x any) {
	consistent(v, x, "store")
	v.Store(x)
}

// SwapAtomic is v.Swap(x).
func SwapAtomic(v *atomic.Value, x any) any {
	consistent(v, x, "swap")
	return v.Swap(x)
}

func consistent(v *atomic.Value, x any, what string) {
	old, ok := BoxOf(v.Load())
	b, boxed := BoxOf(x)
	if ok && boxed && old.T != b.T {
		panic("sync/atomic: " + what + " of inconsistently typed value into Value")
	}
}
