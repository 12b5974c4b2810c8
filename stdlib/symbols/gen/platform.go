package main

import (
	"bytes"
	"fmt"
	"go/format"
	"go/types"
	"slices"
)

// platformConstants gives the constants ("os.PathSeparator") whose values
// depend on the platform. Any other difference between the platforms' APIs is
// an error: such a package can't be offered with one set of tables.
func platformConstants(paths []string) (map[string]bool, error) {
	var first map[string]string
	differs := map[string]bool{}
	for _, p := range platforms {
		prog, err := load(p, paths)
		if err != nil {
			return nil, err
		}
		all := map[string]string{}
		for _, path := range paths {
			for key, value := range api(prog.packages[path]) {
				all[key] = value
			}
		}
		if first == nil {
			first = all
			continue
		}
		for key, value := range all {
			if value == first[key] {
				continue
			}
			if !isConstant(value) || !isConstant(first[key]) {
				return nil, fmt.Errorf("%s is %q on %s/%s but %q on %s/%s", key,
					value, p.os, p.arch, first[key], platforms[0].os, platforms[0].arch)
			}
			differs[key] = true
		}
		for key := range first {
			if _, ok := all[key]; !ok {
				return nil, fmt.Errorf("%s is missing on %s/%s", key, p.os, p.arch)
			}
		}
	}
	return differs, nil
}

// platformFile writes the constants whose values depend on the platform, for
// the importer: the embedded type data has those of the first platform.
func platformFile(prog *program, differs map[string]bool) ([]byte, error) {
	im := newImports()
	im.used["constant"], im.used["types"] = true, true
	im.names["go/constant"], im.names["go/types"] = "constant", "types"
	var list bytes.Buffer
	for _, pkg := range sortedPackages(prog) {
		for _, name := range pkg.Scope().Names() {
			if !differs[pkg.Path()+"."+name] {
				continue
			}
			obj := pkg.Scope().Lookup(name).(*types.Const)
			basic, ok := obj.Type().(*types.Basic)
			if !ok {
				return nil, fmt.Errorf("%s.%s: value of a named type depends on the platform", pkg.Path(), name)
			}
			full := im.name(pkg) + "." + name
			value := "constant.MakeInt64(int64(" + full + "))"
			if basic.Info()&types.IsString != 0 {
				value = "constant.MakeString(" + full + ")"
			}
			fmt.Fprintf(&list, "{%q, %q, types.%s, %s},\n", pkg.Path(), name, basicKinds[basic.Kind()], value)
		}
	}
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString("package symbols\n\n")
	im.write(&b)
	b.WriteString(`// platformConstants are the constants whose values depend on the platform.
func platformConstants() []platformConstant {
	return []platformConstant{
`)
	b.Write(list.Bytes())
	b.WriteString("}\n}\n")
	return format.Source(b.Bytes())
}

var basicKinds = map[types.BasicKind]string{
	types.Int: "Int", types.String: "String", types.UntypedInt: "UntypedInt",
	types.UntypedRune: "UntypedRune", types.UntypedString: "UntypedString",
}

// sortedPackages gives the packages that were asked for, by path.
func sortedPackages(prog *program) []*types.Package {
	var list []*types.Package
	for path := range prog.files {
		list = append(list, prog.packages[path])
	}
	slices.SortFunc(list, func(a, b *types.Package) int {
		if a.Path() < b.Path() {
			return -1
		}
		return 1
	})
	return list
}

// isConstant says whether an API entry is a constant's.
func isConstant(entry string) bool { return len(entry) > 6 && entry[:6] == "const " }
