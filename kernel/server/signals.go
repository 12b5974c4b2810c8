package server

import "os"

// signals are what the system tells the process.
type signals struct {
	interrupt <-chan os.Signal // stop the cell
	terminate <-chan os.Signal // end the kernel
	stop      func()           // listen no more
}
