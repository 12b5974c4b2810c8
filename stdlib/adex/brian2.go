package adex

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

// Brian2Run is a simulation that Brian 2 made with method='euler' and steps of
// DefaultDt, to compare with.
type Brian2Run struct {
	Name     string    // "table 4", a pattern's name, or what is random
	Params   Params    // of the neuron
	Stimulus Stimulus  // that it got
	Every    int       // steps between two samples
	V        []float64 // membrane potential, mV
	W        []float64 // adaptation current, pA
	Spikes   []int     // steps that ended in a spike
}

//go:embed testdata/golden.json.gz
var brian2 []byte

// Brian2 gives runs of Brian 2 2.9.0: table 4 and the eight
// Patterns first, then neurons of table 2 and others at random.
func Brian2() ([]Brian2Run, error) { return readBrian2(bytes.NewReader(brian2)) }

// readBrian2 reads what testdata/golden.py wrote.
func readBrian2(r io.Reader) ([]Brian2Run, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("adex: runs of Brian 2: %w", err)
	}
	var file struct {
		Runs []struct {
			Brian2Run
			Stimulus struct {
				Step
				Samples []float64
			}
		}
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		return nil, fmt.Errorf("adex: runs of Brian 2: %w", err)
	}
	runs := make([]Brian2Run, len(file.Runs))
	for i, g := range file.Runs {
		runs[i] = g.Brian2Run
		runs[i].Stimulus = g.Stimulus.Step
		if g.Stimulus.Samples != nil {
			runs[i].Stimulus = Sampled{I: g.Stimulus.Samples}
		}
	}
	return runs, nil
}
