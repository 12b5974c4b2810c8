package simd

import (
	"os"
	"sync"

	"golang.org/x/sys/cpu"
	"golang.org/x/sys/unix"
)

// Tiles says whether matrix instructions on tiles of bfloat16 (AMX) may be used:
// the machine has them and Variable asks for nothing lower. The operating system
// gives their registers to a process that asks for them, which this does.
var Tiles = sync.OnceValue(func() bool {
	x := cpu.X86
	if os.Getenv(Variable) != "" || Best() != AVX512 || !x.HasAMXTile || !x.HasAMXBF16 {
		return false
	}
	const (
		requestPermission = 0x1023 // ARCH_REQ_XCOMP_PERM
		tileData          = 18     // the component of the extended state
	)
	_, _, failed := unix.RawSyscall(unix.SYS_ARCH_PRCTL, requestPermission, tileData, 0)
	return failed == 0
})
