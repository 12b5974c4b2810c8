package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The sweeps of scripts write the same results interpreted, by hillock run with -p
// for their flags, as compiled by go run.
func TestSweepsInterpretedAndCompiled(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for script, c := range map[string]struct{ parameters, tables string }{
		"latent_sweep": {"latent=16 traces=40 epochs=1", "latent-sweep.csv latent-sweep.arrow"},
		"snpe_sweep": {
			"observe=wavelet,frozen density=MDN rounds=2 proposals=atoms,truncated simulations=40 epochs=1 observations=4 traces=40 encoder-epochs=1",
			"snpe-sweep.csv snpe-sweep.arrow snpe-sweep-rounds.csv snpe-sweep-rounds.arrow",
		},
	} {
		t.Run(script, func(t *testing.T) {
			program, interpreted, compiled := "scripts/"+script+".go", t.TempDir(), t.TempDir()
			run, goRun := []string{"run", program}, []string{"run", program}
			for _, p := range strings.Fields(c.parameters) {
				run, goRun = append(run, "-p", p), append(goRun, "-"+p)
			}
			output(t, []string{asCommand + "=1"}, self, append(run, "-p", "out="+interpreted)...)
			output(t, nil, "go", append(goRun, "-out="+compiled)...)
			for _, table := range strings.Fields(c.tables) {
				got, err := os.ReadFile(filepath.Join(interpreted, table))
				if err != nil {
					t.Error(err)
				}
				if want, err := os.ReadFile(filepath.Join(compiled, table)); err != nil || string(got) != string(want) {
					t.Errorf("%s interpreted\n%q\ncompiled, %v\n%q", table, got, err, want)
				}
			}
		})
	}
}
