// Command gotest reads the output of `go test -json` on standard input and
// shows it briefly: a line for each package, and what failing tests printed.
// It writes the counts of passed and failed tests into the file that its
// argument names.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is a line of `go test -json`, see `go doc test2json`.
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Output     string
	Elapsed    float64
}

// counts of tests. A package that does not build, or dies outside of its
// tests, counts as one failed test.
type counts struct{ passed, failed int }

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go test -json ./... | gotest COUNTS_FILE")
		os.Exit(2)
	}
	c, err := report(os.Stdin, os.Stdout)
	if err == nil {
		err = os.WriteFile(os.Args[1], fmt.Appendf(nil, "%d %d\n", c.passed, c.failed), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
}

// report copies what a person wants to see from in to out.
func report(in io.Reader, out io.Writer) (counts, error) {
	var total counts
	printed := map[string]*strings.Builder{} // by package and test
	perPackage := map[string]*counts{}
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				// Messages of the go command itself come as plain text.
				fmt.Fprintf(out, "%s", line)
			} else {
				handle(e, printed, perPackage, &total, out)
			}
		}
		if err == io.EOF {
			return total, nil
		}
		if err != nil {
			return total, fmt.Errorf("reading test events: %w", err)
		}
	}
}

func handle(e event, printed map[string]*strings.Builder, perPackage map[string]*counts, total *counts, out io.Writer) {
	c := perPackage[e.Package]
	if c == nil {
		c = &counts{}
		perPackage[e.Package] = c
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "output":
		b := printed[key]
		if b == nil {
			b = &strings.Builder{}
			printed[key] = b
		}
		b.WriteString(e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			finishPackage(e, c, printed[key], total, out)
			return
		}
		if e.Action == "pass" {
			delete(printed, key)
		} else if b := printed[key]; b != nil {
			fmt.Fprint(out, b.String())
		}
		if strings.Contains(e.Test, "/") {
			return // its parent counts
		}
		if e.Action == "pass" {
			c.passed++
		} else {
			c.failed++ // a skipped test has shown nothing
		}
	}
}

func finishPackage(e event, c *counts, text *strings.Builder, total *counts, out io.Writer) {
	if e.Action == "fail" && c.failed == 0 {
		c.failed++
		if text != nil {
			fmt.Fprint(out, text.String())
		}
	}
	total.passed += c.passed
	total.failed += c.failed
	if c.passed+c.failed > 0 {
		fmt.Fprintf(out, "%-4s %-36s %4d passed, %d failed, %.1f s\n", e.Action, e.Package, c.passed, c.failed, e.Elapsed)
	}
}
