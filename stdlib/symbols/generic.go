package symbols

import (
	"embed"
	"strings"
)

//go:embed generic/*.txt
var genericFiles embed.FS

// GenericSource gives the source, one Go file, of the generic functions and
// types of a package, which have no compiled symbols: it is checked as a package
// of the same name and lowered like code of a cell. The file imports only
// packages that cells can import, and possibly the package itself for what is
// not generic in it. A generic name that the source does not declare can't be
// used in cells. It says false when the package has no generic names that can.
func GenericSource(path string) (string, bool) {
	name := strings.NewReplacer("/", "_", ".", "_").Replace(path)
	text, err := genericFiles.ReadFile("generic/" + name + ".go.txt")
	return string(text), err == nil
}
