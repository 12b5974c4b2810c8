package servertest

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"hillock/kernel/server"
)

// Kernel is a kernel that runs in the test's process.
type Kernel struct {
	Connection server.Connection
	File       string // connection file
	done       chan struct{}
	err        error
}

// NewConnection gives a connection on free ports of this machine, with a key.
func NewConnection(t testing.TB) server.Connection {
	t.Helper()
	c := server.Connection{Transport: "tcp", IP: "127.0.0.1", Key: "5ca1ab1e-key", SignatureScheme: "hmac-sha256"}
	for _, port := range []*int{&c.ShellPort, &c.IOPubPort, &c.StdinPort, &c.ControlPort, &c.HBPort} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		*port = l.Addr().(*net.TCPAddr).Port
	}
	return c
}

// WriteConnection writes a connection file into a folder of the test.
func WriteConnection(t testing.TB, c server.Connection) string {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "kernel.json")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Start runs a kernel until the test ends, or until it ends itself.
func Start(t testing.TB, language server.Language, o server.Options) *Kernel {
	t.Helper()
	return StartAt(t, NewConnection(t), language, o)
}

// StartAt is Start with a given connection.
func StartAt(t testing.TB, c server.Connection, language server.Language, o server.Options) *Kernel {
	t.Helper()
	k := &Kernel{Connection: c, File: WriteConnection(t, c), done: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(k.done)
		k.err = server.Run(ctx, k.File, language, o)
	}()
	t.Cleanup(func() {
		cancel()
		<-k.done
	})
	WaitForPort(t, c.HBPort) // the last socket that a kernel opens
	return k
}

// WaitForPort waits until something listens at a port of this machine.
func WaitForPort(t testing.TB, port int) {
	t.Helper()
	for t.Context().Err() == nil {
		conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			conn.Close()
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Wait waits for the kernel to end and gives its error.
func (k *Kernel) Wait() error {
	<-k.done
	return k.err
}
