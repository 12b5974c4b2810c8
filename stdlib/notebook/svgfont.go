package notebook

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// subsetFont cuts a TrueType font down to the glyphs of the given characters,
// without hinting, so that a figure can carry its fonts in a few kilobytes. The
// whole Liberation Serif is 390 kB, and a notebook holds a copy for each figure.
func subsetFont(source []byte, characters []rune) ([]byte, error) {
	f, err := parseTrueType(source)
	if err != nil {
		return nil, err
	}

	// Glyph 0 is drawn for what the font lacks. The parts of composite glyphs
	// come after the glyphs that use them.
	order := []uint16{0}
	place := map[uint16]uint16{0: 0}
	add := func(glyph uint16) uint16 {
		if at, ok := place[glyph]; ok {
			return at
		}
		at := uint16(len(order))
		place[glyph] = at
		order = append(order, glyph)
		return at
	}
	var pairs []charGlyph
	characters = slices.Clone(characters)
	slices.Sort(characters)
	for _, r := range slices.Compact(characters) {
		if r > 0xFFFE {
			continue // format 4 holds the basic plane; plots' fonts have nothing beyond it
		}
		if glyph := f.glyphOf(r); glyph != 0 {
			pairs = append(pairs, charGlyph{uint16(r), add(glyph)})
		}
	}

	var glyf, hmtx []byte
	var loca []byte
	for i := 0; i < len(order); i++ {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		data, err := f.glyph(order[i])
		if err != nil {
			return nil, err
		}
		data, err = plainGlyph(data, add)
		if err != nil {
			return nil, fmt.Errorf("glyph %d: %w", order[i], err)
		}
		glyf = append(glyf, data...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		advance, bearing := f.metrics(order[i])
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))

	head := slices.Clone(f.tables["head"])
	binary.BigEndian.PutUint32(head[8:], 0)  // checkSumAdjustment, set below
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets in loca
	hhea := slices.Clone(f.tables["hhea"])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(order)))
	maxp := slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(order)))
	clear(maxp[14:28]) // what instructions need
	binary.BigEndian.PutUint16(maxp[14:], 1)
	post := make([]byte, 32)
	copy(post, f.tables["post"][:min(32, len(f.tables["post"]))])
	binary.BigEndian.PutUint32(post, 0x00030000) // no glyph names

	return writeTrueType([]fontTable{
		{"OS/2", f.tables["OS/2"]},
		{"cmap", characterMap(pairs)},
		{"glyf", glyf},
		{"head", head},
		{"hhea", hhea},
		{"hmtx", hmtx},
		{"loca", loca},
		{"maxp", maxp},
		{"name", f.tables["name"]},
		{"post", post},
	}), nil
}

// charGlyph is an entry of a character map.
type charGlyph struct{ char, glyph uint16 }

type fontTable struct {
	tag  string
	data []byte
}

// trueType is a font file split into its tables.
type trueType struct {
	tables    map[string][]byte
	glyphs    int
	longLoca  bool
	hMetrics  int
	segCount  int
	mapping   []byte // the format 4 subtable
	indexBase int    // of glyphIdArray's addressing, within mapping
}

var errFont = errors.New("damaged TrueType font")

func parseTrueType(source []byte) (*trueType, error) {
	if len(source) < 12 {
		return nil, errFont
	}
	if v := binary.BigEndian.Uint32(source); v != 0x00010000 && v != 0x74727565 {
		return nil, fmt.Errorf("not a TrueType font: it begins with %#08x", v)
	}
	f := &trueType{tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(source[4:])) {
		at := 12 + 16*i
		if at+16 > len(source) {
			return nil, errFont
		}
		offset := uint64(binary.BigEndian.Uint32(source[at+8:]))
		length := uint64(binary.BigEndian.Uint32(source[at+12:]))
		if offset+length > uint64(len(source)) {
			return nil, errFont
		}
		f.tables[string(source[at:at+4])] = source[offset : offset+length]
	}
	for tag, least := range map[string]int{
		"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 0, "cmap": 4, "post": 32, "name": 6, "OS/2": 2,
	} {
		if t, ok := f.tables[tag]; !ok || len(t) < least {
			return nil, fmt.Errorf("%w: table %q is missing or short", errFont, tag)
		}
	}
	f.glyphs = int(binary.BigEndian.Uint16(f.tables["maxp"][4:]))
	f.longLoca = binary.BigEndian.Uint16(f.tables["head"][50:]) == 1
	f.hMetrics = int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if f.hMetrics == 0 || len(f.tables["hmtx"]) < 4*f.hMetrics {
		return nil, errFont
	}
	return f, f.findMapping()
}

