package whole

import (
	"bytes"
	"fmt"
	"io"
	"os"
)

// Between replaces what stands in a text file between two lines, or other marks,
// that it holds; they stay. It fails when the file lacks them, which it says.
func Between(path, begin, end, text string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	from := bytes.Index(raw, []byte(begin))
	if from < 0 {
		return fmt.Errorf("%s lacks the line %q", path, begin)
	}
	from += len(begin)
	to := bytes.Index(raw[from:], []byte(end))
	if to < 0 {
		return fmt.Errorf("%s lacks the line %q after %q", path, end, begin)
	}
	return Write(path, func(w io.Writer) error {
		_, err := io.WriteString(w, string(raw[:from])+text+string(raw[from+to:]))
		return err
	})
}
