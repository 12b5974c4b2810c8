// Quotes keeps the numbers that texts quote the same as those in the results
// files of the studies. In a Markdown cell of notebooks/NAME.ipynb, or in a
// Markdown file,
//
//	the error is 6.3<!-- PRD, 4D --> %
//
// quotes the metric "PRD, 4D" of notebooks/results/NAME.json, rounded as it
// stands; <!-- @autoencoders PRD, 4D --> quotes that of another study, and
// <!-- paper: PRD, 4D --> the paper's number.
//
//	go run ./scripts/quotes                 says what differs
//	go run ./scripts/quotes -write [FILE…]  writes the numbers into the texts
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"hillock/kernel/nb"
)

func main() {
	write := flag.Bool("write", false, "write the numbers of the results files into the texts")
	flag.Parse()
	files := flag.Args()
	if len(files) == 0 {
		files = texts(".")
	}
	wrong := 0
	for _, file := range files {
		q := quoter{results: filepath.Join("notebooks", "results"), loaded: map[string]map[string]metric{}}
		differences, err := q.file(file, *write)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		for _, d := range differences {
			fmt.Printf("%s: %s\n", file, d)
		}
		wrong += len(differences)
	}
	if wrong > 0 && !*write {
		os.Exit(1)
	}
}

// texts lists the files whose texts may quote results, below the project's root.
func texts(root string) []string {
	var files []string
	for _, pattern := range []string{"*.md", "notebooks/*.md", "notebooks/*.ipynb"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern)) // the patterns are well formed
		files = append(files, found...)
	}
	return files
}

type metric struct {
	Value float64  `json:"value"`
	Paper *float64 `json:"paper"`
}

// quoter replaces quoted numbers by those of the results files.
type quoter struct {
	results string // the folder of the results files
	loaded  map[string]map[string]metric
}

// file checks the quotes of a file, and writes the right ones if asked to. It
// gives a line for each that differed.
func (q *quoter) file(path string, write bool) ([]string, error) {
	if !strings.HasSuffix(path, ".ipynb") {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		right, differences, err := q.text("", string(text))
		if err == nil && write && len(differences) > 0 {
			err = nb.WriteWhole(path, []byte(right))
		}
		return differences, err
	}
	n, err := nb.ReadFile(path)
	if err != nil {
		return nil, err
	}
	study := strings.TrimSuffix(filepath.Base(path), ".ipynb")
	var all []string
	for _, c := range n.Cells {
		if c.Type != nb.Markdown {
			continue
		}
		right, differences, err := q.text(study, c.Source)
		if err != nil {
			return all, fmt.Errorf("%s: %w", path, err)
		}
		c.Source = right
		all = append(all, differences...)
	}
	if write && len(all) > 0 {
		return all, n.WriteFile(path)
	}
	return all, nil
}

var quote = regexp.MustCompile(`([-−+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)<!--\s*(?:@(\S+)\s+)?(paper:\s*)?(.+?)\s*-->`)

// text gives a text with the right numbers, and what differed.
func (q *quoter) text(study, text string) (right string, differences []string, err error) {
	right = quote.ReplaceAllStringFunc(text, func(whole string) string {
		part := quote.FindStringSubmatch(whole)
		number, of, paper, name := part[1], part[2], part[3] != "", part[4]
		if of == "" {
			of = study
		}
		value, e := q.value(of, name, paper)
		if e != nil {
			if err == nil {
				err = e
			}
			return whole
		}
		if is := format(value, number); is != number {
			differences = append(differences, fmt.Sprintf("%q is quoted as %s and is %s", name, number, is))
			return is + whole[len(number):]
		}
		return whole
	})
	return right, differences, err
}

// value looks a metric up.
func (q *quoter) value(study, name string, paper bool) (float64, error) {
	if study == "" {
		return 0, fmt.Errorf("the quote of %q names no study; write <!-- @study %s -->", name, name)
	}
	if q.loaded[study] == nil {
		content, err := os.ReadFile(filepath.Join(q.results, study+".json"))
		if err != nil {
			return 0, err
		}
		var file struct {
			Seconds float64           `json:"seconds"`
			Metrics map[string]metric `json:"metrics"`
		}
		if err := json.Unmarshal(content, &file); err != nil {
			return 0, fmt.Errorf("results of %s: %w", study, err)
		}
		if file.Metrics == nil {
			file.Metrics = map[string]metric{}
		}
		q.loaded[study] = file.Metrics
		q.loaded[study]["seconds"] = metric{Value: file.Seconds}
		q.loaded[study]["minutes"] = metric{Value: file.Seconds / 60}
	}
	m, ok := q.loaded[study][name]
	switch {
	case !ok:
		return 0, fmt.Errorf("the results of %s have no metric %q", study, name)
	case paper && m.Paper == nil:
		return 0, fmt.Errorf("the metric %q of %s has no number of the paper", name, study)
	case paper:
		return *m.Paper, nil
	}
	return m.Value, nil
}

// format writes a value in the way in which a number is written: as many
// decimals, an exponent, a sign, commas between thousands.
func format(value float64, like string) string {
	mantissa, _, exponent := strings.Cut(like, "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	verb := byte('f')
	if exponent {
		verb = 'e'
	}
	s := strconv.FormatFloat(math.Abs(value), verb, len(decimals), 64)
	if strings.Contains(like, ",") || value >= 10_000 && verb == 'f' {
		whole, rest, dot := strings.Cut(s, ".")
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
		s = whole
		if dot {
			s += "." + rest
		}
	}
	zero := strings.Trim(s, "0.,e+-") == ""
	switch {
	case value < 0 && !zero && strings.HasPrefix(like, "-"):
		return "-" + s
	case value < 0 && !zero:
		return "−" + s
	case strings.HasPrefix(like, "+"):
		return "+" + s
	}
	return s
}