// findMapping looks for the Unicode subtable of the basic plane.
func (f *trueType) findMapping() error {
	cmap := f.tables["cmap"]
	for i := range int(binary.BigEndian.Uint16(cmap[2:])) {
		at := 4 + 8*i
		if at+8 > len(cmap) {
			return errFont
		}
		platform, encoding := binary.BigEndian.Uint16(cmap[at:]), binary.BigEndian.Uint16(cmap[at+2:])
		offset := binary.BigEndian.Uint32(cmap[at+4:])
		unicode := platform == 0 && encoding <= 4 || platform == 3 && encoding == 1
		if !unicode || uint64(offset)+14 > uint64(len(cmap)) || binary.BigEndian.Uint16(cmap[offset:]) != 4 {
			continue
		}
		f.mapping = cmap[offset:]
		f.segCount = int(binary.BigEndian.Uint16(f.mapping[6:])) / 2
		f.indexBase = 16 + 6*f.segCount
		if f.indexBase+2*f.segCount > len(f.mapping) {
			return errFont
		}
		return nil
	}
	return fmt.Errorf("%w: no character map in format 4", errFont)
}

// glyphOf gives the glyph of a character, or 0.
func (f *trueType) glyphOf(r rune) uint16 {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(f.mapping[at:])) }
	for i := range f.segCount {
		if int(r) > u16(14+2*i) {
			continue
		}
		start := u16(16 + 2*f.segCount + 2*i)
		if int(r) < start {
			return 0
		}
		delta := u16(16 + 4*f.segCount + 2*i)
		rangeAt := f.indexBase + 2*i
		offset := u16(rangeAt)
		if offset == 0 {
			return uint16(int(r) + delta)
		}
		at := rangeAt + offset + 2*(int(r)-start)
		if at+2 > len(f.mapping) || u16(at) == 0 {
			return 0
		}
		return uint16(u16(at) + delta)
	}
	return 0
}

// glyph gives the outline of a glyph; it is empty for a blank.
func (f *trueType) glyph(g uint16) ([]byte, error) {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to uint64
	switch at := int(g); {
	case at >= f.glyphs:
		return nil, fmt.Errorf("%w: glyph %d of %d", errFont, g, f.glyphs)
	case f.longLoca && 4*at+8 <= len(loca):
		from, to = uint64(binary.BigEndian.Uint32(loca[4*at:])), uint64(binary.BigEndian.Uint32(loca[4*at+4:]))
	case !f.longLoca && 2*at+4 <= len(loca):
		from, to = 2*uint64(binary.BigEndian.Uint16(loca[2*at:])), 2*uint64(binary.BigEndian.Uint16(loca[2*at+2:]))
	default:
		return nil, errFont
	}
	if from > to || to > uint64(len(glyf)) {
		return nil, errFont
	}
	return glyf[from:to], nil
}

// metrics gives a glyph's advance and left side bearing.
func (f *trueType) metrics(g uint16) (advance, bearing uint16) {
	hmtx, at := f.tables["hmtx"], int(g)
	if at < f.hMetrics {
		return binary.BigEndian.Uint16(hmtx[4*at:]), binary.BigEndian.Uint16(hmtx[4*at+2:])
	}
	advance = binary.BigEndian.Uint16(hmtx[4*(f.hMetrics-1):])
	if at = 4*f.hMetrics + 2*(at-f.hMetrics); at+2 <= len(hmtx) {
		bearing = binary.BigEndian.Uint16(hmtx[at:])
	}
	return advance, bearing
}

