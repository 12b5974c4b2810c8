package worker

import "golang.org/x/sys/unix"

// bytesWaiting is the request that asks how much a pipe holds.
const bytesWaiting = unix.TIOCINQ
