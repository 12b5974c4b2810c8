package dataset

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"hillock/stdlib/adex"
)

// overtaken is a source that calls a function once, before what it simulates at a
// place.
type overtaken struct {
	Source
	at   int
	call func()
}

func (s overtaken) Simulate(ctx context.Context, theta [][]float64, first, samples int) ([][]float64, []int, error) {
	if first == s.at {
		s.call()
	}
	return s.Source.Simulate(ctx, theta, first, samples)
}

// TestAnotherProcessIsFurther: two that make the same dataset do not undo each
// other's work.
func TestAnotherProcessIsFurther(t *testing.T) {
	dir, source := t.TempDir(), AdEx{Ranges: adex.Table2()}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	slow := overtaken{overtaken{source, 60, cancel}, 30, func() { generate(t, dir, source, 100, small) }}
	if _, err := Generate(ctx, dir, slow, 100, small); !errors.Is(err, context.Canceled) {
		t.Fatalf("the slower one ended with %v", err)
	}
	d, err := Open(dir)
	if err != nil {
		t.Fatal("what the faster one completed is not complete: ", err)
	}
	if err := d.Check(); err != nil {
		t.Error(err)
	}
}

// TestMissingShardsAreMadeAgain: what was removed, because it was damaged, comes back
// as it was.
func TestMissingShardsAreMadeAgain(t *testing.T) {
	dir, source := t.TempDir(), AdEx{Ranges: adex.Table2()}
	generate(t, dir, source, 100, small)
	want := contents(t, dir)
	for _, shard := range []string{"shard-00001.arrow", "shard-00003.arrow"} {
		if err := os.Remove(filepath.Join(dir, shard)); err != nil {
			t.Fatal(err)
		}
	}
	if err := generate(t, dir, source, 100, small).Check(); err != nil {
		t.Error(err)
	}
	if got := contents(t, dir); !maps.Equal(got, want) {
		t.Errorf("there are %d files, and not those of before", len(got))
	}
}
