package magic

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		code string
		want []string // line name|text; Go is written without its empty lines
	}{
		{"x := 1", []string{"1 |x := 1"}},
		{"", []string{"1 |"}},
		{"%time f(1)", []string{"1 %time|f(1)"}},
		{"%%time\nx := 1", []string{"1 %time|", "2 |x := 1"}},
		{"x := 1\n!ls -l | wc\ny := 2", []string{"1 |x := 1\n", "2 !|ls -l | wc", "3 |y := 2"}},
		{"fmt.Println?", []string{"1 ?|fmt.Println"}},
		{"gonum.org/v1/gonum/mat??", []string{"1 ?|gonum.org/v1/gonum/mat"}},
		{"größe?", []string{"1 ?|größe"}},
		{"  %vars  ", []string{"1 %vars|"}},
		{"s := `\n%time\n!ls\nx?\n`", []string{"1 |s := `\n%time\n!ls\nx?\n`"}},
		{"/*\n%time\n*/\nx := 1", []string{"1 |/*\n%time\n*/\nx := 1"}},
		{"// it's\n!echo it's \"\n`raw\n!no`\n%vars", []string{"1 |// it's\n", "2 !|echo it's \"", "3 |`raw\n!no`\n", "5 %vars|"}},
		{"ok := a &&\n!b", []string{"1 |ok := a &&\n!b"}},
		{"x := 7 %\n3", []string{"1 |x := 7 %\n3"}},
		{"f(\n!ok,\n)", []string{"1 |f(\n!ok,\n)"}},
		{"func f() bool {\nreturn true\n}\n!date", []string{"1 |func f() bool {\nreturn true\n}\n", "4 !|date"}},
		{"%nonsense", []string{"1 %nonsense|"}},
		{"%", []string{"1 %|"}},
		{"x?1:2", []string{"1 |x?1:2"}},
		{"%env A=b c", []string{"1 %env|A=b c"}},
	}
	for _, test := range tests {
		var got []string
		for _, p := range Split(test.code) {
			text := p.Text
			if p.Name == "" {
				text = strings.TrimPrefix(text, strings.Repeat("\n", p.Line-1))
			}
			got = append(got, fmt.Sprintf("%d %s|%s", p.Line, p.Name, text))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, expected %q", test.code, got, test.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("x := 1\n!ls\n%time f()\ny?")
	f.Add("`\n%a")
	f.Fuzz(func(t *testing.T, code string) {
		lines := strings.Split(code, "\n")
		for _, p := range Split(code) {
			if p.Line < 1 || p.Line > len(lines) {
				t.Fatalf("%q: a part at line %d", code, p.Line)
			}
			if p.Name != "" {
				if !strings.Contains(lines[p.Line-1], p.Text) {
					t.Errorf("%q: %q is not on line %d", code, p.Text, p.Line)
				}
				continue
			}
			// Every line of Go stands where it stood.
			for i, line := range strings.Split(p.Text, "\n") {
				if line != "" && !strings.HasSuffix(lines[i], line) {
					t.Errorf("%q: line %d became %q", code, i+1, line)
				}
			}
		}
	})
}
