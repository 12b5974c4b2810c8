package filelock

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestOneAtATime: a second wait for the same file ends when the first holder closes it.
func TestOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Lock(t.Context(), path, func() { t.Error("waits for no one") })
	if err != nil {
		t.Fatal(err)
	}
	held := true
	second, err := Lock(t.Context(), path, func() {
		held = false
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if held {
		t.Error("two hold the lock")
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// TestTheContextEndsTheWait: who waits can be stopped, and the lock stays with its
// holder.
func TestTheContextEndsTheWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := Lock(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if _, err := Lock(ctx, path, cancel); !errors.Is(err, context.Canceled) {
			t.Fatalf("a wait that was stopped ended with %v", err)
		}
	}
}

// TestAKilledProcessLetsGo: a process that holds the lock is killed; another gets it.
func TestAKilledProcessLetsGo(t *testing.T) {
	path := os.Getenv("HILLOCK_FILELOCK")
	if path != "" { // the process that is killed
		if _, err := Lock(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		select {}
	}
	path = filepath.Join(t.TempDir(), "lock")
	holder := exec.Command(os.Args[0], "-test.run=^TestAKilledProcessLetsGo$")
	holder.Env = append(os.Environ(), "HILLOCK_FILELOCK="+path)
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	waited := false
	file, err := Lock(t.Context(), path, func() {
		waited = true
		if err := holder.Process.Kill(); err != nil {
			t.Error(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it was killed
	if !waited {
		t.Error("the other process did not hold the lock")
	}
	if err := file.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoFolder(t *testing.T) {
	if _, err := Lock(t.Context(), filepath.Join(t.TempDir(), "missing", "lock"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v; want that the folder does not exist", err)
	}
}
