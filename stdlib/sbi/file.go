package sbi

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"hillock/internal/whole"
)

// A file begins with a line that says what it holds; then come a value in Go's gob
// format and the SHA-256 checksum of all before.

// fileMark begins every file. Another format gets another number.
const fileMark = "hillock sbi 2, "

// The kinds of files.
const (
	inferenceFile = "an inference"
	posteriorFile = "a posterior"
)

func init() {
	for _, d := range []Density{MAF{}, NSF{}, CouplingFlow{}, MDN{}} {
		gob.Register(d)
	}
}

// write puts a value into a file that is there completely or not at all.
func write(path, kind string, value any) error {
	err := whole.Write(path, func(out io.Writer) error {
		sum := sha256.New()
		both := io.MultiWriter(out, sum)
		if _, err := io.WriteString(both, fileMark+kind+"\n"); err != nil {
			return err
		}
		if err := gob.NewEncoder(both).Encode(value); err != nil {
			return err
		}
		_, err := out.Write(sum.Sum(nil))
		return err
	})
	if err != nil {
		return fmt.Errorf("sbi: save %s: %w", path, err)
	}
	return nil
}

// read reads a file of a kind that write wrote, when not a byte of it changed.
func read(path, kind string, value any) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sbi: load: %w", err)
	}
	defer file.Close()
	if err := decode(file, kind, value); err != nil {
		return fmt.Errorf("sbi: load %s: %w", path, err)
	}
	return nil
}

func decode(file *os.File, kind string, value any) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	content := io.NewSectionReader(file, 0, max(0, info.Size()-sha256.Size))
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return err
	}
	kept := make([]byte, sha256.Size)
	if _, err := file.ReadAt(kept, content.Size()); err != nil || !bytes.Equal(kept, sum.Sum(nil)) {
		return errors.New("it is damaged, from an older version of hillock, or none of its files")
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReader(content)
	line, err := in.ReadString('\n')
	if found, ours := strings.CutPrefix(strings.TrimSuffix(line, "\n"), fileMark); err != nil || !ours {
		return errors.New("it is from another version of hillock, or none of its files")
	} else if found != kind {
		return fmt.Errorf("it holds %s, not %s (LoadPosterior reads a posterior, NewSNPE an inference as Options.Checkpoint)", found, kind)
	}
	return gob.NewDecoder(in).Decode(value)
}
