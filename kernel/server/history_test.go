package server_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hillock/kernel/server"
	"hillock/kernel/server/servertest"
	"hillock/kernel/wire"
)

// withHistory runs a kernel that keeps its history in a folder.
func withHistory(t *testing.T, dir string) *servertest.Client {
	t.Helper()
	return servertest.Connect(t, servertest.Start(t, &servertest.Echo{}, server.Options{Orphan: true, HistoryDir: dir}).Connection)
}

// ask gives the history's answer as JSON.
func ask(t *testing.T, c *servertest.Client, request wire.HistoryRequest) string {
	t.Helper()
	var r struct {
		Status  wire.Status
		History any
	}
	m := c.Request(servertest.Shell, request)
	if err := m.Decode(&r); err != nil || r.Status != wire.OK {
		t.Fatalf("reply is %s, %v", m.Content, err)
	}
	text, err := wire.Marshal(r.History)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// check compares an answer of the history.
func check(t *testing.T, c *servertest.Client, request wire.HistoryRequest, want string) {
	t.Helper()
	if got := ask(t, c, request); got != want {
		t.Errorf("%+v gives %s, want %s", request, got, want)
	}
}

func TestHistoryOfEarlierSessions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "history")
	first := withHistory(t, dir)
	check(t, first, wire.HistoryRequest{Access: wire.HistoryTail}, `[]`)
	first.Run("out a1")
	first.Run("value b2")
	second := withHistory(t, dir)
	second.Run("out a1")
	second.Run("out a3")
	first.Run("out a4")

	check(t, second, wire.HistoryRequest{Access: wire.HistoryTail, N: new(10)},
		`[[1,1,"out a1"],[1,2,"value b2"],[1,3,"out a4"],[2,1,"out a1"],[2,2,"out a3"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryTail, N: new(2)}, `[[2,1,"out a1"],[2,2,"out a3"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryTail, N: new(0)}, `[]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryRange, Session: 1, Start: 2, Stop: new(3), Output: true},
		`[[1,2,["value b2","b2"]]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryRange, Start: 2}, `[[2,2,"out a3"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryRange, Session: -1, Stop: new(2), Output: true},
		`[[1,1,["out a1",null]]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryRange, Session: 99}, `[]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistoryRange, Session: -99}, `[]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "out a?"},
		`[[1,1,"out a1"],[1,3,"out a4"],[2,1,"out a1"],[2,2,"out a3"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "out*[14]", N: new(2)},
		`[[1,3,"out a4"],[2,1,"out a1"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "*a1", Unique: true}, `[[2,1,"out a1"]]`)
	check(t, second, wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "a1"}, `[]`)
	// A session that has no cell yet has a number already for those who count back.
	third := withHistory(t, dir)
	check(t, third, wire.HistoryRequest{Access: wire.HistoryRange, Session: -1, Stop: new(2)}, `[[2,1,"out a1"]]`)
	check(t, third, wire.HistoryRequest{Access: wire.HistoryRange}, `[]`)
}

func TestHistoryWithoutAFolderIsThisSessions(t *testing.T) {
	_, c := start(t)
	c.Run("value x")
	request := cell("out not stored")
	request.StoreHistory = false
	c.Collect(c.Send(servertest.Shell, request))
	c.Run("fail Oops")
	check(t, c, wire.HistoryRequest{Access: wire.HistoryTail, Output: true}, `[[1,1,["value x","x"]],[1,2,["fail Oops",null]]]`)
}

func TestHistoryOfKernelsThatRunAtOnce(t *testing.T) {
	dir := t.TempDir()
	var clients []*servertest.Client
	for range 8 {
		clients = append(clients, withHistory(t, dir))
	}
	var sent []string
	for cellNumber := range 5 {
		for i, c := range clients {
			c.Send(servertest.Shell, cell(fmt.Sprintf("out %d of %d", cellNumber, i)))
		}
	}
	for _, c := range clients {
		last := c.Send(servertest.Shell, cell("out end"))
		c.Collect(last)
	}
	for i := range clients {
		for cellNumber := range 5 {
			sent = append(sent, fmt.Sprintf("out %d of %d", cellNumber, i))
		}
	}
	r := servertest.Decode[struct{ History [][]any }](t, clients[0].Request(servertest.Shell,
		wire.HistoryRequest{Access: wire.HistorySearch, Pattern: "out * of *"}))
	var got []string
	sessions := make(map[any]int)
	for _, e := range r.History {
		got = append(got, e[2].(string))
		sessions[e[0]]++
	}
	slices.Sort(got)
	slices.Sort(sent)
	if !slices.Equal(got, sent) {
		t.Errorf("history has %d cells %q, want %d", len(got), got, len(sent))
	}
	for session, n := range sessions {
		if n != 5 {
			t.Errorf("session %v has %d cells", session, n)
		}
	}
}

func TestDamagedHistoryIsReadAsFarAsItGoes(t *testing.T) {
	dir := t.TempDir()
	c := withHistory(t, dir)
	c.Run("out one")
	c.Run("out two")
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("history has files %v, %v", files, err)
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for end := range data {
		text := string(data[:end]) // as a crash in the middle of a write leaves it
		if err := os.WriteFile(filepath.Join(dir, "000007.jsonl"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var want []string
		for i, input := range []string{"out one", "out two"} {
			if i < strings.Count(text, "\n") {
				want = append(want, fmt.Sprintf("[7,%d,%q]", i+1, input))
			}
		}
		check(t, c, wire.HistoryRequest{Access: wire.HistoryRange, Session: 7}, "["+strings.Join(want, ",")+"]")
	}
	for _, name := range []string{"000009.txt", "x.jsonl", "-00003.jsonl", "000000.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	next := withHistory(t, dir)
	next.Run("out three")
	check(t, next, wire.HistoryRequest{Access: wire.HistoryTail, N: new(1)}, `[[8,1,"out three"]]`)
}

func TestHistoryThatCannotBeWrittenIsKeptInMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := withHistory(t, filepath.Join(file, "history"))
	if reply, _ := c.Run("out one"); status(t, reply) != wire.OK {
		t.Errorf("reply is %s", reply.Content)
	}
	check(t, c, wire.HistoryRequest{Access: wire.HistoryTail}, `[[1,1,"out one"]]`)
}
