package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"hillock/kernel/spec/internal/logo"
)

// program makes a file that stands for the kernel's program.
func program(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hillock.exe")
	if err := os.WriteFile(path, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// installed reads the kernel.json of an installed kernelspec.
func installed(t *testing.T, dir string) kernelJSON {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var k kernelJSON
	if err := json.Unmarshal(text, &k); err != nil {
		t.Fatal(err)
	}
	return k
}

func TestInstallAndUninstall(t *testing.T) {
	prefix := t.TempDir()
	executable := program(t, filepath.Join(t.TempDir(), "bin"))
	o := Options{Prefix: prefix, Executable: executable}
	for range 2 { // the second replaces the first
		dir, err := Install(o)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(prefix, "share", "jupyter", "kernels", "hillock"); dir != want {
			t.Errorf("installed in %s, expected %s", dir, want)
		}
		k := installed(t, dir)
		if len(k.Argv) != 3 || k.Argv[0] != executable || k.Argv[2] != "{connection_file}" || k.Language != "go" {
			t.Errorf("kernel.json holds %+v", k)
		}
		entries, err := os.ReadDir(filepath.Dir(dir))
		if err != nil || len(entries) != 1 {
			t.Errorf("left behind: %v, %v", entries, err)
		}
		for _, name := range []string{"logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	}
	dir, err := Uninstall(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
	if _, err := Uninstall(o); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("a second time: %v", err)
	}
}

func TestTemporaryProgramIsCopied(t *testing.T) {
	o := Options{Prefix: t.TempDir(), Executable: program(t, filepath.Join(t.TempDir(), "go-build123", "b001", "exe"))}
	dir, err := Install(o)
	if err != nil {
		t.Fatal(err)
	}
	copied := installed(t, dir).Argv[0]
	if filepath.Dir(copied) != dir {
		t.Errorf("argv names %s, expected a copy in %s", copied, dir)
	}
	// Installing from the copy must not lose it.
	o.Executable = copied
	if _, err := Install(o); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(copied); err != nil || string(text) != "program" {
		t.Errorf("the copy holds %q, %v", text, err)
	}
	if info, err := os.Stat(copied); err != nil || runtime.GOOS != "windows" && info.Mode()&0o111 == 0 {
		t.Errorf("the copy can't be run: %v, %v", info.Mode(), err)
	}
}

func TestDirFollowsTheEnvironment(t *testing.T) {
	data := t.TempDir()
	t.Setenv("JUPYTER_DATA_DIR", data)
	if dir, err := Dir(Options{}); err != nil || dir != filepath.Join(data, "kernels", "hillock") {
		t.Errorf("got %s, %v", dir, err)
	}
	t.Setenv("VIRTUAL_ENV", data)
	if dir, err := Dir(Options{SysPrefix: true}); err != nil || dir != filepath.Join(data, "share", "jupyter", "kernels", "hillock") {
		t.Errorf("got %s, %v", dir, err)
	}
	t.Setenv("VIRTUAL_ENV", "")
	t.Setenv("CONDA_PREFIX", "")
	if dir, err := Dir(Options{SysPrefix: true}); err == nil {
		t.Errorf("without an environment: %s", dir)
	}
	if dir, err := Dir(Options{SysPrefix: true, Prefix: data}); err == nil {
		t.Errorf("with both prefixes: %s", dir)
	}
}

func TestFailedInstallLeavesNothing(t *testing.T) {
	prefix := t.TempDir()
	if _, err := Install(Options{Prefix: prefix, Executable: filepath.Join(prefix, "missing")}); err == nil {
		t.Error("a missing program was installed")
	}
	if _, err := Install(Options{Prefix: prefix, Executable: prefix}); err == nil {
		t.Error("a folder was installed")
	}
	if entries, _ := filepath.Glob(filepath.Join(prefix, "share", "jupyter", "kernels", "*")); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestLogosAreFresh(t *testing.T) {
	if text, err := os.ReadFile("logos/logo-svg.svg"); err != nil || !bytes.Equal(text, logo.SVG()) {
		t.Errorf("logo-svg.svg is stale (%v): run go generate", err)
	}
	for name, size := range map[string]int{"logos/logo-32x32.png": 32, "logos/logo-64x64.png": 64} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		want := logo.Image(size)
		if got.Bounds() != want.Bounds() {
			t.Fatalf("%s is %v large", name, got.Bounds())
		}
		for y := range size {
			for x := range size {
				// Rasterizing differs by a shade between processors.
				r, g, b, a := got.At(x, y).RGBA()
				wr, wg, wb, wa := want.At(x, y).RGBA()
				for _, d := range []int{int(r) - int(wr), int(g) - int(wg), int(b) - int(wb), int(a) - int(wa)} {
					if max(d, -d) > 0x300 {
						t.Fatalf("%s is stale at %d, %d: run go generate", name, x, y)
					}
				}
			}
		}
	}
}
