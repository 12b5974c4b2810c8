package symbols

import (
	"archive/zip"
	"bytes"
	"embed"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"io"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

//go:embed data
var data embed.FS

// groups are the archives that the data is split into, by what changes when.
var groups = []string{"std", "gonum", "hillock"}

// archive finds files in the embedded archives of one kind ("types" or "docs").
type archive struct {
	kind  string
	once  sync.Once
	files map[string]*zip.File
}

// read gives a file's content, or false when there is no such file.
func (a *archive) read(name string) ([]byte, bool, error) {
	a.once.Do(func() {
		a.files = map[string]*zip.File{}
		for _, group := range groups {
			content, err := data.ReadFile("data/" + a.kind + "_" + group + ".zip")
			if err != nil {
				continue
			}
			r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
			if err != nil {
				continue
			}
			for _, f := range r.File {
				a.files[f.Name] = f
			}
		}
	})
	f, ok := a.files[name]
	if !ok {
		return nil, false, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, true, fmt.Errorf("embedded %s of %s: %w", a.kind, name, err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, true, fmt.Errorf("embedded %s of %s: %w", a.kind, name, err)
	}
	return content, true, nil
}

// typeData are the packages' types in the export format of x/tools.
var typeData = archive{kind: "types"}

// platformConstant is a constant whose value depends on the platform.
type platformConstant struct {
	path, name string
	kind       types.BasicKind
	value      constant.Value
}

// TypeImporter gives type data of packages, each read when it is first asked
// for. All packages of one importer share their types; their objects have no
// positions. It is safe for use by several goroutines.
type TypeImporter struct {
	mu       sync.Mutex
	packages map[string]*types.Package
}

// NewImporter gives an importer with types of its own.
func NewImporter() *TypeImporter {
	return &TypeImporter{packages: map[string]*types.Package{}}
}

var shared = sync.OnceValue(NewImporter)

// Importer gives the importer of the process. Types have an identity, so all
// that compares types must get them from the same importer.
func Importer() types.Importer { return shared() }

// Import gives the types of the package at path, or an error when cells can't
// import it.
func (im *TypeImporter) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if pkg := im.packages[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	content, ok, err := typeData.read(path)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("package %s is not available in notebooks", path)
	}
	im.addPlatformConstants(path)
	pkg, err := gcexportdata.Read(bytes.NewReader(content), token.NewFileSet(), im.packages, path)
	if err != nil {
		return nil, fmt.Errorf("type data of %s: %w", path, err)
	}
	return pkg, nil
}

// addPlatformConstants puts this platform's constants into a package that is
// about to be read: the reader keeps what is there already.
func (im *TypeImporter) addPlatformConstants(path string) {
	for _, c := range platformConstants() {
		if c.path != path {
			continue
		}
		pkg := im.packages[path]
		if pkg == nil {
			name, _ := Name(path)
			pkg = types.NewPackage(path, name)
			im.packages[path] = pkg
		}
		pkg.Scope().Insert(types.NewConst(token.NoPos, pkg, c.name, types.Typ[c.kind], c.value))
	}
}
