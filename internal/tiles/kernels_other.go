//go:build !amd64

package tiles

// These are never called: simd.Tiles is false.
func product(*job)                             {}
func halves(_, _ *uint16, _ *float32, _ int)   {}
func pairs(_, _ *uint16, _, _ *float32, _ int) {}
