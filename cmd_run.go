package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hillock/kernel/nb"
	"hillock/kernel/worker"
)

var runCommand = &command{
	name: "run",
	args: "FILE.ipynb|FILE.go|- [flags]",
	does: "run a notebook or a Go program in the terminal",
	more: `
A notebook's cells run in order, in the notebook's folder; the first that fails
ends the run. Nothing is written unless -o or --html asks for it. What follows
FILE.go is given to the program, whose flag NAME -p NAME=VALUE sets, too; a
program's own flag -p goes behind --. - reads a notebook or a program from
standard input. Ctrl-C and SIGTERM stop the cell that runs; what there is by then
is written.`,
	run: func(c *command, args []string) error {
		var o runOptions
		flags := flag.NewFlagSet("run", flag.ContinueOnError)
		flags.StringVar(&o.out, "o", "", "write the executed notebook to `FILE`; it may be the one that is read")
		flags.StringVar(&o.html, "html", "", "write a web page of the executed notebook to `FILE`")
		flags.Var(&o.parameters, "p", "set `NAME=VALUE` in place of the value in the cell tagged parameters, or as a program's flag")
		flags.Func("timeout", "stop when the run takes longer than `D`, such as 90s or 2h", o.setTimeout)
		rest, err := c.parseUntil(flags, args, func(arg string) bool { return strings.HasSuffix(arg, ".go") })
		if err != nil {
			return err
		}
		if len(rest) == 0 {
			return &usageError{c, "run needs a notebook or a program"}
		}
		o.file, o.arguments = rest[0], rest[1:]
		return o.run(c)
	},
}

// runOptions is what the command line of run says.
type runOptions struct {
	file, out, html string
	parameters      parameterFlags
	timeout         time.Duration
	arguments       []string
}

// parameterFlags collects -p.
type parameterFlags []string

// String gives the flags as they were written.
func (p *parameterFlags) String() string { return strings.Join(*p, " ") }

// Set takes one more.
func (p *parameterFlags) Set(s string) error {
	if name, _, ok := strings.Cut(s, "="); !ok || name == "" {
		return errors.New("expected NAME=VALUE")
	}
	*p = append(*p, s)
	return nil
}

// setTimeout sets the time limit; 0 is none.
func (o *runOptions) setTimeout(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return errors.New("expected a time such as 90s or 2h")
	}
	o.timeout = d
	return nil
}

func (o *runOptions) run(c *command) error {
	ctx, stop := o.context()
	defer stop()

	data, isProgram, err := o.read()
	if err != nil {
		return err
	}
	if isProgram {
		if o.out != "" || o.html != "" {
			return &usageError{c, "-o and --html are for notebooks"}
		}
		arguments, err := o.programArguments()
		if err != nil {
			return &usageError{c, err.Error()}
		}
		return runProgram(ctx, o.file, data, arguments)
	}
	if len(o.arguments) > 0 {
		return &usageError{c, fmt.Sprintf("run takes one notebook; what is %q for?", o.arguments[0])}
	}
	if o.out == "-" || o.html == "-" {
		return &usageError{c, "-o and --html need the name of a file; standard output shows the run"}
	}
	if o.html != "" && (sameFile(o.html, o.out) || sameFile(o.html, o.file)) {
		return &usageError{c, fmt.Sprintf("--html %s would replace a notebook by its web page", o.html)}
	}
	if err := errors.Join(checkWritable(o.out), checkWritable(o.html)); err != nil {
		return err
	}
	n, err := nb.Read(data)
	if err == nil {
		err = n.CheckLanguage()
	}
	if err == nil {
		err = n.SetParameters(o.parameters)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	return o.runNotebook(ctx, n)
}

// programArguments gives a program's arguments: what stands behind its file, where
// -p NAME=VALUE is its flag -NAME=VALUE up to the first other argument, as are
// those before the file.
func (o *runOptions) programArguments() ([]string, error) {
	parameters, rest := o.parameters, o.arguments
	for len(rest) > 0 && rest[0] == "-p" {
		if len(rest) < 2 {
			return nil, errors.New("flag needs an argument: -p")
		}
		if err := parameters.Set(rest[1]); err != nil {
			return nil, fmt.Errorf("invalid value %q for flag -p: %w", rest[1], err)
		}
		rest = rest[2:]
	}
	if len(rest) > 0 && rest[0] == "--" {
		rest = rest[1:]
	}
	arguments := make([]string, 0, len(parameters)+len(rest))
	for _, p := range parameters {
		arguments = append(arguments, "-"+p)
	}
	return append(arguments, rest...), nil
}

// context gives a context that ends when the command is asked to stop, and with the
// time limit.
func (o *runOptions) context() (context.Context, func()) {
	ctx, stop := untilStopped()
	if o.timeout <= 0 {
		return ctx, stop
	}
	limited, cancel := context.WithTimeoutCause(ctx, o.timeout, &nb.TimeoutError{Limit: o.timeout.String()})
	return limited, func() { cancel(); stop() }
}

// sameFile says whether two paths mean one file, be it there or not.
func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX == nil && errY == nil {
		return x.Mode().IsRegular() && os.SameFile(x, y)
	}
	return b != "" && filepath.Clean(a) == filepath.Clean(b)
}

// checkWritable fails when a file can't be written where the command line asks for
// it, which is better said before a long run than after it. No path is fine.
func checkWritable(path string) error {
	if path == "" {
		return nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder; name a file in it", path)
	case err == nil && !info.Mode().IsRegular(): // a device such as /dev/stdout
		return nil
	}
	folder := filepath.Dir(path)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s can't be written, since there is no folder %s; make it first", path, folder)
	}
	f, err := os.CreateTemp(folder, ".hillock-*")
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// read reads the file and says whether it is a program.
func (o *runOptions) read() (data []byte, isProgram bool, err error) {
	if o.file == "-" {
		data, err = io.ReadAll(os.Stdin)
		if err != nil {
			return nil, false, fmt.Errorf("reading standard input: %w", err)
		}
		trimmed := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
		return data, !bytes.HasPrefix(trimmed, []byte("{")), nil
	}
	data, err = os.ReadFile(o.file)
	return data, strings.HasSuffix(o.file, ".go"), err
}

func (o *runOptions) runNotebook(ctx context.Context, n *nb.Notebook) error {
	options := worker.Options{}
	console := nb.NewConsole()
	if o.file == "-" {
		console.In = nil
	} else if dir := filepath.Dir(o.file); dir != "." {
		options.Directory = dir
	}
	language, err := worker.New(options)
	if err != nil {
		return err
	}
	failed := nb.Run(ctx, n, language, console)
	if err := language.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "hillock:", err)
	}
	var unwritten error
	if o.out != "" {
		unwritten = n.WriteFile(o.out)
	}
	if o.html != "" {
		title := strings.TrimSuffix(filepath.Base(o.file), ".ipynb")
		unwritten = errors.Join(unwritten, n.WriteHTMLFile(o.html, title))
	}
	if unwritten != nil {
		return errors.Join(failed, unwritten)
	}
	if failed == nil {
		return nil
	}
	message := failed.Error()
	if cell := (*nb.CellError)(nil); errors.As(failed, &cell) { // the rest has been shown
		ended := "failed"
		if cell.Unwrap() != nil {
			ended = "was stopped"
		}
		message = fmt.Sprintf("cell %d %s; those after it were not run", cell.Number, ended)
	}
	fmt.Fprintf(os.Stderr, "hillock: %s: %s\n", o.file, message)
	if status, stopped := stopStatus(ctx); stopped && errors.Is(failed, context.Canceled) {
		return status
	}
	return exitError(exitFailure)
}
