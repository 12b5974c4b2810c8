package spec

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// Options say where the kernelspec goes. The zero value installs for the user.
type Options struct {
	// Prefix is a folder such as /usr/local or a Python environment; the
	// kernelspec goes to share/jupyter/kernels below it. Empty means the user's
	// own Jupyter folder.
	Prefix string
	// SysPrefix takes the active Python or conda environment as Prefix.
	SysPrefix bool
	// Executable is the program that Jupyter is to start; empty for the running
	// one. A temporary one, such as go run makes, is copied beside kernel.json.
	Executable string
}

// Dir gives the kernelspec's folder.
func Dir(o Options) (string, error) {
	switch {
	case o.SysPrefix && o.Prefix != "":
		return "", errors.New("--sys-prefix and --prefix exclude each other; give one")
	case o.SysPrefix:
		for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
			if prefix := os.Getenv(name); prefix != "" {
				return below(prefix)
			}
		}
		return "", errors.New("no Python environment is active (neither VIRTUAL_ENV nor CONDA_PREFIX is set); activate one, or give its folder with --prefix")
	case o.Prefix != "":
		return below(o.Prefix)
	}
	data, err := userData()
	if err != nil {
		return "", fmt.Errorf("find the user's Jupyter folder: %w; set JUPYTER_DATA_DIR or use --prefix", err)
	}
	return filepath.Join(data, "kernels", Name), nil
}

// below gives the kernelspec's folder under a prefix.
func below(prefix string) (string, error) {
	prefix, err := filepath.Abs(prefix)
	if err != nil {
		return "", fmt.Errorf("find the prefix: %w", err)
	}
	return filepath.Join(prefix, "share", "jupyter", "kernels", Name), nil
}

// userData gives the folder where Jupyter keeps a user's data, as jupyter_core
// finds it.
func userData() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("APPDATA"); dir != "" {
			return filepath.Join(dir, "jupyter"), nil
		}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(home, ".jupyter", "data"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return filepath.Join(dir, "jupyter"), nil
	}
	return filepath.Join(home, ".local", "share", "jupyter"), nil
}
