package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"hillock/kernel/interp"
	"hillock/kernel/worker"
)

// programCommand is the process that a Go program runs in, which run starts: the
// number of run's process, a file to read, the name that messages give it, and
// the program's arguments.
var programCommand = &command{
	name: "program",
	run: func(c *command, args []string) error {
		if len(args) < 3 {
			return &usageError{c, "hillock run runs programs"}
		}
		parent, err := strconv.Atoi(args[0])
		if err != nil {
			return &usageError{c, "hillock run runs programs"}
		}
		worker.EndWithParent(parent)
		args = args[1:]
		source, err := os.ReadFile(args[0])
		if err != nil {
			return err
		}
		if err := worker.LimitMemory(); err != nil {
			return err
		}
		os.Args = args[1:]
		ownFlags(os.Args[0])
		err = interp.RunProgram(context.Background(), []interp.ProgramFile{{Name: args[1], Text: string(source)}}, interp.ProgramOptions{})
		var exit interp.ExitStatus
		if errors.As(err, &exit) {
			return exitError(exit)
		}
		return err
	},
}

// ownFlags gives a program its own flags: those of the command line that packages
// compiled into this one have are none of the program's.
func ownFlags(name string) {
	flag.CommandLine = flag.NewFlagSet(name, flag.ExitOnError)
	flag.CommandLine.Usage = func() { flag.Usage() } // which the program may set
}

// runProgram runs a Go program in a process of its own, with this one's streams,
// and ends with its exit status.
func runProgram(ctx context.Context, file string, source []byte, arguments []string) error {
	path := file
	if file == "-" {
		dir, err := os.MkdirTemp("", "hillock-")
		if err != nil {
			return fmt.Errorf("keeping the program for its process: %w", err)
		}
		defer os.RemoveAll(dir)
		file, path = "main.go", filepath.Join(dir, "main.go")
		if err := os.WriteFile(path, source, 0o600); err != nil {
			return fmt.Errorf("keeping the program for its process: %w", err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding the interpreter: %w", err)
	}
	cmd := exec.Command(self, append([]string{"program", strconv.Itoa(os.Getpid()), path, file}, arguments...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the interpreter: %w", err)
	}
	// Ctrl-C reaches the program by itself, which may want to handle it, and so it may
	// SIGTERM. The time limit asks for nothing.
	stop := context.AfterFunc(ctx, func() {
		switch status, requested := stopStatus(ctx); { // it may have ended by itself
		case !requested:
			_ = cmd.Process.Kill()
		case status == exitTerminated:
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
	})
	err = cmd.Wait()
	var ended *exec.ExitError
	status, requested := stopStatus(ctx)
	switch stopped := !stop(); {
	case stopped && !requested:
		return context.Cause(ctx)
	case errors.As(err, &ended) && ended.ExitCode() > 0:
		return exitError(ended.ExitCode())
	case stopped && err != nil:
		return status
	case errors.As(err, &ended):
		return fmt.Errorf("the program ended: %w", err)
	}
	return err
}
