package server

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// notifySignals listens to Ctrl-C, to the closing of the console, and to the
// event with which front ends interrupt kernels on Windows: they pass its
// handle in JPY_INTERRUPT_EVENT.
func notifySignals() signals {
	interrupt, terminate := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	signal.Notify(terminate, syscall.SIGTERM)
	done := make(chan struct{})
	if handle, ok := inheritedHandle(os.Getenv("JPY_INTERRUPT_EVENT")); ok {
		go watchEvent(handle, done, func() {
			select {
			case interrupt <- os.Interrupt:
			default:
			}
		})
	}
	return signals{interrupt, terminate, func() {
		signal.Stop(interrupt)
		signal.Stop(terminate)
		close(done)
	}}
}

// inheritedHandle reads a handle that the parent process passed as a number.
func inheritedHandle(text string) (syscall.Handle, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return syscall.Handle(n), err == nil && n != 0
}

// pollMilliseconds is how long one wait for a handle takes at most.
const pollMilliseconds = 500

// watchEvent calls act whenever a handle is signalled, until done.
func watchEvent(handle syscall.Handle, done <-chan struct{}, act func()) {
	for {
		select {
		case <-done:
			return
		default:
		}
		switch event, err := syscall.WaitForSingleObject(handle, pollMilliseconds); {
		case err != nil:
			return
		case event == syscall.WAIT_OBJECT_0:
			act()
		}
	}
}
