// Command gen writes the vector kernels of simdadex: run "go generate" in the
// package's folder.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"hillock/internal/simd"
	"hillock/internal/simd/emit"
)

func main() {
	ConstraintExpr("amd64")
	table := emit.NewTable("constants", simd.ExpConstants())
	for _, m := range emit.Machines() {
		step(m, table, false)
		step(m, table, true)
		scatter(m, false)
		scatter(m, true)
	}
	Generate()
}
