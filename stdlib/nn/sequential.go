package nn

import (
	"fmt"
	"strconv"
	"strings"

	"hillock/internal/grouped"
)

// Sequential runs modules one after another.
type Sequential struct {
	Modules []Module
	names   []string
}

// NewSequential makes a network of the given modules.
func NewSequential(modules ...Module) *Sequential {
	s := &Sequential{Modules: modules}
	for i := range modules {
		s.names = append(s.names, strconv.Itoa(i))
	}
	return s
}

// name is the place of module i, as PyTorch counts them.
func (s *Sequential) name(i int) string {
	if i < len(s.names) {
		return s.names[i]
	}
	return strconv.Itoa(i)
}

// Forward runs the modules in order.
func (s *Sequential) Forward(t *Tape, x *Tensor) *Tensor {
	for i := 0; i < len(s.Modules); i++ {
		if conv, ok := s.Modules[i].(*Conv1d); ok && t.trace == nil && t.watched == nil && i+1 < len(s.Modules) && isReLU(s.Modules[i+1]) {
			t.Enter(s.name(i))
			x = t.conv1d(x, conv.Weight, conv.Bias, conv.Options, true)
			t.Leave()
			i++
			continue
		}
		x = t.Run(s.name(i), s.Modules[i], x)
	}
	return x
}

func isReLU(m Module) bool {
	f, ok := m.(*Function)
	return ok && f.Name == reluName
}

// Parameters are those of all modules, named by place.
func (s *Sequential) Parameters() []Parameter {
	var all []Parameter
	for i, m := range s.Modules {
		all = append(all, ParametersOf(s.name(i), m)...)
	}
	return all
}

// String lists the modules; Summary says more of them.
func (s *Sequential) String() string {
	parts := make([]string, len(s.Modules))
	for i, m := range s.Modules {
		parts[i] = describe(m)
	}
	return fmt.Sprintf("Sequential(%s), %s parameters", strings.Join(parts, ", "), grouped.Int(CountParameters(s)))
}

// Describe is Sequential.
func (s *Sequential) Describe() string { return "Sequential" }
