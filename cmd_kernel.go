package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"hillock/kernel/server"
	"hillock/kernel/worker"
)

var kernelCommand = &command{
	name: "kernel",
	args: "CONNECTION_FILE",
	does: "serve a Jupyter front end, which calls this itself",
	run: func(c *command, args []string) error {
		rest, err := c.parse(flag.NewFlagSet("kernel", flag.ContinueOnError), args)
		if err != nil {
			return err
		}
		if len(rest) != 1 {
			return &usageError{c, "kernel needs the connection file that a front end writes"}
		}
		language, err := worker.New(worker.Options{})
		if err != nil {
			return err
		}
		return server.Run(context.Background(), rest[0], language, server.Options{HistoryDir: historyFolder()})
	},
}

// workerCommand is the interpreter's process, which the others start.
var workerCommand = &command{
	name: "worker",
	run: func(c *command, args []string) error {
		signal.Notify(make(chan os.Signal, 1), os.Interrupt, syscall.SIGTERM) // the front says when to stop
		return worker.Serve(context.Background())
	},
}

var versionCommand = &command{
	name: "version",
	does: "say which hillock this is",
	run: func(c *command, args []string) error {
		rest, err := c.parse(flag.NewFlagSet("version", flag.ContinueOnError), args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return &usageError{c, "version takes no arguments"}
		}
		fmt.Println("hillock", version(), runtime.Version(), runtime.GOOS+"/"+runtime.GOARCH)
		return nil
	},
}

// historyFolder is where the kernel keeps the cells of all sessions: below
// Jupyter's data folder, if there is one, else among the person's settings.
// Without either they are kept in memory.
func historyFolder() string {
	if data := os.Getenv("JUPYTER_DATA_DIR"); data != "" {
		return filepath.Join(data, "hillock")
	}
	if config, err := os.UserConfigDir(); err == nil {
		return filepath.Join(config, "hillock")
	}
	return ""
}
