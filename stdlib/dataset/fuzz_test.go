package dataset

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"hillock/stdlib/adex"
)

// FuzzShard: no file but the one that was written is read as a shard.
func FuzzShard(f *testing.F) {
	d, err := Generate(context.Background(), f.TempDir(), AdEx{Ranges: adex.Table2()}, 3, Options{Samples: 20, Points: 4})
	if err != nil {
		f.Fatal(err)
	}
	m := d.manifest
	good, err := os.ReadFile(filepath.Join(d.dir, m.Shards[0].File))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)/2])
	f.Add([]byte("ARROW1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, m.Shards[0].File), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readShard(dir, m, m.Shards[0]); (err == nil) != bytes.Equal(data, good) {
			t.Errorf("a file of %d bytes is read with the error %v", len(data), err)
		}
	})
}

// FuzzManifest: a manifest opens or is refused, whatever it holds.
func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"rows":3,"shard_rows":2,"points":4,"shards":[]}`))
	f.Add([]byte(`{"format":1,"rows":-1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, manifestName), data, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := Open(dir)
		if err != nil {
			return
		}
		if _, err := d.Row(0); err == nil {
			t.Error("a row of a dataset without shards")
		}
	})
}
