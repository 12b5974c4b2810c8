package complete

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// byteOffset gives the offset of the byte at a count of code points. A count
// beyond the text is its end. A byte that is not UTF-8 counts as a code point.
func byteOffset(text string, points int) int {
	if points <= 0 {
		return 0
	}
	for offset := range text {
		if points == 0 {
			return offset
		}
		points--
	}
	return len(text)
}

// codePoints counts the code points before an offset.
func codePoints(text string, offset int) int { return utf8.RuneCountInString(text[:offset]) }

// identifierAt gives the range of the identifier that touches an offset; it is
// empty when there is none.
func identifierAt(text string, at int) (start, end int) {
	start, end = at, at
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(text[:start])
		if !isLetter(r, size) {
			break
		}
		start -= size
	}
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !isLetter(r, size) {
			break
		}
		end += size
	}
	if start < end {
		if r, _ := utf8.DecodeRuneInString(text[start:]); unicode.IsDigit(r) {
			return at, at // a number
		}
	}
	return start, end
}

// isLetter says whether a rune of a size in bytes can be in an identifier.
func isLetter(r rune, size int) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) && !(r == utf8.RuneError && size <= 1)
}

// line gives the range of the line that an offset is on, without its end.
func line(text string, at int) (start, end int) {
	start = strings.LastIndexByte(text[:at], '\n') + 1
	end = len(text)
	if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
		end = at + i
	}
	return start, end
}
