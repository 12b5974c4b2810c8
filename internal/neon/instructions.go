package neon

import "fmt"

// word writes an instruction of three vectors of floats that Go's assembler lacks.
func (c *Code) word(name string, base uint32, d, n, m V) {
	c.encoded(base|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s, v%d.4s", name, d, n, m)
}

func (c *Code) encoded(bits uint32, text string, of ...any) {
	for i, o := range of {
		if v, ok := o.(V); ok {
			of[i] = int(v)
		}
	}
	c.Line("WORD $0x%08x // %s", bits, fmt.Sprintf(text, of...))
}

// two writes an instruction of two vectors.
func (c *Code) two(name string, base uint32, d, n V) {
	c.encoded(base|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s", name, d, n)
}

// Add sets d = n + m.
func (c *Code) Add(d, n, m V) { c.word("fadd", 0x4e20d400, d, n, m) }

// Sub sets d = n − m.
func (c *Code) Sub(d, n, m V) { c.word("fsub", 0x4ea0d400, d, n, m) }

// Mul sets d = n·m.
func (c *Code) Mul(d, n, m V) { c.word("fmul", 0x6e20dc00, d, n, m) }

// Div sets d = n/m.
func (c *Code) Div(d, n, m V) { c.word("fdiv", 0x6e20fc00, d, n, m) }

// MulAdd adds n·m to d, rounding once.
func (c *Code) MulAdd(d, n, m V) { c.word("fmla", 0x4e20cc00, d, n, m) }

// MulSub takes n·m from d, rounding once.
func (c *Code) MulSub(d, n, m V) { c.word("fmls", 0x4ea0cc00, d, n, m) }

// MulAddFirst adds to d the product of n and the first lane of m.
func (c *Code) MulAddFirst(d, n, m V) {
	c.encoded(0x4f801000|uint32(m)<<16|uint32(n)<<5|uint32(d), "fmla v%d.4s, v%d.4s, v%d.s[0]", d, n, m)
}

// Max sets d to the larger of n and m, NaN if either is.
func (c *Code) Max(d, n, m V) { c.word("fmax", 0x4e20f400, d, n, m) }

// Min sets d to the smaller of n and m, NaN if either is.
func (c *Code) Min(d, n, m V) { c.word("fmin", 0x4ea0f400, d, n, m) }

// Greater sets lanes of d to ones where n > m, else to zeros.
func (c *Code) Greater(d, n, m V) { c.word("fcmgt", 0x6ea0e400, d, n, m) }

// AtLeast sets lanes of d to ones where n ≥ m, else to zeros.
func (c *Code) AtLeast(d, n, m V) { c.word("fcmge", 0x6e20e400, d, n, m) }

// Sqrt sets d = √n.
func (c *Code) Sqrt(d, n V) { c.two("fsqrt", 0x6ea1f800, d, n) }

// Abs sets d = |n|.
func (c *Code) Abs(d, n V) { c.two("fabs", 0x4ea0f800, d, n) }

// Neg sets d = −n.
func (c *Code) Neg(d, n V) { c.two("fneg", 0x6ea0f800, d, n) }

// Even takes the lanes of n and then of m that have even numbers.
func (c *Code) Even(d, n, m V) { c.word("uzp1", 0x4e801800, d, n, m) }

// Odd takes those that have odd numbers.
func (c *Code) Odd(d, n, m V) { c.word("uzp2", 0x4e805800, d, n, m) }

// ZipLow takes lanes of n and m in turn, from their first halves.
func (c *Code) ZipLow(d, n, m V) { c.word("zip1", 0x4e803800, d, n, m) }

// ZipHigh takes them from their second halves.
func (c *Code) ZipHigh(d, n, m V) { c.word("zip2", 0x4e807800, d, n, m) }

// SubWhole sets d = n − m for whole numbers.
func (c *Code) SubWhole(d, n, m V) { c.word("sub", 0x6ea08400, d, n, m) }

// Left shifts the bits of lanes up.
func (c *Code) Left(d, n V, by int) {
	c.encoded(0x4f005400|uint32(32+by)<<16|uint32(n)<<5|uint32(d), "shl v%d.4s, v%d.4s, #%d", d, n, by)
}

// Right shifts them down, zeros coming in.
func (c *Code) Right(d, n V, by int) {
	c.encoded(0x6f000400|uint32(64-by)<<16|uint32(n)<<5|uint32(d), "ushr v%d.4s, v%d.4s, #%d", d, n, by)
}

// bitwise writes one on whole vectors.
func (c *Code) bitwise(name string, base uint32, d, n, m V) {
	c.encoded(base|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.16b, v%d.16b, v%d.16b", name, d, n, m)
}

// And sets d to the bits that n and m have.
func (c *Code) And(d, n, m V) { c.bitwise("and", 0x4e201c00, d, n, m) }

// Or sets d to the bits that n or m has.
func (c *Code) Or(d, n, m V) { c.bitwise("orr", 0x4ea01c00, d, n, m) }

// AndNot sets d to the bits that n has and m has not.
func (c *Code) AndNot(d, n, m V) { c.bitwise("bic", 0x4e601c00, d, n, m) }

// Select sets d to the bits of n where d has ones and of m where it has zeros.
func (c *Code) Select(d, n, m V) { c.bitwise("bsl", 0x6e601c00, d, n, m) }

// Clear sets d to zeros.
func (c *Code) Clear(d V) { c.bitwise("eor", 0x6e201c00, d, d, d) }

// Copy sets d = n.
func (c *Code) Copy(d, n V) { c.Or(d, n, n) }
