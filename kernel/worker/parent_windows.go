package worker

import "os"

// waitForParent returns when the process with this number has ended.
func waitForParent(parent int) {
	p, err := os.FindProcess(parent)
	if err != nil {
		return // it ended before
	}
	_, _ = p.Wait() // either way it is gone
}
