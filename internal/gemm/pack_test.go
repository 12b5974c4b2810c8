package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"hillock/internal/simd"
)

func TestTranspose(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, level := range simd.Levels() {
		for _, shape := range [][2]int{{1, 1}, {1, 40}, {40, 1}, {7, 9}, {8, 8}, {16, 16}, {17, 33}, {12, 256}, {32, 50}, {128, 70}, {45, 15}} {
			rows, cols := shape[0], shape[1]
			src := random(rng, rows*cols)
			// What lies past the matrix must stay.
			dst := random(rng, rows*cols+20)
			past := append([]float32(nil), dst[rows*cols:]...)
			NewKernel(level).Transpose(dst, src, rows, cols)
			for i := range rows {
				for j := range cols {
					if dst[j*rows+i] != src[i*cols+j] {
						t.Fatalf("%v, %d×%d: element (%d, %d) is %g, want %g", level, rows, cols, i, j, dst[j*rows+i], src[i*cols+j])
					}
				}
			}
			if got := fmt.Sprint(dst[rows*cols:]); got != fmt.Sprint(past) {
				t.Fatalf("%v, %d×%d: wrote past the end: %s, was %v", level, rows, cols, got, past)
			}
		}
	}
}

// TestTurn turns a part of a matrix into a part of another, whose rest must stay.
func TestTurn(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, level := range simd.Levels() {
		for _, shape := range [][2]int{{1, 1}, {7, 9}, {16, 16}, {17, 33}, {4, 100}, {100, 4}, {50, 116}} {
			rows, cols := shape[0], shape[1]
			srcRow, dstRow := cols+3, rows+19
			src, dst := random(rng, rows*srcRow), random(rng, cols*dstRow)
			before := append([]float32(nil), dst...)
			NewKernel(level).Turn(dst, dstRow, src, srcRow, rows, cols)
			for j := range cols {
				for i := range dstRow {
					want := before[j*dstRow+i]
					if i < rows {
						want = src[i*srcRow+j]
					}
					if dst[j*dstRow+i] != want {
						t.Fatalf("%v, %d×%d: element (%d, %d) is %g, want %g", level, rows, cols, j, i, dst[j*dstRow+i], want)
					}
				}
			}
		}
	}
}
