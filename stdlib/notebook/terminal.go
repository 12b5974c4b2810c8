package notebook

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// terminal is the host of a program without a notebook: it prints text and
// saves pictures to files in the working directory.
type terminal struct {
	out     io.Writer
	in      *bufio.Reader
	lock    sync.Mutex
	figures int
	files   map[string]string // display id → its picture's file
}

func newTerminal() *terminal { return &terminal{out: os.Stdout, files: map[string]string{}} }

// pictures are the representations that are saved, the first that there is.
var pictures = []struct{ mime, ending string }{
	{MIMEPNG, "png"}, {MIMESVG, "svg"}, {MIMEJPEG, "jpg"}, {MIMEGIF, "gif"},
}

// Display prints the text of a bundle. A picture is saved as figure-1.png,
// figure-2.png and so on; an update writes to the file of its display again.
func (t *terminal) Display(b Bundle, id string, update bool) error {
	t.lock.Lock()
	defer t.lock.Unlock()
	text := strings.TrimRight(fmt.Sprint(b.Data[MIMEText]), "\n")
	for _, p := range pictures {
		data, ok := bytesOf(b.Data[p.mime])
		if !ok {
			continue
		}
		name, known := t.files[id]
		if id == "" || !known {
			t.figures++
			name = fmt.Sprintf("figure-%d.%s", t.figures, p.ending)
			if id != "" {
				t.files[id] = name
			}
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			return fmt.Errorf("saving a picture: %w", err)
		}
		if update && known {
			return nil
		}
		text = name + ": " + text
		break
	}
	_, err := fmt.Fprintln(t.out, text)
	return err
}

// bytesOf gives the contents of a picture.
func bytesOf(data any) ([]byte, bool) {
	switch d := data.(type) {
	case []byte:
		return d, len(d) > 0
	case string:
		return []byte(d), d != ""
	}
	return nil, false
}

// Clear leaves what a terminal shows as it is.
func (t *terminal) Clear(bool) error { return nil }

// Input reads a line from standard input.
func (t *terminal) Input(prompt string, password bool) (string, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	fmt.Fprint(os.Stderr, prompt)
	if fd := int(os.Stdin.Fd()); password && term.IsTerminal(fd) {
		line, err := term.ReadPassword(fd)
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", fmt.Errorf("reading a password: %w", err)
		}
		return string(line), nil
	}
	if t.in == nil {
		t.in = bufio.NewReader(os.Stdin)
	}
	line, err := t.in.ReadString('\n')
	if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
		return "", fmt.Errorf("reading a line of input: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// Interactive says that no notebook is watching.
func (t *terminal) Interactive() bool { return false }
