package complete

import (
	"go/types"

	"hillock/kernel/gocell"
)

// Of gives the state of a session as its type checker sees it. value gives the
// value of a live variable in a few words; nil when values are not at hand.
func Of(world *gocell.World, value func(name string) (string, bool)) State {
	return worldState{world, value}
}

type worldState struct {
	world *gocell.World
	value func(name string) (string, bool)
}

var (
	_ Documenter = worldState{}
	_ Valuer     = worldState{}
	_ Reader     = worldState{}
)

func (s worldState) Imports() []Import {
	var list []Import
	for _, im := range s.world.Imports() {
		list = append(list, Import(im))
	}
	return list
}

func (s worldState) Objects() []types.Object {
	var list []types.Object
	for _, d := range s.world.Objects() {
		list = append(list, d.Object)
	}
	return list
}

func (s worldState) Read(f func()) { s.world.Read(f) }

func (s worldState) Importer() types.Importer { return s.world.Importer() }

func (s worldState) Document(obj types.Object) (comment, source string) {
	comment, _ = s.world.Document(obj)
	return comment, s.world.Source(obj)
}

func (s worldState) Value(name string) (string, bool) {
	if s.value == nil {
		return "", false
	}
	return s.value(name)
}
