// Package docfile is the form in which documentation is embedded.
package docfile

// Package is the documentation of one package.
type Package struct {
	Doc     string            `json:"doc,omitempty"`
	Symbols map[string]Symbol `json:"symbols,omitempty"` // "Name" or "Type.Member"
}

// Symbol is the documentation of one name.
type Symbol struct {
	Decl string `json:"decl,omitempty"` // of functions, methods and types
	Doc  string `json:"doc,omitempty"`
}
