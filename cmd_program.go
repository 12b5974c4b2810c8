package main

import (
	"context"
	"errors"

	"hillock/kernel/nb"
	"hillock/kernel/worker"
)

// runProgram runs a Go program as a single cell.
func runProgram(ctx context.Context, name string, source []byte, arguments []string) error {
	if len(arguments) > 0 {
		return errors.New("a program takes no arguments")
	}
	language, err := worker.New(worker.Options{})
	if err != nil {
		return err
	}
	defer language.Close()
	n := &nb.Notebook{Cells: []*nb.Cell{{Type: nb.Code, Source: string(source)}}}
	return nb.Run(ctx, n, language, nb.NewConsole())
}
