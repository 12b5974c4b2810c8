// Package spec makes the kernel known to Jupyter: it installs and removes the
// kernelspec, a folder with kernel.json and logos where Jupyter looks for it.
package spec

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:generate go run ./internal/drawlogo logos

//go:embed logos
var logos embed.FS

// Name is the kernelspec's name, as notebooks mention it and
// jupyter --kernel takes it.
const Name = "hillock"

// DisplayName is the kernel's name in menus.
const DisplayName = "Go (hillock)"

// kernelJSON is what kernel.json holds.
type kernelJSON struct {
	Argv            []string       `json:"argv"`
	DisplayName     string         `json:"display_name"`
	Language        string         `json:"language"`
	InterruptMode   string         `json:"interrupt_mode"`
	ProtocolVersion string         `json:"kernel_protocol_version"`
	Metadata        map[string]any `json:"metadata"`
}

// description gives the contents of kernel.json for an executable. Interrupts
// come as messages: that is the same on every system, and no signal can then
// reach the interpreter or the programs that cells start.
func description(executable string) ([]byte, error) {
	text, err := json.MarshalIndent(kernelJSON{
		Argv:            []string{executable, "kernel", "{connection_file}"},
		DisplayName:     DisplayName,
		Language:        "go",
		InterruptMode:   "message",
		ProtocolVersion: "5.4",
		Metadata:        map[string]any{"debugger": false},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("describe the kernel: %w", err)
	}
	return append(text, '\n'), nil
}
