package sbi

import (
	"bytes"
	"encoding/gob"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// savedExample writes a small posterior.
func savedExample(t testing.TB) (path string) {
	prior := BoxUniform([]float64{-1}, []float64{1})
	p := ofItself(t, prior, 20, Options{Density: MDN{Components: 1, Hidden: 2, Layers: 1}, Quiet: true, MaxEpochs: 1})
	path = filepath.Join(t.TempDir(), "posterior")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// ofItself gives a posterior whose observation is the first of n parameter vectors,
// each of which observes itself.
func ofItself(t testing.TB, prior Prior, n int, o Options) *Posterior {
	inf, err := NewNPE(prior, o)
	if err != nil {
		t.Fatal(err)
	}
	thetas := Draw(prior, n, 1)
	if _, err := inf.Append(thetas, thetas); err != nil {
		t.Fatal(err)
	}
	if _, err := inf.Train(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := inf.Posterior(thetas[0])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// FuzzLoadPosterior: no file but the one that was written is read as a posterior.
func FuzzLoadPosterior(f *testing.F) {
	path := savedExample(f)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	for _, size := range []int{0, 1, 20, len(whole) / 2, len(whole) - 1, len(whole)} {
		f.Add(whole[:size])
	}
	for at := 0; at < len(whole); at += 7 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 4
		f.Add(damaged)
	}
	f.Add(append(bytes.Clone(whole), 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "posterior")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := LoadPosterior(path)
		if (err == nil) != bytes.Equal(data, whole) {
			t.Errorf("%d bytes give %v, %v", len(data), p, err)
		}
	})
}

// TestFilesSayWhatTheyAre: other files are refused with what to do.
func TestFilesSayWhatTheyAre(t *testing.T) {
	path := savedExample(t)
	prior := BoxUniform([]float64{-1}, []float64{1})
	begin := func(path string) error {
		_, err := NewNPE(prior, Options{Checkpoint: path})
		return err
	}
	if err := begin(path); err == nil || !strings.Contains(err.Error(), "holds a posterior, not an inference") {
		t.Errorf("a posterior as a checkpoint: %v", err)
	}
	// Before there was a checksum, files were the gob alone.
	var older bytes.Buffer
	if err := gob.NewEncoder(&older).Encode(savedInference{Width: 1}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, older.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := begin(path); err == nil || !strings.Contains(err.Error(), "older version") || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("an older checkpoint: %v", err)
	}
}
