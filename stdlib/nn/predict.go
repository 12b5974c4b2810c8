package nn

import (
	"context"
	"fmt"
)

// predictBatch is the number of samples that Predict computes at once.
const predictBatch = 64

// Predict gives the outputs of a module for inputs of any number of rows, without
// gradients: dropout does nothing, batch normalisation uses its running
// statistics. It fails when the shapes do not fit or ctx ends.
func Predict(ctx context.Context, m Module, inputs *Tensor) (*Tensor, error) {
	if m == nil || inputs == nil {
		return nil, fmt.Errorf("nn: predict: want a module and inputs")
	}
	tape := NewTape(TapeOptions{Inference: true})
	var out *Tensor
	rows := inputs.Dim(0)
	for at := 0; at < rows; at += predictBatch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(predictBatch, rows-at)
		x, err := inputs.Rows(at, at+n)
		if err != nil {
			return nil, err
		}
		tape.Reset()
		y := m.Forward(tape, x)
		if err := tape.Err(); err != nil {
			return nil, err
		}
		if y.Dim(0) != n {
			return nil, fmt.Errorf("nn: predict: the module made %s of %d rows; want as many rows", shapeText(y.Shape()), n)
		}
		if out == nil {
			if out, err = NewTensor(append([]int{rows}, y.Shape()[1:]...)...); err != nil {
				return nil, err
			}
		}
		copy(out.Data[at*(len(y.Data)/n):], y.Data)
	}
	return out, nil
}

// Examples are samples in memory.
type Examples struct {
	Inputs  *Tensor // (samples, …)
	Targets *Tensor // (samples, …)
}

// ReadAll reads a set of samples into memory.
func ReadAll(s Samples) (*Examples, error) { return ReadFirst(s, s.Len()) }

// ReadFirst reads the first n samples of a set, or all if there are fewer, into
// memory.
func ReadFirst(s Samples, n int) (*Examples, error) {
	n = min(n, s.Len())
	in, out := s.Shape()
	inputs, err := NewTensor(append([]int{n}, in...)...)
	if err != nil {
		return nil, fmt.Errorf("nn: read samples: %w", err)
	}
	targets, err := NewTensor(append([]int{n}, out...)...)
	if err != nil {
		return nil, fmt.Errorf("nn: read samples: %w", err)
	}
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	if err := s.Read(places, inputs.Data, targets.Data); err != nil {
		return nil, fmt.Errorf("nn: read samples: %w", err)
	}
	return &Examples{Inputs: inputs, Targets: targets}, nil
}
