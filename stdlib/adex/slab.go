package adex

import (
	"strings"
	"unsafe"
)

// slab is the memory of a block's traces.
type slab []float64

// line is the number of samples in a line of the cache, where rows begin.
const line = 8

// rows gives each run its samples, all in the slab, and their distance. A slab that
// is too small is made anew, here, by the worker that fills it, so that the first
// touch of its pages is spread over the cores.
func (s *slab) rows(of [][]float64, samples int) (all []float64, stride int) {
	stride = (samples + line - 1) / line * line
	if len(*s) < len(of)*stride {
		*s = uncleared(len(of) * stride)
	}
	for i := range of {
		of[i] = (*s)[i*stride : i*stride+samples : i*stride+samples]
	}
	return *s, stride
}

// uncleared makes a slab without setting it to zero, which would take nearly as
// long as the steps whose states are then written over it. Only strings.Builder
// has such memory; its string is never seen by others.
func uncleared(n int) slab {
	if n == 0 {
		return nil
	}
	var b strings.Builder
	b.Grow(max(8*n, 16)) // from 16 bytes on, memory is aligned
	b.WriteByte(0)
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
}
