package main

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// unfit are packages of the standard library that cells can't import: they
// exist on some platforms only, need cgo, or have no use in a notebook.
var unfit = []string{
	"crypto/mlkem/mlkemtest", "log/syslog", "plugin", "runtime/cgo", "runtime/coverage", "runtime/race",
	"syscall", "testing/cryptotest", "time/tzdata", "unsafe",
}

// gonum are the packages of gonum and gonum/plot that cells can import.
var gonum = []string{
	"gonum.org/v1/gonum/blas",
	"gonum.org/v1/gonum/blas/blas64",
	"gonum.org/v1/gonum/blas/cblas128",
	"gonum.org/v1/gonum/cmplxs",
	"gonum.org/v1/gonum/diff/fd",
	"gonum.org/v1/gonum/dsp/fourier",
	"gonum.org/v1/gonum/dsp/transform",
	"gonum.org/v1/gonum/dsp/window",
	"gonum.org/v1/gonum/floats",
	"gonum.org/v1/gonum/floats/scalar",
	"gonum.org/v1/gonum/integrate",
	"gonum.org/v1/gonum/integrate/quad",
	"gonum.org/v1/gonum/interp",
	"gonum.org/v1/gonum/lapack",
	"gonum.org/v1/gonum/lapack/lapack64",
	"gonum.org/v1/gonum/mat",
	"gonum.org/v1/gonum/mathext",
	"gonum.org/v1/gonum/mathext/prng",
	"gonum.org/v1/gonum/num/dual",
	"gonum.org/v1/gonum/num/hyperdual",
	"gonum.org/v1/gonum/num/quat",
	"gonum.org/v1/gonum/optimize",
	"gonum.org/v1/gonum/optimize/convex/lp",
	"gonum.org/v1/gonum/optimize/functions",
	"gonum.org/v1/gonum/spatial/kdtree",
	"gonum.org/v1/gonum/spatial/r1",
	"gonum.org/v1/gonum/spatial/r2",
	"gonum.org/v1/gonum/spatial/r3",
	"gonum.org/v1/gonum/spatial/vptree",
	"gonum.org/v1/gonum/stat",
	"gonum.org/v1/gonum/stat/combin",
	"gonum.org/v1/gonum/stat/distmat",
	"gonum.org/v1/gonum/stat/distmv",
	"gonum.org/v1/gonum/stat/distuv",
	"gonum.org/v1/gonum/stat/mds",
	"gonum.org/v1/gonum/stat/sampleuv",
	"gonum.org/v1/gonum/stat/samplemv",
	"gonum.org/v1/gonum/stat/spatial",
	"gonum.org/v1/gonum/unit",
	"gonum.org/v1/gonum/unit/constant",
	"gonum.org/v1/plot",
	"gonum.org/v1/plot/font",
	"gonum.org/v1/plot/font/liberation",
	"gonum.org/v1/plot/palette",
	"gonum.org/v1/plot/palette/brewer",
	"gonum.org/v1/plot/palette/moreland",
	"gonum.org/v1/plot/plotter",
	"gonum.org/v1/plot/plotutil",
	"gonum.org/v1/plot/text",
	"gonum.org/v1/plot/tools/bezier",
	"gonum.org/v1/plot/vg",
	"gonum.org/v1/plot/vg/draw",
	"gonum.org/v1/plot/vg/recorder",
	"gonum.org/v1/plot/vg/vgimg",
	"gonum.org/v1/plot/vg/vgpdf",
	"gonum.org/v1/plot/vg/vgsvg",
}

// group is a set of packages whose tables and data are generated together.
type group struct {
	name  string
	paths []string
}

// groups lists what cells can import, or only the group of a name. Packages of
// hillock are found, not listed.
func groups(only string) ([]group, error) {
	std, err := list("std")
	if err != nil {
		return nil, err
	}
	std = slices.DeleteFunc(std, func(path string) bool { return isInternal(path) || slices.Contains(unfit, path) })
	own, err := list("hillock/stdlib/...")
	if err != nil {
		return nil, err
	}
	own = slices.DeleteFunc(own, func(path string) bool {
		return isInternal(path) || path == "hillock/stdlib/symbols" || strings.HasPrefix(path, "hillock/stdlib/symbols/")
	})
	all := []group{{"std", std}, {"gonum", gonum}, {"hillock", own}}
	if only == "" {
		return all, nil
	}
	all = slices.DeleteFunc(all, func(g group) bool { return g.name != only })
	if len(all) == 0 {
		return nil, fmt.Errorf("no group %q; there are std, gonum and hillock", only)
	}
	return all, nil
}

// list gives the packages that match a pattern and are not commands.
func list(pattern string) ([]string, error) {
	out, err := exec.Command("go", "list", "-e", "-f", `{{if ne .Name "main"}}{{.ImportPath}}{{end}}`, pattern).Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", pattern, err)
	}
	return strings.Fields(string(out)), nil
}
