package magic

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"hillock/kernel/gocell/complete"
)

// doc shows the documentation of a name.
func (r *Runner) doc(_ context.Context, c call) Result {
	if c.text == "" {
		return failed(errNoArgument("%doc", "%doc fmt.Println"))
	}
	var about complete.Description
	known := false
	if r.Document != nil {
		about, known = r.Document(c.text)
	}
	if !known {
		return failed(fmt.Errorf("nothing is known of %s", c.text))
	}
	result := done()
	result.Pages = []Page{{Plain: about.Plain, Markdown: about.Markdown}}
	return result
}

// vars lists the variables of the session.
func (r *Runner) vars(context.Context, call) Result {
	variables := r.Session.Vars()
	if len(variables) == 0 {
		fmt.Fprintln(r.Stdout, "no variables")
		return done()
	}
	table := tabwriter.NewWriter(r.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "name\ttype\tsize\tvalue")
	for _, v := range variables {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", v.Name, v.Type, size(v.Size), v.Value)
	}
	if err := table.Flush(); err != nil {
		return failed(fmt.Errorf("list the variables: %w", err))
	}
	return done()
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%d B", n)
	}
}

// reset forgets everything.
func (r *Runner) reset(context.Context, call) Result {
	if err := r.Session.Reset(); err != nil {
		return failed(fmt.Errorf("reset: %w", err))
	}
	return done()
}

// env lists, shows and sets variables of the environment.
func (r *Runner) env(_ context.Context, c call) Result {
	name, value, set := strings.Cut(c.text, "=")
	name = strings.TrimSpace(name)
	switch {
	case c.text == "":
		for _, setting := range slices.Sorted(slices.Values(os.Environ())) {
			fmt.Fprintln(r.Stdout, setting)
		}
	case set:
		if err := os.Setenv(name, strings.TrimSpace(value)); err != nil {
			return failed(fmt.Errorf("%%env %s: %w", c.text, err))
		}
	default:
		value, ok := os.LookupEnv(name)
		if !ok {
			return failed(fmt.Errorf("%s is not set; %%env %s=VALUE sets it", name, name))
		}
		fmt.Fprintln(r.Stdout, value)
	}
	return done()
}

// changeDir changes the working directory, to the home directory if none is
// named, and says where that is.
func (r *Runner) changeDir(_ context.Context, c call) Result {
	dir := strings.Trim(c.text, `"'`)
	if dir == "" || dir == "~" || strings.HasPrefix(dir, "~/") {
		home, err := os.UserHomeDir()
		if err != nil {
			return failed(fmt.Errorf("%%cd: %w", err))
		}
		dir = filepath.Join(home, strings.TrimPrefix(dir, "~"))
	}
	if err := os.Chdir(dir); err != nil {
		return failed(fmt.Errorf("%%cd: %w", err))
	}
	if dir, err := os.Getwd(); err == nil {
		fmt.Fprintln(r.Stdout, dir)
	}
	return done()
}

// help says what a cell can do.
func (r *Runner) help(context.Context, call) Result {
	var plain, markdown strings.Builder
	markdown.WriteString("A cell is Go: imports, declarations and statements in any order; the value of a last expression is shown. " +
		"`ctx` is the running cell's context, `must(v, err)` gives v or ends the cell. On lines of their own:\n\n")
	for _, name := range slices.Sorted(maps.Keys(complete.Magics)) {
		fmt.Fprintf(&markdown, "- %s\n", complete.Magics[name])
	}
	markdown.WriteString("- `!COMMAND` runs a command of the shell; an interrupt ends it.\n" +
		"- `NAME?` or `?NAME` shows the documentation of a name, as Shift-Tab does.\n")
	plain.WriteString(strings.ReplaceAll(markdown.String(), "`", ""))
	fmt.Fprint(r.Stdout, plain.String())
	return done()
}
