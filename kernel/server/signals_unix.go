//go:build unix

package server

import (
	"os"
	"os/signal"
	"syscall"
)

// notifySignals listens to SIGINT and SIGTERM.
func notifySignals() signals {
	interrupt, terminate := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt)
	signal.Notify(terminate, syscall.SIGTERM)
	return signals{interrupt, terminate, func() {
		signal.Stop(interrupt)
		signal.Stop(terminate)
	}}
}
