package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"strings"

	"hillock/stdlib/symbols/internal/docfile"
)

// builtinDocs gives the documentation of what Go predeclares, which is written
// down as a package that no one imports.
func builtinDocs() ([]byte, error) {
	list, err := goList(platforms[0], []string{"builtin"})
	if err != nil {
		return nil, err
	}
	prog := &program{fset: token.NewFileSet(), files: map[string][]*ast.File{}}
	for _, l := range list {
		if l.ImportPath != "builtin" {
			continue
		}
		if prog.files["builtin"], err = prog.parse(l, parser.ParseComments); err != nil {
			return nil, err
		}
	}
	return docData(prog, "builtin", doc.AllDecls)
}

// docData gives a package's documentation. It takes over the package's syntax.
func docData(prog *program, path string, mode doc.Mode) ([]byte, error) {
	pkg, err := doc.NewFromFiles(prog.fset, prog.files[path], path, doc.PreserveAST|mode)
	if err != nil {
		return nil, fmt.Errorf("docs of %s: %w", path, err)
	}
	d := &docs{all: mode&doc.AllDecls != 0, fset: prog.fset, out: docfile.Package{Doc: pkg.Doc, Symbols: map[string]docfile.Symbol{}}}
	d.values(pkg.Consts)
	d.values(pkg.Vars)
	d.funcs("", pkg.Funcs)
	for _, t := range pkg.Types {
		d.typ(t)
	}
	return json.Marshal(d.out)
}

// docs gathers the documentation of a package.
type docs struct {
	all  bool // not only what is exported
	fset *token.FileSet
	out  docfile.Package
}

// text prints a piece of syntax.
func (d *docs) text(node any) string {
	var b bytes.Buffer
	if err := format.Node(&b, d.fset, node); err != nil {
		return ""
	}
	return b.String()
}

// put keeps a symbol's documentation.
func (d *docs) put(name, decl, text string) {
	text = strings.TrimRight(text, "\n")
	if decl != "" || text != "" {
		d.out.Symbols[name] = docfile.Symbol{Decl: decl, Doc: text}
	}
}

// values documents constants or variables: by their own comment, else by that
// of their group.
func (d *docs) values(groups []*doc.Value) {
	for _, group := range groups {
		for _, spec := range group.Decl.Specs {
			spec := spec.(*ast.ValueSpec)
			text := comment(spec.Doc, spec.Comment)
			if text == "" {
				text = group.Doc
			}
			for _, name := range spec.Names {
				if d.all || name.IsExported() {
					d.put(name.Name, "", text)
				}
			}
		}
	}
}

// funcs documents functions, or the methods of a type.
func (d *docs) funcs(receiver string, funcs []*doc.Func) {
	for _, f := range funcs {
		decl := *f.Decl
		decl.Doc, decl.Body = nil, nil
		d.put(receiver+f.Name, d.text(&decl), f.Doc)
	}
}

// typ documents a type with its constants, constructors, methods and fields.
func (d *docs) typ(t *doc.Type) {
	d.values(t.Consts)
	d.values(t.Vars)
	d.funcs("", t.Funcs)
	d.funcs(t.Name+".", t.Methods)
	decl := *t.Decl
	decl.Doc = nil
	if len(decl.Specs) == 1 {
		if spec, ok := decl.Specs[0].(*ast.TypeSpec); ok {
			bare := *spec
			bare.Doc = nil
			decl.Specs = []ast.Spec{&bare}
			decl.Lparen, decl.Rparen = token.NoPos, token.NoPos
			d.fields(t.Name, spec.Type)
		}
	}
	d.put(t.Name, d.text(&decl), t.Doc)
}

// fields documents a struct's fields or an interface's methods.
func (d *docs) fields(owner string, expr ast.Expr) {
	var list *ast.FieldList
	switch expr := expr.(type) {
	case *ast.StructType:
		list = expr.Fields
	case *ast.InterfaceType:
		list = expr.Methods
	}
	if list == nil {
		return
	}
	for _, field := range list.List {
		text := comment(field.Doc, field.Comment)
		if text == "" {
			continue
		}
		for _, name := range field.Names {
			d.put(owner+"."+name.Name, "", text)
		}
		if len(field.Names) == 0 {
			d.put(owner+"."+embeddedName(field.Type), "", text)
		}
	}
}

// embeddedName is the name of an embedded field.
func embeddedName(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.StarExpr:
		return embeddedName(expr.X)
	case *ast.SelectorExpr:
		return expr.Sel.Name
	case *ast.IndexExpr:
		return embeddedName(expr.X)
	}
	return ""
}

// comment joins what stands above a declaration and behind it.
func comment(above, behind *ast.CommentGroup) string {
	a, b := strings.TrimSpace(above.Text()), strings.TrimSpace(behind.Text())
	if a != "" && b != "" {
		return a + "\n" + b
	}
	return a + b
}
