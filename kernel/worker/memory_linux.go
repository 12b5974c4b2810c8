package worker

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// physicalMemory gives the bytes of memory that this process can have: the
// machine's, or less where a control group limits it.
func physicalMemory() uint64 {
	memory := machineMemory()
	for _, limit := range groupLimits() {
		memory = min(memory, limit)
	}
	return memory
}

// machineMemory reads the machine's memory from /proc/meminfo.
func machineMemory() uint64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return fallbackMemory
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) >= 2 && fields[0] == "MemTotal:" {
			if kB, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				return kB << 10
			}
		}
	}
	return fallbackMemory
}

// groupLimits reads the limits of the control groups around this process.
func groupLimits() []uint64 {
	var limits []uint64
	read := func(path string) {
		text, err := os.ReadFile(path)
		if err != nil {
			return
		}
		if n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 {
			limits = append(limits, n)
		}
	}
	read("/sys/fs/cgroup/memory/memory.limit_in_bytes") // version 1
	own, _ := os.ReadFile("/proc/self/cgroup")
	if _, group, ok := strings.Cut(string(own), "0::"); ok {
		group, _, _ = strings.Cut(group, "\n")
		for dir := filepath.Join("/sys/fs/cgroup", group); strings.HasPrefix(dir, "/sys/fs/cgroup"); dir = filepath.Dir(dir) {
			read(filepath.Join(dir, "memory.max"))
		}
	}
	return limits
}
