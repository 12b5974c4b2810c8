// Package grouped writes numbers for reading.
package grouped

import "strconv"

// Int writes a whole number with a comma at every third digit.
func Int(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
