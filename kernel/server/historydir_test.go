package server

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestOldSessionsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * historyYoung)
	write := func(session, size int, changed time.Time) {
		name := (&historyDir{path: dir}).name(session)
		if err := os.WriteFile(name, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	const large = historyBytes / 4
	write(1, large, time.Now()) // old by number, but in use
	for session := 2; session <= 8; session++ {
		write(session, large, old)
	}
	h := newHistory(dir)
	if err := h.add(historyEntry{Line: 1, Input: "x"}); err != nil {
		t.Fatal(err)
	}
	got, err := h.sessions()
	if want := []int{1, 5, 6, 7, 8, 9}; err != nil || !slices.Equal(got, want) {
		t.Errorf("sessions are %v, %v, want %v", got, err, want)
	}
	if err := h.close(); err != nil {
		t.Error(err)
	}
}

func TestOneSessionIsBounded(t *testing.T) {
	h := newHistory(t.TempDir())
	defer h.close()
	input := strings.Repeat("x", sessionBytes/4)
	for line := 1; line <= 5; line++ {
		if err := h.add(historyEntry{Line: line, Input: input}); (err != nil) != (line > 3) {
			t.Errorf("cell %d: error is %v", line, err)
		}
	}
	info, err := os.Stat(h.disk.name(1))
	if err != nil || info.Size() > sessionBytes {
		t.Errorf("file has %v bytes, %v", info.Size(), err)
	}
	if cells, err := h.load(1); err != nil || len(cells) != 5 {
		t.Errorf("session has %d cells, %v: want all 5 while it lives", len(cells), err)
	}
}

// FuzzGlob compares with path.Match, which reads patterns in the same way but
// for slashes, backslashes and sets that it refuses.
func FuzzGlob(f *testing.F) {
	for _, pattern := range []string{"*", "a?c", "*[a-c]", "[^b]x*", "日[本x]", "[", "[]", "[a", "a.b", "[a-]"} {
		f.Add(pattern, "abc")
		f.Add(pattern, "日本")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		got := glob(pattern)(text)
		if strings.ContainsAny(pattern+text, `/\`) || !simpleSets(pattern) {
			return
		}
		want, err := path.Match(pattern, text)
		if err == nil && got != want {
			t.Errorf("pattern %q on %q: %v, path.Match says %v", pattern, text, got, want)
		}
	})
}

// simpleSets says whether all sets of a pattern are of letters and ranges that
// both implementations read alike.
func simpleSets(pattern string) bool {
	for {
		_, rest, found := strings.Cut(pattern, "[")
		if !found {
			return !strings.Contains(pattern, "]")
		}
		set, after, closed := strings.Cut(rest, "]")
		if !closed || set == "" || set == "^" || strings.ContainsAny(set, "![:") || strings.HasPrefix(set, "-") ||
			strings.HasSuffix(set, "-") || strings.HasPrefix(set, "^-") || strings.Count(set, "^") > 1 {
			return false
		}
		pattern = after
	}
}
