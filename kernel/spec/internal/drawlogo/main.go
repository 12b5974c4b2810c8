// Command drawlogo writes the kernel's logos into a folder.
package main

import (
	"log"
	"os"
	"path/filepath"

	"hillock/kernel/spec/internal/logo"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("drawlogo needs the folder to write to")
	}
	if err := write(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func write(dir string) error {
	if err := os.WriteFile(filepath.Join(dir, "logo-svg.svg"), logo.SVG(), 0o644); err != nil {
		return err
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		picture, err := logo.PNG(size)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), picture, 0o644); err != nil {
			return err
		}
	}
	return nil
}
