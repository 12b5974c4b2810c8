// The generator of the matrix product's inner tiles for ARM64.
//
//	go run ./gen/neon -out tile_arm64.s -stubs tile_arm64.go -pkg gemm
//
// A tile keeps 6 rows of 16 columns of the product in 24 of the 32 registers while it
// walks along the shared dimension. Tiles of fewer rows exist for the lower edge, and
// of 8, 4, 2 and 1 columns for the right one.
package main

import (
	"fmt"
	"os"

	"hillock/internal/neon"
)

// lanes is the number of floats in a vector.
const lanes = neon.Bytes / 4

func main() {
	c := &neon.Code{}
	for _, columns := range []int{16, 8, 4, 2, 1} {
		for rows := 1; rows <= 6; rows++ {
			tile(c, rows, columns)
		}
	}
	turn(c)
	if err := c.Write(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tile emits the kernel of some rows and columns, for strips side by side.
func tile(c *neon.Code, rows, columns int) {
	c.Function(fmt.Sprintf("tileNEON%dx%d", rows, columns), "is a tile of that many rows and columns.",
		"k int, a *float32, aRow, aStep int, b *float32, bOff *int, c *float32, cRow int, add uint32, strips int")
	k, a, aRow, aStep := c.Argument("k"), c.Argument("a"), c.Argument("aRow"), c.Argument("aStep")
	b, bOff, to, cRow, strips := c.Argument("b"), c.Argument("bOff"), c.Argument("c"), c.Argument("cRow"), c.Argument("strips")
	left, offset, at := c.Number(), c.Number(), c.Number()
	var row []neon.R
	vectors := (columns + lanes - 1) / lanes
	var sums [][]neon.V
	for range rows {
		row = append(row, c.Number())
		sums = append(sums, c.Vectors(vectors))
	}
	other, x := c.Vectors(vectors), c.Vectors(2)

	c.Label("strip")
	c.Line("MOVD %s, %s", k, left)
	c.Line("MOVD %s, %s", bOff, offset)
	c.Line("MOVD %s, %s", a, row[0])
	for r := 1; r < rows; r++ {
		c.Line("ADD %s, %s, %s", aRow, row[r-1], row[r])
	}
	for _, of := range sums {
		for _, v := range of {
			c.Clear(v)
		}
	}
	c.Label("along")
	c.Line("MOVD.P 8(%s), %s", offset, at)
	c.Line("ADD %s, %s, %s", b, at, at)
	move(c, columns, other, at, false)
	for r, p := range row {
		c.Line("FMOVS (%s), %s", p, x[r%2].F())
		c.Line("ADD %s, %s, %s", aStep, p, p)
		for v, sum := range sums[r] {
			c.MulAddLane(sum, other[v], x[r%2], 0)
		}
	}
	c.Again(left, 1, "along")

	c.Small("add", at)
	c.Line("CBZ %s, store", at)
	c.Line("MOVD %s, %s", to, at)
	for r := range rows {
		move(c, columns, other, at, false)
		for v, sum := range sums[r] {
			c.Add(sum, sum, other[v])
		}
		c.Line("ADD %s, %s, %s", cRow, at, at)
	}
	c.Label("store")
	c.Line("MOVD %s, %s", to, at)
	for r := range rows {
		move(c, columns, sums[r], at, true)
		c.Line("ADD %s, %s, %s", cRow, at, at)
	}
	c.Line("ADD $%d, %s, %s", 4*columns, b, b)
	c.Line("ADD $%d, %s, %s", 4*columns, to, to)
	c.Again(strips, 1, "strip")
	c.Return()
}

// move loads or stores columns.
func move(c *neon.Code, columns int, v []neon.V, at neon.R, store bool) {
	one := func(name string, v neon.V) {
		if store {
			c.Line("%s %s, (%s)", name, v.F(), at)
		} else {
			c.Line("%s (%s), %s", name, at, v.F())
		}
	}
	switch columns {
	case 1:
		one("FMOVS", v[0])
	case 2:
		one("FMOVD", v[0])
	case 4:
		one("FMOVQ", v[0])
	default:
		for i := 0; i < len(v); i += 2 {
			if store {
				c.Line("FSTPQ (%s, %s), %d(%s)", v[i].F(), v[i+1].F(), 16*i, at)
			} else {
				c.Line("FLDPQ %d(%s), (%s, %s)", 16*i, at, v[i].F(), v[i+1].F())
			}
		}
	}
}

// turn emits the transposition of squares of 4 side by side.
func turn(c *neon.Code) {
	c.Function("turnNEON", "writes up to 4 rows of src, of which each has blocks·4 elements, as columns of dst.",
		"dst, src *float32, srcRow, dstRow, lanes, blocks int, to uint32")
	dst, src, srcRow, dstRow := c.Argument("dst"), c.Argument("src"), c.Argument("srcRow"), c.Argument("dstRow")
	lanes, blocks, at := c.Argument("lanes"), c.Argument("blocks"), c.Number()
	row := []neon.R{src, c.Number(), c.Number(), c.Number()}
	for r := 1; r < 4; r++ { // rows that there are not are the one before
		c.Line("ADD %s, %s, %s", srcRow, row[r-1], row[r])
		c.Line("CMP $%d, %s", r, lanes)
		c.Line("CSEL GT, %s, %s, %s", row[r], row[r-1], row[r])
	}
	v, half, out := c.Vectors(4), c.Vectors(4), c.Vectors(4)
	c.Loop(blocks, func() {
		for i, p := range row {
			c.Load(p, v[i])
		}
		c.ZipLow(half[0], v[0], v[2])
		c.ZipLow(half[1], v[1], v[3])
		c.ZipHigh(half[2], v[0], v[2])
		c.ZipHigh(half[3], v[1], v[3])
		for i := 0; i < 4; i += 2 {
			c.ZipLow(out[i], half[i], half[i+1])
			c.ZipHigh(out[i+1], half[i], half[i+1])
		}
		c.Line("MOVD %s, %s", dst, at)
		for _, o := range out {
			c.StoreAt(o, at, 0)
			c.Line("ADD %s, %s, %s", dstRow, at, at)
		}
		c.Line("MOVD %s, %s", at, dst)
	})
	c.Return()
}
