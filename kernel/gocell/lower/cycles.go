package lower

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
)

// yaegi builds struct types that contain themselves, but not rings of several.
// A ring is broken at a field, which is emitted as interface{}.

// edge leads from a struct to one that a field's type mentions.
type edge struct {
	from, to string
	field    int
	rank     int // how well the field can be held as interface{}; less is better
}

const unbreakable = 100

// breakRings decides which fields of the structs that s leads to are broken.
func (e *emitter) breakRings(s *types.Struct) {
	edges := map[string][]edge{}
	e.collectEdges(s, edges)
	for {
		ring := findRing(edges)
		if ring == nil {
			return
		}
		best := ring[0]
		for _, x := range ring[1:] {
			if x.rank < best.rank {
				best = x
			}
		}
		if best.rank == unbreakable {
			return
		}
		e.state.keys[brokenKey(best.from, best.field)] = "broken"
		var kept []edge
		for _, x := range edges[best.from] {
			if x.field != best.field {
				kept = append(kept, x)
			}
		}
		edges[best.from] = kept
	}
}

func brokenKey(structKey string, field int) string {
	return fmt.Sprintf("broken:%s#%d", structKey, field)
}

// isBroken says whether a field is held as interface{} to break a ring.
func (e *emitter) isBroken(s *types.Struct, field int) bool {
	e.structName(s)
	_, ok := e.state.key(brokenKey(e.key(s), field))
	return ok
}

func (e *emitter) collectEdges(s *types.Struct, edges map[string][]edge) {
	key := e.key(s)
	if _, ok := edges[key]; ok {
		return
	}
	edges[key] = []edge{}
	if _, ok := e.state.key("struct:" + key); ok {
		return // decided before
	}
	for i := range s.NumFields() {
		t := s.Field(i).Type()
		rank := unbreakable
		switch t.Underlying().(type) {
		case *types.Pointer:
			rank = 0
		case *types.Signature:
			rank = 1
		case *types.Chan:
			rank = 2
		case *types.Slice:
			rank = 3
		case *types.Map:
			rank = 4
		}
		e.structsIn(t, map[types.Type]bool{}, func(to *types.Struct) {
			edges[key] = append(edges[key], edge{from: key, to: e.key(to), field: i, rank: rank})
			e.collectEdges(to, edges)
		})
	}
}

// structsIn visits the nearest struct types that a type mentions.
func (e *emitter) structsIn(t types.Type, seen map[types.Type]bool, visit func(*types.Struct)) {
	t = types.Unalias(t)
	if seen[t] {
		return
	}
	seen[t] = true
	switch t := t.(type) {
	case *types.Named:
		if e.isOwn(t) && !e.isRecursive(t) {
			e.structsIn(t.Underlying(), seen, visit)
		}
	case *types.Struct:
		visit(t)
	case *types.Pointer:
		e.structsIn(t.Elem(), seen, visit)
	case *types.Slice:
		e.structsIn(t.Elem(), seen, visit)
	case *types.Array:
		e.structsIn(t.Elem(), seen, visit)
	case *types.Chan:
		e.structsIn(t.Elem(), seen, visit)
	case *types.Map:
		e.structsIn(t.Key(), seen, visit)
		e.structsIn(t.Elem(), seen, visit)
	case *types.Signature:
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				e.structsIn(v.Type(), seen, visit)
			}
		}
	}
}

// findRing gives the edges of a ring of at least two structs, or nil.
func findRing(edges map[string][]edge) []edge {
	const active, finished = 1, 2
	state := map[string]int{}
	var path []edge
	var ring []edge
	var visit func(key string) bool
	visit = func(key string) bool {
		state[key] = active
		for _, x := range edges[key] {
			if x.to == key {
				continue
			}
			path = append(path, x)
			if state[x.to] == active {
				for i := len(path) - 1; i >= 0; i-- {
					if path[i].from == x.to {
						ring = path[i:]
						return true
					}
				}
			}
			if state[x.to] == 0 && visit(x.to) {
				return true
			}
			path = path[:len(path)-1]
		}
		state[key] = finished
		return false
	}
	for _, key := range slices.Sorted(maps.Keys(edges)) {
		if state[key] == 0 && visit(key) {
			return ring
		}
	}
	return nil
}
