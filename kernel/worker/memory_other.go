//go:build !linux && !darwin && !windows

package worker

// physicalMemory gives a modest amount where the machine's is not known.
func physicalMemory() uint64 { return fallbackMemory }
