// Package scripts holds programs for the command line: sweeps over the studies'
// settings, benchmarks, and tools of the project.
package scripts

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestSweeps compiles the sweeps, as go run does, and tests what they do.
func TestSweeps(t *testing.T) {
	folder := t.TempDir()
	binary := func(script string) string { return filepath.Join(folder, script+".exe") }
	for _, script := range []string{"latent_sweep", "snpe_sweep"} {
		if out, err := exec.Command("go", "build", "-o", binary(script), script+".go").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	t.Run("go on after a kill", func(t *testing.T) { testSweepsGoOn(t, binary) })
	t.Run("check first", func(t *testing.T) { testSweepsCheckFirst(t, binary) })
}

// tables reads the results in a folder, by their files' names.
func tables(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.csv", "*.arrow"} {
		files, _ := filepath.Glob(filepath.Join(folder, pattern)) // the patterns are well formed
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(file)] = string(content)
		}
	}
	return all
}

// Sweeps that are killed go on, and end with the tables of one that was not.
func testSweepsGoOn(t *testing.T, binary func(script string) string) {
	for _, c := range []struct {
		name, script, arguments string
		lines                   int    // of the table
		kill                    string // when there is such a file
	}{
		{"latent", "latent_sweep", "-latent 32,64,128 -traces 40 -epochs 1", 4, "latent-sweep.csv"},
		{"one round", "snpe_sweep", "-observe features -density MAF,MDN -simulations 60,80 -epochs 2 -observations 5", 5, "snpe-sweep.csv"},
		{"within a run", "snpe_sweep", "-observe retrained -density MDN -rounds 3 -simulations 40 -epochs 2 -observations 5 -traces 40 -encoder-epochs 1", 2, "inference/*.round1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			whole, parts := t.TempDir(), t.TempDir()
			sweep := func(ctx context.Context, folder string) error {
				return exec.CommandContext(ctx, binary(c.script), append(strings.Fields(c.arguments), "-out", folder)...).Run()
			}
			if err := sweep(context.Background(), whole); err != nil {
				t.Fatal(err)
			}
			want := tables(t, whole)
			table := strings.ReplaceAll(c.script, "_", "-")
			if lines := strings.Count(want[table+".csv"], "\n"); lines != c.lines || want[table+".arrow"] == "" {
				t.Fatalf("a table of %d lines, want %d; in Arrow it has %d bytes", lines, c.lines, len(want[table+".arrow"]))
			}

			// Killed when it is on its way, and gone on with.
			ctx, kill := context.WithCancel(context.Background())
			go func() {
				for ctx.Err() == nil {
					if there, _ := filepath.Glob(filepath.Join(parts, c.kill)); len(there) > 0 {
						kill()
					}
					time.Sleep(time.Millisecond)
				}
			}()
			killed := sweep(ctx, parts)
			kill()
			for name, before := range tables(t, parts) {
				if killed != nil && strings.HasSuffix(name, ".csv") && !strings.HasPrefix(want[name], before) {
					t.Errorf("killed, %s is\n%s\nwhich does not begin\n%s", name, before, want[name])
				}
			}
			if err := sweep(context.Background(), parts); err != nil {
				t.Fatal(err)
			}
			if got := tables(t, parts); !maps.Equal(got, want) {
				t.Errorf("after a kill the tables are\n%q\nwant\n%q", got, want)
			}
		})
	}
}

// A mistake in the command line is found before anything runs.
func testSweepsCheckFirst(t *testing.T, binary func(script string) string) {
	for _, c := range []struct {
		script    string
		arguments []string
		want      string // of the message; "" for none
	}{
		{"latent_sweep", []string{"-latent", "16,32x"}, "-latent"},
		{"latent_sweep", []string{"-latent", "16,0"}, "-latent"},
		{"latent_sweep", []string{"-latent", "16,", "32"}, `"32"`},
		{"snpe_sweep", []string{"-density", "MAF, NFS"}, `"NFS" is none of`},
		{"snpe_sweep", []string{"-density", "MAF,", "NSF"}, `"NSF"`},
		{"snpe_sweep", []string{"-observe", "features,feature"}, `"feature" is none of`},
		{"snpe_sweep", []string{"-simulations", "40,4o"}, "-simulations"},
		{"snpe_sweep", []string{"-proposals", "atoms,posterior"}, `"posterior" is none of`},
		{"snpe_sweep", []string{"-seeds", "0"}, "-seeds 0"},
		{"snpe_sweep", []string{"-target", "simulated", "-observe", "raw,features"}, "-observe features"},
		{"snpe_sweep", []string{"-observe", "features", "-density", "MDN, MAF", "-simulations", "40, 60", "-epochs", "1", "-observations", "3"}, ""},
	} {
		folder := filepath.Join(t.TempDir(), "out")
		out, err := exec.Command(binary(c.script), append([]string{"-out", folder}, c.arguments...)...).CombinedOutput()
		if c.want == "" {
			if n := strings.Count(tables(t, folder)["snpe-sweep.csv"], "\n"); err != nil || n != 5 {
				t.Errorf("%s %q: %v, a table of %d lines\n%s", c.script, c.arguments, err, n, out)
			}
			continue
		}
		if _, made := os.Stat(folder); err == nil || !strings.Contains(string(out), c.want) || made == nil {
			t.Errorf("%s %q: %v, %s; want %q and nothing written", c.script, c.arguments, err, out, c.want)
		}
	}
}
