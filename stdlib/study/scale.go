package study

import "fmt"

// Scale says how much work a study does.
type Scale int

// The scales of a study.
const (
	Laptop Scale = iota // minutes on two cores; the scale of the committed outputs
	CI                  // seconds: shows that everything runs, its numbers mean nothing
	Paper               // the numbers of traces, rounds and epochs of the paper: hours
)

// ParseScale gives the scale of a name: "ci", "laptop" or "paper".
func ParseScale(name string) (Scale, error) {
	for _, s := range []Scale{Laptop, CI, Paper} {
		if name == s.String() {
			return s, nil
		}
	}
	return Laptop, fmt.Errorf("study: the scale %q is none of ci, laptop, paper", name)
}

// String is the scale's name.
func (s Scale) String() string {
	switch s {
	case Laptop:
		return "laptop"
	case CI:
		return "ci"
	case Paper:
		return "paper"
	}
	return fmt.Sprintf("Scale(%d)", int(s))
}

// Of gives one of three numbers, by the scale.
func (s Scale) Of(ci, laptop, paper int) int {
	switch s {
	case CI:
		return ci
	case Paper:
		return paper
	}
	return laptop
}
