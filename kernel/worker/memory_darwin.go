package worker

import "golang.org/x/sys/unix"

// physicalMemory gives the machine's memory in bytes.
func physicalMemory() uint64 {
	if n, err := unix.SysctlUint64("hw.memsize"); err == nil {
		return n
	}
	return fallbackMemory
}
