package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"hillock/kernel/nb"
)

var exportCommand = &command{
	name: "export",
	args: "FILE.ipynb [-o main.go]",
	does: "turn a notebook into a Go program",
	more: `
The program does what the notebook does and compiles inside the module hillock:
text goes to the terminal, pictures go to files. Without -o it is printed.`,
	run: func(c *command, args []string) error {
		flags := flag.NewFlagSet("export", flag.ContinueOnError)
		out := flags.String("o", "", "write the program to `FILE`")
		rest, err := c.parse(flags, args)
		if err != nil {
			return err
		}
		if len(rest) != 1 {
			return &usageError{c, "export needs one notebook"}
		}
		n, err := nb.ReadFile(rest[0])
		if err != nil {
			return err
		}
		text, err := n.Export(filepath.Base(rest[0]))
		if err != nil {
			return fmt.Errorf("%s: %w", rest[0], err)
		}
		if *out == "" {
			_, err = os.Stdout.Write(text)
			return err
		}
		return nb.WriteWhole(*out, text)
	},
}
