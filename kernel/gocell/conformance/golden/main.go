// Command golden writes what compiled Go prints for the programs of the
// measure: a .out file beside each of testdata/diff and, unless it is run with
// -own, testdata/golden.txt for Go's own.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"hillock/kernel/gocell/conformance"
)

func main() {
	log.SetFlags(0)
	own := flag.Bool("own", false, "leave out Go's own programs, which take half an hour")
	flag.Parse()
	if err := run(*own); err != nil {
		log.Fatal(err)
	}
}

func run(onlyOwn bool) error {
	own, err := filepath.Glob("testdata/diff/*.go")
	if err != nil {
		return err
	}
	for _, path := range own {
		out, status, err := output(path)
		if err != nil {
			return err
		}
		text := fmt.Appendf(out, "exit status %d\n", status)
		if err := os.WriteFile(strings.TrimSuffix(path, ".go")+".out", text, 0o666); err != nil {
			return err
		}
	}
	if onlyOwn {
		return nil
	}
	root, err := conformance.Root()
	if err != nil {
		return err
	}
	programs, err := conformance.Programs(root)
	if err != nil {
		return err
	}
	var lines bytes.Buffer
	for _, name := range programs {
		path := filepath.Join(root, filepath.FromSlash(name))
		first, status, err := output(path)
		if err != nil {
			log.Printf("%s: left out: %v", name, err)
			continue
		}
		second, _, err := output(path)
		if err != nil {
			return err
		}
		hash := conformance.Hash(first)
		if !bytes.Equal(first, second) {
			hash = "varies"
		}
		fmt.Fprintln(&lines, name, hash, status)
	}
	return os.WriteFile("testdata/golden.txt", lines.Bytes(), 0o666)
}

// output compiles and runs a program in its folder.
func output(path string) (stdout []byte, status int, err error) {
	dir, err := os.MkdirTemp("", "golden")
	if err != nil {
		return nil, 0, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "program.exe")
	build := exec.Command("go", "build", "-o", binary, filepath.Base(path))
	build.Dir = filepath.Dir(path)
	if text, err := build.CombinedOutput(); err != nil {
		return nil, 0, fmt.Errorf("%w: %s", err, text)
	}
	program := exec.Command(binary)
	program.Dir = build.Dir
	stdout, err = program.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return stdout, exit.ExitCode(), nil
	}
	return stdout, 0, err
}
