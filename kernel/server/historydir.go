package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"time"
)

// historyDir is a folder with one file for each session, named by the session's
// number, with one JSON object a line for each cell. Every file has a single
// writer, and creating it is what gives a session its number: several kernels
// need no lock. What can be torn is the last line of a file, by a crash.
type historyDir struct {
	path    string
	file    *os.File // of this session; nil until its first cell
	session int
	size    int64
	torn    bool // the last write failed in the middle of a line
}

// The bounds of the history on disk.
const (
	historySessions = 1000     // files kept
	historyBytes    = 32 << 20 // of all files together
	sessionBytes    = 8 << 20  // of one file
	outputBytes     = 16 << 10 // of one cell's value
	// historyYoung is how long an old session's file is left alone after a
	// cell was added: its kernel is still in use.
	historyYoung = 24 * time.Hour
)

// historySuffix ends the names of session files.
const historySuffix = ".jsonl"

// name is the path of a session's file.
func (d *historyDir) name(session int) string {
	return filepath.Join(d.path, fmt.Sprintf("%06d", session)+historySuffix)
}

// sessions gives the numbers of the sessions on disk, oldest first.
func (d *historyDir) sessions() ([]int, error) {
	files, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	var numbers []int
	for _, f := range files {
		base, ok := strings.CutSuffix(f.Name(), historySuffix)
		if n, err := strconv.Atoi(base); ok && err == nil && n > 0 && filepath.Base(d.name(n)) == f.Name() {
			numbers = append(numbers, n)
		}
	}
	sort.Ints(numbers)
	return numbers, nil
}

// load reads the cells of a session; none when it has no file. Lines that are
// damaged are left out.
func (d *historyDir) load(session int) ([]historyEntry, error) {
	data, err := os.ReadFile(d.name(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	return parseHistory(data), nil
}

// parseHistory reads the lines of a session's file.
func parseHistory(data []byte) []historyEntry {
	var cells []historyEntry
	for line := range bytes.Lines(data) {
		var e historyEntry
		if bytes.HasSuffix(line, []byte("\n")) && json.Unmarshal(line, &e) == nil && e.Line > 0 {
			cells = append(cells, e)
		}
	}
	return cells
}

// append adds a cell to this session's file and gives the session's number; 0
// while the session couldn't be given one.
func (d *historyDir) append(e historyEntry) (int, error) {
	if d.file == nil {
		if err := d.create(); err != nil {
			return 0, fmt.Errorf("history: %w", err)
		}
	}
	if len(e.Output) > outputBytes {
		e.Output = ""
	}
	line, err := json.Marshal(e)
	if err != nil {
		return d.session, fmt.Errorf("history: %w", err)
	}
	line = append(line, '\n')
	if d.torn {
		line = append([]byte("\n"), line...)
	}
	if d.size += int64(len(line)); d.size > sessionBytes {
		return d.session, fmt.Errorf("history: session %d has more than %d bytes, the rest of it is not kept", d.session, sessionBytes)
	}
	_, err = d.file.Write(line)
	d.torn = err != nil
	if err != nil {
		return d.session, fmt.Errorf("history: %w", err)
	}
	return d.session, nil
}

// create gives this session a number and a file, after making room for it.
func (d *historyDir) create() error {
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return err
	}
	known, err := d.sessions()
	if err != nil {
		return err
	}
	d.prune(known)
	next := 1
	if len(known) > 0 {
		next = known[len(known)-1] + 1
	}
	for {
		file, err := os.OpenFile(d.name(next), os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
		if errors.Is(err, fs.ErrExist) {
			next++ // another kernel was faster
			continue
		}
		if err != nil {
			return err
		}
		d.file, d.session = file, next
		return nil
	}
}

// prune removes the oldest sessions beyond the bounds.
func (d *historyDir) prune(known []int) {
	total := int64(0)
	for i := len(known) - 1; i >= 0; i-- {
		name := d.name(known[i])
		info, err := os.Stat(name)
		if err != nil {
			continue
		}
		total += info.Size()
		beyond := len(known)-i >= historySessions || total > historyBytes
		if beyond && time.Since(info.ModTime()) > historyYoung {
			// Another kernel may remove it at the same moment.
			_ = os.Remove(name)
		}
	}
}

// close closes this session's file.
func (d *historyDir) close() error {
	if d.file == nil {
		return nil
	}
	if err := d.file.Close(); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	return nil
}
