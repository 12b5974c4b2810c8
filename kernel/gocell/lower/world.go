package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"sort"
)

// Config says how a World lowers.
type Config struct {
	// GenericSource gives the Go source of a standard package whose generic
	// functions can't be called compiled: file name → text. ok is false for a
	// package that needs none. Nil stands for no such package.
	GenericSource func(path string) (files map[string]string, ok bool)
	// Importer finds the packages that generic sources import: the one that the
	// units were checked with.
	Importer types.Importer
}

// World remembers what earlier units of a program or notebook declared. It is
// not safe for concurrent use.
type World struct {
	config Config
	state  *state
	shared *generics
}

// NewWorld returns a world without units.
func NewWorld(config Config) *World {
	return &World{config: config, state: newState(nil), shared: newGenerics(config)}
}

// Lower turns a checked unit into source text for yaegi. The world is as it
// was until the result is committed. The error is an *UnsupportedError where a
// construct can't be run right.
func (w *World) Lower(u *Unit) (result *Lowered, err error) {
	e := &emitter{
		world:   w,
		state:   newState(w.state),
		unit:    u,
		imports: map[string]string{},
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *UnsupportedError:
			result, err = nil, r
		default:
			panic(r)
		}
	}()
	e.lowerUnit()
	state := e.state
	text, places := e.text()
	state.places[e.sourceName()] = places
	// Emitted names are never used twice, even if the unit is not committed: the
	// interpreter may have seen them.
	w.state.counter = max(w.state.counter, state.counter)
	return &Lowered{
		Sources: []Source{{Name: e.sourceName(), Text: text}},
		Entry:   e.entry + "()",
		commit: func() {
			if state != nil {
				w.state.absorb(state)
				state = nil
			}
		},
	}, nil
}

// source is a checked package that functions are lowered from.
type source struct {
	fset *token.FileSet
	info *types.Info
	pkg  *types.Package
	name func(token.Position) string // how positions name its files
	cell bool                        // functions may be declared again later
}

// function is a function's declaration and where it comes from.
type function struct {
	decl *ast.FuncDecl
	src  *source
}

// state is what is known of units: a layer over the committed one.
type state struct {
	below   *state
	counter int
	names   map[types.Object]string
	keys    map[string]string // key of a type, instance, dispatcher → its emitted name
	ids     map[*types.TypeName]int
	slots   map[string]int
	funcs   map[*types.Func]*function
	own     map[*types.Package]bool
	places  map[string][]place // of emitted files
	// described are the types with methods by the names of their descriptors.
	described map[string]types.Type
}

func newState(below *state) *state {
	s := &state{
		below:  below,
		names:  map[types.Object]string{},
		keys:   map[string]string{},
		ids:    map[*types.TypeName]int{},
		slots:  map[string]int{},
		funcs:  map[*types.Func]*function{},
		own:    map[*types.Package]bool{},
		places: map[string][]place{},

		described: map[string]types.Type{},
	}
	if below != nil {
		s.counter = below.counter
	}
	return s
}

// absorb takes over what a layer above has learnt.
func (s *state) absorb(above *state) {
	s.counter = max(s.counter, above.counter)
	maps.Copy(s.names, above.names)
	maps.Copy(s.keys, above.keys)
	maps.Copy(s.ids, above.ids)
	maps.Copy(s.slots, above.slots)
	maps.Copy(s.funcs, above.funcs)
	maps.Copy(s.own, above.own)
	maps.Copy(s.places, above.places)
	maps.Copy(s.described, above.described)
}

func (s *state) next() int {
	s.counter++
	return s.counter
}

func lookup[K comparable, V any](s *state, in func(*state) map[K]V, key K) (V, bool) {
	for ; s != nil; s = s.below {
		if v, ok := in(s)[key]; ok {
			return v, true
		}
	}
	var zero V
	return zero, false
}

func (s *state) name(obj types.Object) (string, bool) {
	return lookup(s, func(s *state) map[types.Object]string { return s.names }, obj)
}

func (s *state) key(key string) (string, bool) {
	return lookup(s, func(s *state) map[string]string { return s.keys }, key)
}

func (s *state) function(fn *types.Func) (*function, bool) {
	return lookup(s, func(s *state) map[*types.Func]*function { return s.funcs }, fn)
}

func (s *state) isOwn(pkg *types.Package) bool {
	own, _ := lookup(s, func(s *state) map[*types.Package]bool { return s.own }, pkg)
	return own
}

// id numbers a declared type.
func (s *state) id(obj *types.TypeName) int {
	if id, ok := lookup(s, func(s *state) map[*types.TypeName]int { return s.ids }, obj); ok {
		return id
	}
	s.ids[obj] = s.next()
	return s.ids[obj]
}

// slot numbers a method name with a signature, for the tables of methods.
func (s *state) slot(key string) int {
	if slot, ok := lookup(s, func(s *state) map[string]int { return s.slots }, key); ok {
		return slot
	}
	n := 0
	for at := s; at != nil; at = at.below {
		n += len(at.slots)
	}
	s.slots[key] = n
	return n
}

// NameOf gives the emitted name of a package-level object, for tests and tools.
func (w *World) NameOf(obj types.Object) (string, bool) { return w.state.name(obj) }

// Position leads a line of emitted text back to the unit that it comes from:
// the unit's or file's name and the line in it, that of the function around it.
// It says false for text of no unit.
func (w *World) Position(source string, line int) (name string, at int, ok bool) {
	places := w.state.places[source]
	i := sort.Search(len(places), func(i int) bool { return places[i].from > line })
	if i == 0 || places[i-1].name == "" {
		return "", 0, false
	}
	return places[i-1].name, places[i-1].line, true
}

func identifier(name string) string {
	if name == "_" || name == "" {
		return "blank"
	}
	return name
}

func (s *state) fresh(name string) string {
	return fmt.Sprintf("%s_%d", identifier(name), s.next())
}
