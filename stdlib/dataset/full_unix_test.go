//go:build linux || darwin

package dataset

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"hillock/stdlib/adex"
)

// fullDiskFolder names the folder that a child process of TestNoRoomForAShard
// generates into.
const fullDiskFolder = "HILLOCK_TEST_FULL_DISK"

// TestNoRoomForAShard: where the system refuses to write a whole shard, the error
// says so and names the file, the shards before are kept, no half of a file is
// left, and with room again the dataset is completed with the bytes of an
// uninterrupted run. The process that generates may write no file of more than
// half a shard.
func TestNoRoomForAShard(t *testing.T) {
	source := AdEx{Ranges: adex.Table2()}
	if dir := os.Getenv(fullDiskFolder); dir != "" {
		signal.Ignore(syscall.SIGXFSZ)
		limit := syscall.Rlimit{Cur: 9 << 10, Max: 9 << 10}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			t.Fatal(err)
		}
		_, err := Generate(context.Background(), dir, source, 100, small)
		if !errors.Is(err, syscall.EFBIG) {
			t.Fatalf("generated without room: %v", err)
		}
		for _, part := range []string{"shard-00002.arrow", "file too large", "what was written before is kept"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error %q does not say %q", err, part)
			}
		}
		return
	}

	whole, parts := t.TempDir(), t.TempDir()
	generate(t, whole, source, 100, small)
	ctx, cancel := context.WithCancel(context.Background())
	if _, err := Generate(ctx, parts, &interrupted{source, cancel, 2}, 100, small); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	before := contents(t, parts)
	if len(before) != 3 || len(before["shard-00001.arrow"]) < 12<<10 {
		t.Fatalf("%d files, shards of %d bytes", len(before), len(before["shard-00001.arrow"]))
	}
	child := exec.Command(os.Args[0], "-test.run=^TestNoRoomForAShard$", "-test.v")
	child.Env = append(os.Environ(), fullDiskFolder+"="+parts)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	entries, err := os.ReadDir(parts)
	if err != nil {
		t.Fatal(err)
	}
	after := contents(t, parts)
	if len(entries) != len(before) {
		t.Errorf("left are %v", entries)
	}
	for name := range before {
		if after[name] != before[name] {
			t.Errorf("%s is not what it was", name)
		}
	}
	generate(t, parts, source, 100, small)
	for name, want := range contents(t, whole) {
		if got := contents(t, parts)[name]; got != want {
			t.Errorf("%s differs from that of an uninterrupted run", name)
		}
	}
}
