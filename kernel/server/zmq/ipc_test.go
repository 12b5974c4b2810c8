//go:build unix

package zmq

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/go-zeromq/zmq4"
)

func TestUnixSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	if err := os.WriteFile(path, nil, 0o600); err != nil { // as a killed kernel leaves it
		t.Fatal(err)
	}
	r, err := ListenRouter("ipc://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	d := dealer(t, "ipc://"+path, "one")
	if err := d.Send(zmq4.NewMsgString("x")); err != nil {
		t.Fatal(err)
	}
	if m, err := r.Receive(t.Context()); err != nil || !equal(m, frames("one", "x")) {
		t.Errorf("received %q, %v", m, err)
	}
	r.Close(0)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("socket file is left behind: %v", err)
	}
}
