package interp

import (
	"runtime"
	"testing"
)

// TestCellsThatRunAgainAreForgotten runs cells over and over: statements leave
// behind a small part of what they take to compile, some 30 KB. Functions stay,
// since a goroutine may be in them.
func TestCellsThatRunAgainAreForgotten(t *testing.T) {
	for code, limit := range map[string]int64{
		"x := 1\nx": 15 << 10,
		"x = x + 1": 15 << 10,
		"data := make([]float64, 100_000)\ndata[0] = 1": 25 << 10,
		"func f(a int) int { return a * x }\nf(2)":      150 << 10,
	} {
		b := newBook(t)
		if _, err := b.run("var x int"); err != nil {
			t.Fatal(err)
		}
		run := func(n int) uint64 {
			for range n {
				if _, err := b.run(code); err != nil {
					t.Fatal(err)
				}
			}
			runtime.GC()
			runtime.GC()
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			return stats.HeapAlloc
		}
		const cells = 200
		before := run(20)
		after := run(cells)
		if each := (int64(after) - int64(before)) / cells; each > limit {
			t.Errorf("%q leaves %d bytes behind each time", code, each)
		}
	}
}
