package nb

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// exportOf exports code cells.
func exportOf(cells ...string) (string, error) {
	n := &Notebook{}
	for _, c := range cells {
		n.Cells = append(n.Cells, &Cell{Type: Code, Source: c})
	}
	text, err := n.Export("test.ipynb")
	return string(text), err
}

func TestExportRefusesWhatAProgramCantDo(t *testing.T) {
	for _, x := range []struct {
		cells []string
		want  string
	}{
		{[]string{"x := 1", "x + missing"}, "cell 2: cell[2]:1:5: undefined: missing"},
		{[]string{"x :="}, "cell 1: "},
		{[]string{"type P int\nfunc (P) M() int { return 1 }", "func (P) M() int { return 2 }"}, "P.M is declared in two cells"},
		{[]string{"import \"encoding/binary\"\norder := binary.LittleEndian"}, "can't be named outside of its package"},
	} {
		if text, err := exportOf(x.cells...); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: error %v, want %q\n%s", x.cells, err, x.want, text)
		}
	}
}

func TestExportKeepsTextAndSkipsWhatIsNotRun(t *testing.T) {
	n := &Notebook{Cells: []*Cell{
		{Type: Markdown, Source: "# Title\n\nwith *text*"},
		{Type: Code, Source: "// how many\nx := 1 // of them\n\n\ny := 2"},
		{Type: Code, Source: "z := missing", Metadata: map[string]any{"tags": []any{"skip-execution"}}},
		{Type: Raw, Source: "raw"},
		{Type: Code, Source: " \n"},
		{Type: Markdown, Source: "The end."},
	}}
	text, err := n.Export("n.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"// # Title\n//\n// with *text*\n", "\t// how many\n\tx = 1 // of them\n\n\ty = 2\n", "// The end.", "var (\n\tx int\n\ty int\n)",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the program lacks %q:\n%s", want, text)
		}
	}
	for _, unwanted := range []string{"missing", "raw", "cell2", "import"} {
		if strings.Contains(string(text), unwanted) {
			t.Errorf("the program holds %q:\n%s", unwanted, text)
		}
	}
}

// Whatever cells hold, export gives an error or a program that parses.
func FuzzExport(f *testing.F) {
	files, err := filepath.Glob("../../testdata/export/*.txt")
	if err != nil || len(files) == 0 {
		f.Fatal("no notebooks to export", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		cells := strings.Split(string(data), "\n----\n")
		for i := 1; i < len(cells); i++ {
			f.Add(cells[i-1], cells[i])
		}
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		text, err := exportOf(first, second)
		if err != nil {
			return
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", text, 0); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	})
}
