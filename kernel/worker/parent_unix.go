//go:build unix

package worker

import (
	"os"
	"time"
)

// parentInterval is how often a process looks whether its parent is there.
const parentInterval = 200 * time.Millisecond

// waitForParent returns when the process with this number is no longer the
// parent: a process whose parent died is given another.
func waitForParent(parent int) {
	for os.Getppid() == parent {
		time.Sleep(parentInterval)
	}
}
