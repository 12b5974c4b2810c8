package server

import (
	"fmt"
	"math"
	"sync"

	"hillock/kernel/wire"
)

// history knows the cells that ran: those of this session, and those of earlier
// ones and of other kernels, which are on disk.
type history struct {
	mu      sync.Mutex
	disk    *historyDir // nil keeps this session only
	session int         // number of this session; 0 until its first cell is stored
	cells   []historyEntry
}

// historyEntry is a cell that ran.
type historyEntry struct {
	Line   int    `json:"line"` // execution count
	Input  string `json:"input"`
	Output string `json:"output,omitempty"` // the cell's value as text
}

// newHistory makes the history of a new session. An empty folder keeps nothing
// on disk. The disk is not touched before the first cell.
func newHistory(dir string) *history {
	h := &history{}
	if dir != "" {
		h.disk = &historyDir{path: dir}
	}
	return h
}

// add appends a cell of this session.
func (h *history) add(e historyEntry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cells = append(h.cells, e)
	if h.disk == nil {
		h.session = 1
		return nil
	}
	session, err := h.disk.append(e)
	if session == 0 { // nothing can be kept in the folder
		h.disk, session = nil, 1
	}
	h.session = session
	return err
}

// close ends the session.
func (h *history) close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.disk == nil {
		return nil
	}
	return h.disk.close()
}

// tailDefault is how many cells a tail request without a number gets.
const tailDefault = 10

// find gives the cells that a request asks for, oldest first.
func (h *history) find(ask wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	limit := math.MaxInt
	if ask.N != nil && *ask.N >= 0 {
		limit = *ask.N
	}
	switch ask.Access {
	case wire.HistoryRange:
		return h.inRange(ask)
	case wire.HistoryTail:
		if ask.N == nil {
			limit = tailDefault
		}
		return h.newest(ask, limit, func(string) bool { return true })
	case wire.HistorySearch:
		pattern := ask.Pattern
		if pattern == "" {
			pattern = "*"
		}
		return h.newest(ask, limit, glob(pattern))
	default:
		return nil, fmt.Errorf("hist_access_type is %q, want range, tail or search", ask.Access)
	}
}

// sessions gives the numbers of all sessions, oldest first. This session's is
// among them once it has a cell.
func (h *history) sessions() ([]int, error) {
	if h.disk == nil {
		if h.session == 0 {
			return nil, nil
		}
		return []int{h.session}, nil
	}
	return h.disk.sessions()
}

// load gives the cells of a session, none if it isn't known.
func (h *history) load(session int) ([]historyEntry, error) {
	if session == h.session {
		return h.cells, nil
	}
	if h.disk == nil {
		return nil, nil
	}
	return h.disk.load(session)
}

// inRange gives the cells of a range request.
func (h *history) inRange(ask wire.HistoryRequest) ([]wire.HistoryEntry, error) {
	session := ask.Session
	if session <= 0 {
		current, err := h.current()
		if err != nil {
			return nil, err
		}
		session += current
	}
	cells, err := h.load(session)
	if err != nil {
		return nil, err
	}
	found := []wire.HistoryEntry{}
	for _, e := range cells {
		if e.Line >= ask.Start && (ask.Stop == nil || e.Line < *ask.Stop) {
			found = append(found, e.in(session, ask.Output))
		}
	}
	return found, nil
}

// current gives the number of this session: the one it will get if it has none
// yet.
func (h *history) current() (int, error) {
	if h.session > 0 {
		return h.session, nil
	}
	all, err := h.sessions()
	if err != nil || len(all) == 0 {
		return 1, err
	}
	return all[len(all)-1] + 1, nil
}

// newest gives at most limit cells whose input matches, the newest there are.
func (h *history) newest(ask wire.HistoryRequest, limit int, match func(string) bool) ([]wire.HistoryEntry, error) {
	all, err := h.sessions()
	if err != nil {
		return nil, err
	}
	found := []wire.HistoryEntry{}
	seen := make(map[string]bool)
	for i := len(all) - 1; i >= 0 && len(found) < limit; i-- {
		cells, err := h.load(all[i])
		if err != nil {
			return nil, err
		}
		for j := len(cells) - 1; j >= 0 && len(found) < limit; j-- {
			e := cells[j]
			if !match(e.Input) || ask.Unique && seen[e.Input] {
				continue
			}
			seen[e.Input] = true
			found = append(found, e.in(all[i], ask.Output))
		}
	}
	for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
		found[i], found[j] = found[j], found[i]
	}
	return found, nil
}

// in gives the entry as the protocol has it.
func (e historyEntry) in(session int, output bool) wire.HistoryEntry {
	return wire.HistoryEntry{Session: session, Line: e.Line, Input: e.Input, Output: e.Output, WithOutput: output}
}
