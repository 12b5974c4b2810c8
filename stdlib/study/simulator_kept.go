package study

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"hillock/internal/whole"
	"hillock/stdlib/dataset"
)

// identified is a simulator that can say in words what it simulates, so that rounds
// of another are not continued with it.
type identified interface{ identity() (string, error) }

func (s Simulator) identity() (string, error) {
	samples, points := s.lengths()
	of, err := identityOf(s.Source)
	return fmt.Sprintf("%s, %d samples, %d points", of, samples, points), err
}

func (r Recorder) identity() (string, error) {
	of, err := identityOf(dataset.Chip{Neuron: r.Neuron, Ranges: r.Ranges})
	text := fmt.Sprintf("%s, %d samples, %d points, observes %d", of, r.samples(), r.points(), r.Observe)
	if r.MaxRate > 0 {
		text += fmt.Sprintf(", rates from %g to %g kHz", r.MinRate, r.MaxRate)
	}
	if r.Observe == SpikeTimes {
		text += fmt.Sprintf(", %d spikes", r.Spikes)
	}
	return text, err
}

// identityOf names a source and what varies; the ranges are the prior's matter.
func identityOf(source dataset.Source) (string, error) {
	d, err := source.Describe()
	var names []string
	for _, p := range d.Parameters {
		names = append(names, p.Name)
	}
	return d.Source + ", varied " + strings.Join(names, ", "), err
}

// sameSimulator fails when the kept rounds come from another simulator, and keeps what
// this one is beside them.
func (s Sequence) sameSimulator(rounds int) error {
	of, ok := s.Simulator.(identified)
	if !ok {
		return nil
	}
	text, err := of.identity()
	if err != nil {
		return err
	}
	path := s.path("simulator")
	kept, err := os.ReadFile(path)
	if rounds == 0 || errors.Is(err, fs.ErrNotExist) {
		return whole.Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, text)
			return err
		})
	}
	if err != nil {
		return err
	}
	if string(kept) != text {
		return fmt.Errorf("the rounds in %s come from another simulator (%s) than this one (%s); use another Name or remove the files", s.Folder, kept, text)
	}
	return nil
}
