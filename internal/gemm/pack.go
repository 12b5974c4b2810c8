package gemm

// pack lays out the elements that a tile needs together one after the other:
// element (i, s) of from, for i below lanes and s below depth, goes to
// to[s*row+i]. Elements of to for i in lanes … width−1 are of no use.
func (k kernel) pack(to []float32, row int, from Operand, lanes, width, depth int) {
	switch {
	case k.copyRows != nil && from.Row == 1 && width <= k.cols:
		k.copyRows(&to[0], &from.Data[0], from.Col*floatSize, row*floatSize, depth, bits(lanes), bits(width))
	case k.turn != nil && from.Col == 1 && depth >= k.side:
		side := k.side
		for i := 0; i < lanes; i += side {
			src, srcRow := from.Data[i*from.Row:], from.Row*floatSize
			if width-i < side && !k.turnsParts {
				plainPack(to[i:], row, Operand{Data: src, Row: from.Row, Col: 1}, lanes-i, depth)
				return
			}
			rows, write := min(side, lanes-i), bits(min(side, width-i))
			k.turn(&to[i], &src[0], srcRow, row*floatSize, rows, depth/side, write)
			if depth%side > 0 { // once more, so that the last square ends with the rows
				s := depth - side
				k.turn(&to[s*row+i], &src[s], srcRow, row*floatSize, rows, 1, write)
			}
		}
	default:
		plainPack(to, row, from, lanes, depth)
	}
}

// plainPack is pack without vector instructions.
func plainPack(to []float32, row int, from Operand, lanes, depth int) {
	if from.Row == 1 {
		for s := range depth {
			copy(to[s*row:][:lanes], from.Data[s*from.Col:])
		}
		return
	}
	for i := range lanes {
		lane := from.Data[i*from.Row:]
		for s := range depth {
			to[s*row+i] = lane[s*from.Col]
		}
	}
}

// Transpose writes a matrix of rows×cols, row after row in src, to dst column
// after column.
func (k Kernel) Transpose(dst, src []float32, rows, cols int) {
	k.Turn(dst, rows, src, cols, rows, cols)
}

// Turn is Transpose of a matrix whose rows lie srcRow apart, to columns dstRow apart.
func (k Kernel) Turn(dst []float32, dstRow int, src []float32, srcRow, rows, cols int) {
	k.pack(dst, dstRow, RowMajor(src, srcRow), rows, rows, cols)
}

// bits is a mask of n ones.
func bits(n int) uint32 { return uint32(uint64(1)<<n - 1) }
