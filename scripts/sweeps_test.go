// Package scripts holds programs for the command line: sweeps over the studies'
// settings, benchmarks, and tools of the project.
package scripts

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Sweeps that are killed go on, and end with the table of one that was not.
func TestSweepsGoOnAfterAKill(t *testing.T) {
	for name, arguments := range map[string][]string{
		"latent_sweep": {"-latent", "32,64,128", "-traces", "40", "-epochs", "1"},
		"snpe_sweep":   {"-observe", "features", "-density", "MAF,MDN", "-simulations", "60,80", "-epochs", "2", "-observations", "5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			binary := filepath.Join(t.TempDir(), name+".exe")
			if out, err := exec.Command("go", "build", "-o", binary, name+".go").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			whole, parts := t.TempDir(), t.TempDir()
			sweep := func(ctx context.Context, folder string) error {
				return exec.CommandContext(ctx, binary, append(arguments, "-out", folder)...).Run()
			}
			table := func(folder string) []byte {
				content, err := os.ReadFile(filepath.Join(folder, strings.ReplaceAll(name, "_", "-")+".csv"))
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				return content
			}
			if err := sweep(context.Background(), whole); err != nil {
				t.Fatal(err)
			}
			want := table(whole)
			if lines := bytes.Count(want, []byte("\n")); lines < 4 {
				t.Fatalf("a table of %d lines", lines)
			}

			// Killed when the first run is in the table, and gone on with.
			ctx, kill := context.WithCancel(context.Background())
			go func() {
				for len(table(parts)) == 0 && ctx.Err() == nil {
					time.Sleep(time.Millisecond)
				}
				kill()
			}()
			killed := sweep(ctx, parts)
			kill()
			if before := table(parts); killed != nil && !bytes.HasPrefix(want, before) {
				t.Errorf("killed, the table is\n%s\nwhich does not begin\n%s", before, want)
			}
			if err := sweep(context.Background(), parts); err != nil {
				t.Fatal(err)
			}
			if got := table(parts); !bytes.Equal(got, want) {
				t.Errorf("after a kill the table is\n%s\nwant\n%s", got, want)
			}
		})
	}
}
