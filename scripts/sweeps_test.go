// Package scripts holds programs for the command line: sweeps over the studies'
// settings, benchmarks, and tools of the project.
package scripts

import (
	"bytes"
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
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
	t.Run("share a folder", func(t *testing.T) { testSweepsShare(t, binary) })
	if runtime.GOOS != "windows" { // where no process can be interrupted by another
		t.Run("say that they were stopped", func(t *testing.T) { testSweepsStop(t, binary) })
	}
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

// Two sweeps at once, each with its own seed, make the table of one with both.
func testSweepsShare(t *testing.T, binary func(script string) string) {
	for _, c := range []struct{ script, arguments string }{
		{"latent_sweep", "-latent 16,32 -traces 40 -epochs 1"},
		{"snpe_sweep", "-observe frozen -density MDN -rounds 2 -simulations 40,50 -epochs 1 -observations 3 -traces 40 -encoder-epochs 1"},
	} {
		folders := [2]string{t.TempDir(), t.TempDir()}
		sweep := func(folder string, more ...string) {
			arguments := append(append(strings.Fields(c.arguments), "-out", folder), more...)
			if out, err := exec.Command(binary(c.script), arguments...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		}
		sweep(folders[0], "-seeds", "2")
		var both sync.WaitGroup
		for _, seed := range []string{"1", "2"} {
			both.Go(func() { sweep(folders[1], "-seed", seed) })
		}
		both.Wait()
		want, got := tables(t, folders[0]), tables(t, folders[1])
		for name, table := range want {
			if strings.HasSuffix(name, ".csv") && !slices.Equal(sorted(got[name]), sorted(table)) {
				t.Errorf("%s of two sweeps is\n%s\nwant\n%s", name, got[name], table)
			}
		}
	}
}

// sorted gives the lines of a text in order.
func sorted(text string) []string { return slices.Sorted(strings.Lines(text)) }

// A sweep that is interrupted says that it can go on.
func testSweepsStop(t *testing.T, binary func(script string) string) {
	folder := t.TempDir()
	cmd := exec.Command(binary("latent_sweep"), "-latent", "32", "-traces", "40", "-epochs", "100000", "-out", folder)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for begun := false; !begun; time.Sleep(time.Millisecond) {
		files, _ := filepath.Glob(filepath.Join(folder, "*.checkpoint")) // the pattern is well formed
		begun = len(files) > 0
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.HasSuffix(out.String(), "latent_sweep: stopped; the same command goes on from here\n") {
		t.Errorf("%v, %s", err, &out)
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
		{"latent_sweep", []string{"-latent", "16,24"}, `-latent "16,24": nn: latent size 24`},
		{"latent_sweep", []string{"-traces", "9"}, "-traces 9; want 10 or more"},
		{"snpe_sweep", []string{"-observe", "frozen", "-latent", "24"}, "-latent 24"},
		{"snpe_sweep", []string{"-traces", "9"}, "-traces 9; want 10 or more"},
		{"snpe_sweep", []string{"-seed", "0"}, "-seed 0"},
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