// plainGlyph takes the instructions out of an outline and gives the parts of a
// composite their new numbers.
func plainGlyph(data []byte, number func(uint16) uint16) ([]byte, error) {
	if len(data) == 0 {
		return nil, nil
	}
	if len(data) < 12 {
		return nil, errFont
	}
	if contours := int(int16(binary.BigEndian.Uint16(data))); contours >= 0 {
		at := 10 + 2*contours
		if at+2 > len(data) {
			return nil, errFont
		}
		length := int(binary.BigEndian.Uint16(data[at:]))
		if at+2+length > len(data) {
			return nil, errFont
		}
		out := append(slices.Clone(data[:at]), 0, 0)
		return append(out, data[at+2+length:]...), nil
	}
	const (
		wordArguments    = 1 << 0
		oneScale         = 1 << 3
		moreParts        = 1 << 5
		twoScales        = 1 << 6
		matrix           = 1 << 7
		hasInstructions  = 1 << 8
		componentMinSize = 6
	)
	out := slices.Clone(data)
	for at := 10; ; {
		if at+componentMinSize > len(out) {
			return nil, errFont
		}
		flags := binary.BigEndian.Uint16(out[at:])
		binary.BigEndian.PutUint16(out[at:], flags&^hasInstructions)
		binary.BigEndian.PutUint16(out[at+2:], number(binary.BigEndian.Uint16(out[at+2:])))
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&oneScale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if at > len(out) {
			return nil, errFont
		}
		if flags&moreParts == 0 {
			return out[:at], nil
		}
	}
}

// characterMap writes a cmap table with one format 4 subtable: a segment for
// each run of characters whose glyphs follow each other.
func characterMap(pairs []charGlyph) []byte {
	type segment struct{ start, end, delta uint16 }
	var segments []segment
	for _, p := range pairs {
		delta := p.glyph - p.char
		if n := len(segments); n > 0 && segments[n-1].end+1 == p.char && segments[n-1].delta == delta {
			segments[n-1].end = p.char
			continue
		}
		segments = append(segments, segment{p.char, p.char, delta})
	}
	segments = append(segments, segment{0xFFFF, 0xFFFF, 1})
	n := len(segments)
	power, log := 1, 0
	for 2*power <= n {
		power, log = 2*power, log+1
	}
	var b []byte
	put := func(values ...uint16) {
		for _, v := range values {
			b = binary.BigEndian.AppendUint16(b, v)
		}
	}
	put(0, 1, 3, 1, 0, 12) // version, one subtable: Windows, Unicode, at 12
	put(4, uint16(16+8*n), 0, uint16(2*n), uint16(2*power), uint16(log), uint16(2*(n-power)))
	for _, s := range segments {
		put(s.end)
	}
	put(0)
	for _, s := range segments {
		put(s.start)
	}
	for _, s := range segments {
		put(s.delta)
	}
	for range segments {
		put(0)
	}
	return b
}

// writeTrueType puts tables, sorted by tag, into a font file.
func writeTrueType(tables []fontTable) []byte {
	n := len(tables)
	power, log := 1, 0
	for 2*power <= n {
		power, log = 2*power, log+1
	}
	var head, body []byte
	for _, v := range []uint16{0x0001, 0x0000, uint16(n), uint16(16 * power), uint16(log), uint16(16 * (n - power))} {
		head = binary.BigEndian.AppendUint16(head, v)
	}
	start := 12 + 16*n
	headAt := 0
	for _, t := range tables {
		if t.tag == "head" {
			headAt = start + len(body)
		}
		head = append(head, t.tag...)
		head = binary.BigEndian.AppendUint32(head, fontChecksum(t.data))
		head = binary.BigEndian.AppendUint32(head, uint32(start+len(body)))
		head = binary.BigEndian.AppendUint32(head, uint32(len(t.data)))
		body = append(body, t.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	font := append(head, body...)
	binary.BigEndian.PutUint32(font[headAt+8:], 0xB1B0AFBA-fontChecksum(font))
	return font
}

// fontChecksum is the sum of a table's 32-bit words.
func fontChecksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var last [4]byte
	copy(last[:], data)
	return sum + binary.BigEndian.Uint32(last[:])
}
