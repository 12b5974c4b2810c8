//go:build ignore

package iter

import (
	"iter"
	"runtime"
)

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
		started, done bool
		running       bool // seq is, while next or stop waits
		finished      bool // seq returned
		failure       any
		key           K
		value         V
	)
	resume := make(chan bool)
	yielded := make(chan bool)
	run := func() {
		defer func() {
			if !finished {
				failure = recover()
			}
			close(yielded)
		}()
		if <-resume {
			seq(func(k K, v V) bool {
				if done {
					return false
				}
				if !running {
					panic("iter.Pull: yield called again before next")
				}
				running = false
				key, value = k, v
				yielded <- true
				return <-resume
			})
		}
		finished = true
	}
	end := func() {
		done = true
		switch {
		case finished:
		case failure != nil:
			panic(failure)
		default:
			runtime.Goexit()
		}
	}
	next = func() (K, V, bool) {
		var (
			k K
			v V
		)
		if running {
			panic("iter.Pull: next called again before yield")
		}
		if done {
			return k, v, false
		}
		if !started {
			started = true
			go run()
		}
		running = true
		resume <- true
		more := <-yielded
		running = false
		if more {
			return key, value, true
		}
		end()
		return k, v, false
	}
	stop = func() {
		if running {
			panic("iter.Pull: stop called again before yield")
		}
		if done {
			return
		}
		done = true
		if !started {
			return
		}
		running = true
		resume <- false
		<-yielded
		running = false
		end()
	}
	return next, stop
}
