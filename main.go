// Hillock runs Go notebooks: in JupyterLab, of which it is a kernel, or alone
// from the command line. See README.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"hillock/internal/simd"
)

// The exit statuses of the command.
const (
	exitFailure     = 1
	exitUsage       = 2
	exitInterrupted = 130 // as a shell says that Ctrl-C ended a program
	exitTerminated  = 143 // as it says that SIGTERM did
)

// command is a subcommand.
type command struct {
	name string
	args string // what stands behind the name
	does string // in a few words; empty for what people do not call
	run  func(c *command, args []string) error
	more string // further usage text
}

var commands = []*command{runCommand, labCommand, exportCommand, installCommand, uninstallCommand,
	versionCommand, kernelCommand, workerCommand, programCommand}

func main() { os.Exit(runMain(os.Args[1:])) }

// runMain runs a subcommand and gives the exit status.
func runMain(args []string) int {
	if len(args) == 0 {
		usage(os.Stderr)
		return exitUsage
	}
	name, args := args[0], args[1:]
	if slices.Contains([]string{"help", "-h", "-help", "--help"}, name) {
		if len(args) == 1 {
			if c := find(args[0]); c != nil {
				return status(c.run(c, []string{"--help"}))
			}
		}
		usage(os.Stdout)
		return 0
	}
	if slices.Contains([]string{"-version", "--version"}, name) {
		name = "version"
	}
	c := find(name)
	if c == nil {
		fmt.Fprintf(os.Stderr, "hillock: there is no command %q; hillock help lists them\n", name)
		return exitUsage
	}
	if err := simd.Check(); err != nil {
		return status(err)
	}
	return status(c.run(c, args))
}

func find(name string) *command {
	for _, c := range commands {
		if c.name == name {
			return c
		}
	}
	return nil
}

func usage(w io.Writer) {
	fmt.Fprint(w, "hillock runs Go notebooks for neuron inference.\n\n")
	for _, c := range commands {
		if c.does != "" {
			fmt.Fprintf(w, "  hillock %-10s %s\n", c.name, c.does)
		}
	}
	fmt.Fprint(w, "\nhillock help COMMAND tells more.\n")
}

// usageError is a command that was written wrongly.
type usageError struct {
	command *command
	problem string
}

// Error gives what is wrong and how it is right.
func (e *usageError) Error() string {
	return fmt.Sprintf("%s\nusage: hillock %s %s", e.problem, e.command.name, e.command.args)
}

// exitError ends the command with a status; what happened has been shown.
type exitError int

// Error names the status.
func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// status gives the exit status for an error and shows the error.
func status(err error) int {
	var wrong *usageError
	var exit exitError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &exit):
		return int(exit)
	}
	fmt.Fprintln(os.Stderr, "hillock:", err)
	if errors.As(err, &wrong) {
		return exitUsage
	}
	return exitFailure
}

// parse reads flags, which may stand anywhere among the arguments, and gives the
// arguments. What follows -- is taken as it is.
func (c *command) parse(flags *flag.FlagSet, args []string) ([]string, error) {
	return c.parseUntil(flags, args, func(string) bool { return false })
}

// parseUntil is parse that leaves alone what follows the first argument for
// which last is true.
func (c *command) parseUntil(flags *flag.FlagSet, args []string, last func(string) bool) ([]string, error) {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	var rest []string
	for {
		switch err := flags.Parse(args); {
		case errors.Is(err, flag.ErrHelp):
			c.help(flags)
			return nil, err
		case err != nil:
			return nil, &usageError{c, err.Error()}
		}
		left := flags.Args()
		if parsed := len(args) - len(left); len(left) == 0 || parsed > 0 && args[parsed-1] == "--" {
			return append(rest, left...), nil
		}
		if last(left[0]) {
			return append(rest, left...), nil
		}
		rest = append(rest, left[0])
		args = left[1:]
	}
}

// help prints what the command does.
func (c *command) help(flags *flag.FlagSet) {
	fmt.Printf("usage: hillock %s %s\n", c.name, c.args)
	if c.does != "" {
		fmt.Printf("\n%s%s.\n", strings.ToUpper(c.does[:1]), c.does[1:])
	}
	if c.more != "" {
		fmt.Printf("\n%s\n", strings.TrimSpace(c.more))
	}
	first := true
	flags.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Println()
			first = false
		}
		kind, about := flag.UnquoteUsage(f)
		dashes := "-"
		if len(f.Name) > 1 {
			dashes = "--"
		}
		fmt.Printf("  %-18s %s\n", strings.TrimSpace(dashes+f.Name+" "+kind), about)
	})
}
