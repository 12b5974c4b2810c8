//go:build ignore

package sync

import "sync"

func OnceValue[T any](f func() T) func() T {
	var result T
	once := sync.OnceFunc(func() { result = f() })
	return func() T {
		once()
		return result
	}
}

func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var (
		result1 T1
		result2 T2
	)
	once := sync.OnceFunc(func() { result1, result2 = f() })
	return func() (T1, T2) {
		once()
		return result1, result2
	}
}
