package worker

import "os"

// EndWithParent ends this process when its parent, the process with the given
// number, is gone: a parent that is killed can't end what it started.
func EndWithParent(parent int) {
	go func() {
		waitForParent(parent)
		os.Exit(1)
	}()
}
