package interp

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"hillock/stdlib/notebook"
)

// book is a session under test with what it has printed and noted.
type book struct {
	t       *testing.T
	session *Session
	count   int
	mu      sync.Mutex
	printed bytes.Buffer
	noted   []string
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.printed.Write(p)
}

func newBook(t *testing.T) *book {
	t.Helper()
	b := &book{t: t}
	s, err := New(Options{Stdin: strings.NewReader("7 words\n"), Stdout: b, Stderr: b, Note: func(text string) { b.noted = append(b.noted, text) }})
	if err != nil {
		t.Fatal(err)
	}
	b.session = s
	return b
}

// run runs a cell and gives what it shows, in one line, or its error.
func (b *book) run(code string) (string, error) {
	b.t.Helper()
	b.count++
	r := b.session.Run(context.Background(), Cell{Name: fmt.Sprintf("cell[%d]", b.count), Count: b.count, Code: code})
	if r.Err != nil {
		return "", r.Err
	}
	if r.Hidden {
		return "", nil
	}
	var texts []string
	for _, v := range r.Shown {
		text, _ := notebook.Represent(v).Data["text/plain"].(string)
		texts = append(texts, text)
	}
	return strings.Join(texts, ", "), nil
}

// want runs a cell that has to work and to show want.
func (b *book) want(code, want string) {
	b.t.Helper()
	got, err := b.run(code)
	if err != nil {
		b.t.Fatalf("cell %d\n%s\nfailed: %v", b.count, code, err)
	}
	if got != want {
		b.t.Errorf("cell %d\n%s\nshows %q, want %q", b.count, code, got, want)
	}
}

// fails runs a cell that has to fail with all of the texts in its error.
func (b *book) fails(code string, want ...string) error {
	b.t.Helper()
	got, err := b.run(code)
	if err == nil {
		b.t.Fatalf("cell %d\n%s\nwent well and shows %q", b.count, code, got)
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			b.t.Errorf("cell %d\n%s\nerror lacks %q:\n%v", b.count, code, w, err)
		}
	}
	return err
}
