package nb

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What Jupyter's own library has written is written again byte for byte.
func TestWritesAsJupyterDoes(t *testing.T) {
	for _, name := range []string{"everything", "empty"} {
		want, err := os.ReadFile(filepath.Join("testdata", name+".ipynb"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := Read(want)
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := n.Bytes()
		if err != nil {
			t.Fatal(name, err)
		}
		if !bytes.Equal(got, want) {
			g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
			for i := range min(len(g), len(w)) {
				if g[i] != w[i] {
					t.Fatalf("%s: line %d is\n%q, want\n%q", name, i+1, g[i], w[i])
				}
			}
			t.Fatalf("%s: %d lines, want %d", name, len(g), len(w))
		}
	}
}

func TestReadsWhatItShows(t *testing.T) {
	n, err := ReadFile("testdata/everything.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	c := n.CodeCells()[0]
	if c.Source != "x := 1\n\nx" || c.Count != 1 || !c.HasTag("parameters") || c.HasTag("other") {
		t.Errorf("the code cell was read as %+v", c)
	}
	if got := c.Outputs[0].Text; got != "one\ntwo\r\nthree\rfour\u2028five\x0csix\x1dseven\u0085 end\n\nlast" {
		t.Errorf("the stream was read as %q", got)
	}
	if got := c.Outputs[3].Data["text/html"]; got != "<b>\n1</b>\n" {
		t.Errorf("the HTML was read as %q", got)
	}
}

func TestRefusesDamagedNotebooks(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "empty",
		"{":                            "ends in the middle",
		"[]":                           "expected a JSON object",
		"{} {}":                        "something follows",
		"{\n\"a\": x}":                 "line 2",
		`{"cells": []}`:                "nbformat: expected the number 4",
		`{"nbformat": "4"}`:            "nbformat: expected a whole number, found a string",
		`{"nbformat": 3}`:              "format 3, which is older",
		`{"nbformat": 5}`:              "format 5, newer",
		`{"nbformat": 4, "cells": 5}`:  "cells: expected a list, found the number 5",
		`{"nbformat": 4, "cells": []}`: "",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": 1}]}`:                                                             "cells[0].source",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", 1]}]}`:                                                      "cells[0].source[1]",
		`{"nbformat": 4, "cells": [{"cell_type": "heading", "source": "a"}]}`:                                                        "cells[0].cell_type",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": [{}]}]}`:                                           "cells[0].outputs[0].output_type",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": {}}]}`:                                             "cells[0].outputs: expected a list",
		`{"nbformat": 4, "metadata": [], "cells": []}`:                                                                               "metadata: expected an object",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "execution_count": -1}]}`:                                     "execution_count",
		"\xef\xbb\xbf" + `{"nbformat": 4, "nbformat_minor": 2, "cells": [], "metadata": {}}`:                                         "",
		`{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "id": "a b"}, {"cell_type": "raw", "source": "", "id": ""}]}`: "",
	} {
		n, err := Read([]byte(text))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %v, want one that says %q", text, err, want)
		case want == "":
			for _, c := range n.Cells {
				if !validID.MatchString(c.ID) {
					t.Errorf("%s: a cell has the id %q", text, c.ID)
				}
			}
		}
	}
}

func TestWritingIsAtomic(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "n.ipynb")
	n := &Notebook{Cells: []*Cell{{Type: Code, Source: "1"}}}
	for range 2 {
		if err := n.WriteFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := (&Notebook{Metadata: map[string]any{"f": func() {}}}).WriteFile(path); err == nil {
		t.Error("metadata that is no JSON was written")
	}
	if back, err := ReadFile(path); err != nil || len(back.Cells) != 1 {
		t.Errorf("after a failed write the file holds %v, %v", back, err)
	}
	entries, _ := os.ReadDir(folder)
	if len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
	if err := n.WriteFile(filepath.Join(folder, "none", "n.ipynb")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("writing into a folder that does not exist: %v", err)
	}
}

// Whatever can be read can be written, and reads back as the same.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"everything", "empty"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".ipynb"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a"], "attachments": {"a": 1}}], "x": 1e400}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Read(data)
		if err != nil {
			return
		}
		first, err := n.Bytes()
		if err != nil {
			t.Fatal("what was read can't be written:", err)
		}
		again, err := Read(first)
		if err != nil {
			t.Fatalf("what was written can't be read: %v\n%s", err, first)
		}
		second, err := again.Bytes()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("written twice it differs: %v\n%s\n%s", err, first, second)
		}
	})
}
