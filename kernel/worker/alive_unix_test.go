//go:build unix

package worker

import "syscall"

// alive says whether a process runs.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
