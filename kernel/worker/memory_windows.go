package worker

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is MEMORYSTATUSEX.
type memoryStatus struct {
	length, load                                                           uint32
	total, available, totalPage, availPage, totalVirt, availVirt, extended uint64
}

// physicalMemory gives the machine's memory in bytes.
func physicalMemory() uint64 {
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	status := memoryStatus{length: uint32(unsafe.Sizeof(memoryStatus{}))}
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 || status.total == 0 {
		return fallbackMemory
	}
	return status.total
}
