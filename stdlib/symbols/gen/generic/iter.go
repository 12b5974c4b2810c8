//go:build ignore

package iter

import "iter"

func Pull[V any](seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	type none struct{}
	next2, stop := Pull2[V, none](func(yield func(V, none) bool) {
		seq(func(v V) bool { return yield(v, none{}) })
	})
	return func() (V, bool) {
		v, _, ok := next2()
		return v, ok
	}, stop
}

// Pull2 runs seq in a goroutine that waits at each yield.
func Pull2[K, V any](seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	var (
		started, done, panicked bool
		failure                 any
		key                     K
		value                   V
	)
	resume := make(chan bool)
	yielded := make(chan bool)
	run := func() {
		defer func() {
			if panicked {
				failure = recover()
			}
			close(yielded)
		}()
		panicked = true
		if <-resume {
			seq(func(k K, v V) bool {
				if done {
					return false
				}
				key, value = k, v
				yielded <- true
				return <-resume
			})
		}
		panicked = false
	}
	next = func() (K, V, bool) {
		var (
			k K
			v V
		)
		if done {
			return k, v, false
		}
		if !started {
			started = true
			go run()
		}
		resume <- true
		if <-yielded {
			return key, value, true
		}
		done = true
		if panicked {
			panic(failure)
		}
		return k, v, false
	}
	stop = func() {
		if done {
			return
		}
		done = true
		if !started {
			return
		}
		resume <- false
		<-yielded
		if panicked {
			panic(failure)
		}
	}
	return next, stop
}
