package gemm

// pack lays out the elements that a tile needs together one after the other:
// element (i, s) of from, for i below lanes and s below depth, goes to
// to[s*width+i]. Elements of to for i in lanes … width−1 are of no use.
func (k kernel) pack(to []float32, from Operand, lanes, width, depth int) {
	const side = 16 // of the squares that turn transposes
	switch {
	case k.copyRows != nil && from.Row == 1:
		k.copyRows(&to[0], &from.Data[0], from.Col*floatSize, width*floatSize, depth, bits(lanes), bits(width))
	case k.turn != nil && from.Col == 1 && depth >= side:
		for i := 0; i < lanes; i += side {
			src, row := from.Data[i*from.Row:], from.Row*floatSize
			rows, write := min(side, lanes-i), bits(min(side, width-i))
			k.turn(&to[i], &src[0], row, width*floatSize, rows, depth/side, write)
			if depth%side > 0 { // once more, so that the last square ends with the rows
				s := depth - side
				k.turn(&to[s*width+i], &src[s], row, width*floatSize, rows, 1, write)
			}
		}
	default:
		for i := range lanes {
			row := from.Data[i*from.Row:]
			for s := range depth {
				to[s*width+i] = row[s*from.Col]
			}
		}
	}
}

// bits is a mask of n ones.
func bits(n int) uint32 { return uint32(uint64(1)<<n - 1) }
