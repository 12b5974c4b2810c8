//go:build unix && !linux

package worker

// bytesWaiting is the request that asks how much a pipe holds.
const bytesWaiting = 0x4004667f // FIONREAD, the same on macOS and the BSDs
