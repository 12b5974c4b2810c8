package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"hillock/kernel/spec"
)

var labCommand = &command{
	name: "lab",
	args: "[FOLDER] [flags] [-- JUPYTERLAB FLAGS]",
	does: "open JupyterLab with this kernel",
	more: `
JupyterLab opens on FOLDER, or on notebooks/ where there is one. If there is no
jupyter-lab on the PATH, it is installed into a private .venv, which needs
Python 3 and, the first time, the network. The kernel is offered to this
JupyterLab only; hillock install offers it to all.`,
	run: func(c *command, args []string) error {
		flags := flag.NewFlagSet("lab", flag.ContinueOnError)
		setup := flags.Bool("setup", false, "make everything ready, but do not start JupyterLab")
		port := flags.String("port", "", "serve on port `N`")
		noBrowser := flags.Bool("no-browser", false, "do not open a browser")
		own, passed := args, []string(nil)
		for i, arg := range args {
			if arg == "--" {
				own, passed = args[:i], args[i+1:]
				break
			}
		}
		rest, err := c.parse(flags, own)
		if err != nil {
			return err
		}
		if len(rest) > 1 {
			return &usageError{c, "lab takes one folder"}
		}
		if *port != "" {
			passed = append(passed, "--port="+*port)
		}
		if *noBrowser {
			passed = append(passed, "--no-browser")
		}
		folder := "."
		if len(rest) == 1 {
			folder = rest[0]
		} else if isFolder("notebooks") {
			folder = "notebooks"
		}
		if !isFolder(folder) {
			return fmt.Errorf("there is no folder %s", folder)
		}
		l, err := prepareLab()
		if err != nil || *setup {
			return err
		}
		return l.start(folder, passed)
	},
}

// lab is a JupyterLab that is ready to start.
type lab struct {
	program string // jupyter-lab
	data    string // the Jupyter data folder that holds the kernel
}

// prepareLab finds JupyterLab or installs it, and makes the kernel known to it.
func prepareLab() (*lab, error) {
	program, err := exec.LookPath("jupyter-lab")
	if err != nil {
		if program, err = privateLab(); err != nil {
			return nil, err
		}
	}
	data, err := hillockFolder("jupyter")
	if err != nil {
		return nil, err
	}
	if _, err := spec.Install(spec.Options{Prefix: data}); err != nil {
		return nil, err
	}
	return &lab{program, filepath.Join(data, "share", "jupyter")}, nil
}

// start runs JupyterLab until it ends.
func (l *lab) start(folder string, arguments []string) error {
	root, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	cmd := exec.Command(l.program, append([]string{"--ServerApp.root_dir=" + root}, arguments...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	path := l.data
	if before := os.Getenv("JUPYTER_PATH"); before != "" {
		path += string(os.PathListSeparator) + before
	}
	cmd.Env = append(os.Environ(), "JUPYTER_PATH="+path)
	// Ctrl-C reaches JupyterLab by itself, and it asks before it ends.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting JupyterLab: %w", err)
	}
	go func() {
		for s := range signals {
			if s != os.Interrupt {
				_ = cmd.Process.Signal(s) // it may have ended by itself
			}
		}
	}()
	err = cmd.Wait()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() > 0 {
		return exitError(ended.ExitCode())
	}
	return err
}

// privateLab gives the jupyter-lab of the private environment, which it makes if
// there is none.
func privateLab() (string, error) {
	venv, err := venvFolder()
	if err != nil {
		return "", err
	}
	bin, python := "bin", "python3"
	if runtime.GOOS == "windows" {
		bin, python = "Scripts", "python"
	}
	program := filepath.Join(venv, bin, executable("jupyter-lab"))
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	interpreter := filepath.Join(venv, bin, executable("python"))
	if _, err := os.Stat(interpreter); err != nil {
		if _, err := exec.LookPath(python); err != nil {
			return "", errors.New("JupyterLab needs Python 3 (https://www.python.org/downloads/); hillock run needs neither")
		}
		fmt.Fprintln(os.Stderr, "making a private Python environment in", venv)
		if err := call(python, "-m", "venv", venv); err != nil {
			return "", fmt.Errorf("making a Python environment failed (on Debian, apt install python3-venv may help): %w", err)
		}
	}
	fmt.Fprintln(os.Stderr, "installing JupyterLab into", venv)
	if err := call(interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "jupyterlab"); err != nil {
		return "", fmt.Errorf("installing JupyterLab failed: %w", err)
	}
	return program, nil
}

// call runs a program whose output goes to standard error.
func call(program string, arguments ...string) error {
	cmd := exec.Command(program, arguments...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", program, err)
	}
	return nil
}

// venvFolder is .venv of this module's checkout, or, elsewhere, a folder of the
// person's.
func venvFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			if first, _, _ := strings.Cut(string(mod), "\n"); strings.TrimSpace(first) == "module hillock" {
				return filepath.Join(dir, ".venv"), nil
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return hillockFolder("venv")
		}
		dir = parent
	}
}

// hillockFolder is a folder for what can be made again.
func hillockFolder(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no folder for caches is known: %w", err)
	}
	return filepath.Join(cache, "hillock", name), nil
}

func executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
