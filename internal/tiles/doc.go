// Package tiles multiplies matrices of float32 by the instructions for tiles of
// bfloat16 that some processors have (AMX; simd.Tiles says whether), several times as
// fast as by vectors.
//
// A number is the sum of a high half, the nearest bfloat16, and a low half, that of
// what is left: 16 of its 24 bits. A product is the sum of three products of halves,
// all but the one of both low ones, in float32. A term is off by at most 3·2⁻¹⁶ of
// itself, where the numbers that graphics processors convolve float32 by (TF32) have
// 2⁻¹⁰.
package tiles

//go:generate go run ./gen -out halves_amd64.s -stubs halves_amd64.go -pkg tiles
