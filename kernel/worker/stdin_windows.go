package worker

import (
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// waitingBytes says how many bytes can be read from a pipe at once.
func waitingBytes(f *os.File) int {
	peek := windows.NewLazySystemDLL("kernel32.dll").NewProc("PeekNamedPipe")
	var n uint32
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) {
			_, _, _ = peek.Call(fd, 0, 0, 0, uintptr(unsafe.Pointer(&n)), 0)
		})
	}
	return int(n)
}
