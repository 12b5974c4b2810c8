package neon

import "fmt"

// word writes an instruction of three vectors of numbers that Go's assembler lacks.
func (c *Code) word(name string, base uint32, d, n, m V) {
	base, kind := c.kind(base)
	c.encoded(base, name+" %s."+kind+", %s."+kind+", %s."+kind, d, n, m)
}

// kind is the encoding for the function's lanes of an instruction that has one for
// floats, and their name.
func (c *Code) kind(base uint32) (of uint32, kind string) {
	if c.doubles {
		return base | 1<<22, "2d"
	}
	return base, "4s"
}

// encoded writes an instruction whose fields are the numbers of up to three vectors;
// text names it and them for readers.
func (c *Code) encoded(base uint32, text string, vectors ...V) {
	l := line{text: text, word: base}
	for i, v := range vectors {
		l.fields = append(l.fields, field{v, []int{0, 5, 16}[i]})
		l.of = append(l.of, v)
	}
	c.lines = append(c.lines, l)
}

// two writes an instruction of two vectors.
func (c *Code) two(name string, base uint32, d, n V) {
	base, kind := c.kind(base)
	c.encoded(base, name+" %s."+kind+", %s."+kind, d, n)
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

// MulAddLane adds to d the product of n and lane 0 of m, of doubles lane 0 or 1.
func (c *Code) MulAddLane(d, n, m V, lane int) {
	base, kind := c.kind(0x4f801000)
	c.encoded(base|uint32(lane)<<11, fmt.Sprintf("fmla %%s.%s, %%s.%s, %%s.%s[%d]", kind, kind, kind[1:], lane), d, n, m)
}

// Max sets d to the larger of n and m, NaN if either is.
func (c *Code) Max(d, n, m V) { c.word("fmax", 0x4e20f400, d, n, m) }

// Min sets d to the smaller of n and m, NaN if either is.
func (c *Code) Min(d, n, m V) { c.word("fmin", 0x4ea0f400, d, n, m) }

// Greater sets lanes of d to ones where n > m, else to zeros.
func (c *Code) Greater(d, n, m V) { c.word("fcmgt", 0x6ea0e400, d, n, m) }

// AtLeast sets lanes of d to ones where n ≥ m, else to zeros.
func (c *Code) AtLeast(d, n, m V) { c.word("fcmge", 0x6e20e400, d, n, m) }

// Equal sets lanes of d to ones where n = m, else to zeros.
func (c *Code) Equal(d, n, m V) { c.word("fcmeq", 0x4e20e400, d, n, m) }

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

// AddWhole sets d = n + m for whole numbers.
func (c *Code) AddWhole(d, n, m V) { c.word("add", 0x4ea08400, d, n, m) }

// SubWhole sets d = n − m for whole numbers.
func (c *Code) SubWhole(d, n, m V) { c.word("sub", 0x6ea08400, d, n, m) }

// IsZero sets lanes of d to ones where the whole number n is 0, else to zeros.
func (c *Code) IsZero(d, n V) {
	base, kind := c.kind(0x4ea09800)
	c.encoded(base, "cmeq %s."+kind+", %s."+kind+", #0", d, n)
}

// Left shifts the bits of lanes up.
func (c *Code) Left(d, n V, by int) { c.shift("shl", 0x4f005400, d, n, c.bits()+by, by) }

// Right shifts them down, zeros coming in.
func (c *Code) Right(d, n V, by int) { c.shift("ushr", 0x6f000400, d, n, 2*c.bits()-by, by) }

// bits is the number of a lane's.
func (c *Code) bits() int {
	if c.doubles {
		return 64
	}
	return 32
}

func (c *Code) shift(name string, base uint32, d, n V, code, by int) {
	_, kind := c.kind(0)
	c.encoded(base|uint32(code)<<16, fmt.Sprintf("%s %%s.%s, %%s.%s, #%d", name, kind, kind, by), d, n)
}

// bitwise writes one on whole vectors.
func (c *Code) bitwise(name string, base uint32, d, n, m V) {
	c.encoded(base, name+" %s.16b, %s.16b, %s.16b", d, n, m)
}

// And sets d to the bits that n and m have.
func (c *Code) And(d, n, m V) { c.bitwise("and", 0x4e201c00, d, n, m) }

// Or sets d to the bits that n or m has.
func (c *Code) Or(d, n, m V) { c.bitwise("orr", 0x4ea01c00, d, n, m) }

// AndNot sets d to the bits that n has and m has not.
func (c *Code) AndNot(d, n, m V) { c.bitwise("bic", 0x4e601c00, d, n, m) }

// Not sets d to the bits that n has not.
func (c *Code) Not(d, n V) {
	c.encoded(0x6e205800, "mvn %s.16b, %s.16b", d, n)
}

// Select sets d to the bits of n where d has ones and of m where it has zeros.
func (c *Code) Select(d, n, m V) { c.bitwise("bsl", 0x6e601c00, d, n, m) }

// Insert sets the bits of d to those of n where m has ones.
func (c *Code) Insert(d, n, m V) { c.bitwise("bit", 0x6ea01c00, d, n, m) }

// Clear sets d to zeros.
func (c *Code) Clear(d V) { c.bitwise("eor", 0x6e201c00, d, d, d) }

// Copy sets d = n.
func (c *Code) Copy(d, n V) { c.Or(d, n, n) }

// Doubled sets d to two floats, in the first half of n, as doubles.
func (c *Code) Doubled(d, n V) { c.encoded(0x0e617800, "fcvtl %s.2d, %s.2s", d, n) }

// Halved sets the first half of d to the doubles of n as floats.
func (c *Code) Halved(d, n V) { c.encoded(0x0e616800, "fcvtn %s.2s, %s.2d", d, n) }
