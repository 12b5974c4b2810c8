package spec

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrNotInstalled says that there is no kernelspec to remove.
var ErrNotInstalled = errors.New("the kernel is not installed there")

// Install writes the kernelspec and gives its folder. The folder appears as a
// whole or not at all; an earlier one is replaced.
func Install(o Options) (dir string, err error) {
	dir, err = Dir(o)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("install the kernel in %s: %w", dir, err)
		}
	}()
	executable, err := executablePath(o.Executable)
	if err != nil {
		return dir, err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return dir, err
	}
	fresh, err := os.MkdirTemp(parent, "."+Name+"-*")
	if err != nil {
		return dir, err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := fill(fresh, dir, executable); err != nil {
		return dir, err
	}
	return dir, replace(fresh, dir)
}

// Uninstall removes the kernelspec and gives the folder where it was. If there
// is none the error is ErrNotInstalled.
func Uninstall(o Options) (dir string, err error) {
	dir, err = Dir(o)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "kernel.json")); errors.Is(err, fs.ErrNotExist) {
		return dir, fmt.Errorf("%s: %w", dir, ErrNotInstalled)
	}
	if err := os.RemoveAll(dir); err != nil {
		return dir, fmt.Errorf("uninstall the kernel: %w", err)
	}
	return dir, nil
}

// fill writes the kernelspec's files into a folder that will become dir.
func fill(fresh, dir, executable string) error {
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if isTemporary(executable) || within(dir, executable) {
		name := "hillock" + filepath.Ext(executable)
		if err := copyFile(executable, filepath.Join(fresh, name)); err != nil {
			return err
		}
		executable = filepath.Join(dir, name)
	}
	text, err := description(executable)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(fresh, "kernel.json"), text, 0o644); err != nil {
		return err
	}
	files, err := fs.Sub(logos, "logos")
	if err != nil {
		return err
	}
	return os.CopyFS(fresh, files)
}

// replace makes fresh become dir and removes what was there.
func replace(fresh, dir string) error {
	old := fresh + "-old"
	err := os.Rename(dir, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		_ = os.Rename(old, dir)
		return err
	}
	return os.RemoveAll(old)
}

// executablePath gives the absolute path of the program to install.
func executablePath(path string) (string, error) {
	if path == "" {
		own, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("find the running program: %w", err)
		}
		path = own
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(path); err != nil {
		return "", err
	} else if info.IsDir() {
		return "", fmt.Errorf("%s is a folder, expected a program", path)
	}
	return path, nil
}

// isTemporary says whether a program is one that go run or go test has built
// and will remove.
func isTemporary(executable string) bool {
	for dir := filepath.Dir(executable); ; dir = filepath.Dir(dir) {
		if strings.HasPrefix(filepath.Base(dir), "go-build") {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}

// within says whether a file lies in a folder.
func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}

// copyFile copies a program.
func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}
