package simd

import "golang.org/x/sys/cpu"

// detect gives the levels that the machine has, the plain one first.
func detect() []Level {
	levels, x := []Level{Plain}, cpu.X86
	if x.HasAVX2 && x.HasFMA {
		levels = append(levels, AVX2)
		if x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL {
			levels = append(levels, AVX512)
		}
	}
	return levels
}
