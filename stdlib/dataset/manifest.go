package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hillock/internal/whole"
)

const manifestName = "manifest.json"

// formatVersion is raised when folders change so that older code can't read them.
const formatVersion = 1

// Manifest says what a dataset's folder holds.
type Manifest struct {
	Format      int         `json:"format"`      // version of the folder's layout: 1
	Description Description `json:"description"` // of the source: what was drawn, and units
	Seed        uint64      `json:"seed"`        // of the draws
	Rows        int         `json:"rows"`        // traces in all, once it is complete
	ShardRows   int         `json:"shard_rows"`  // traces in each shard but the last
	Samples     int         `json:"samples"`     // to which traces were cut
	Points      int         `json:"points"`      // to which they were interpolated
	PointTime   float64     `json:"point_time"`  // between two points
	Shards      []Shard     `json:"shards"`      // those that are written
}

// Shard is one file of a dataset.
type Shard struct {
	File   string `json:"file"`   // its name in the folder
	Rows   int    `json:"rows"`   // traces in it
	SHA256 string `json:"sha256"` // checksum of the file, hexadecimal
}

// difference says how a dataset's manifest differs from that of the one asked for.
func (m Manifest) difference(asked Manifest) string {
	var all []string
	note := func(what string, there, wanted any) {
		if there != wanted {
			all = append(all, fmt.Sprintf("%s %v, not %v", what, there, wanted))
		}
	}
	note("seed", m.Seed, asked.Seed)
	note("traces", m.Rows, asked.Rows)
	note("samples", m.Samples, asked.Samples)
	note("points", m.Points, asked.Points)
	note("traces in a shard", m.ShardRows, asked.ShardRows)
	here, wanted := m.Description, asked.Description
	for i := range max(len(here.Parameters), len(wanted.Parameters)) {
		note(fmt.Sprintf("parameter %d", i+1), drawn(here.Parameters, i), drawn(wanted.Parameters, i))
	}
	note("time between samples", here.SampleTime, wanted.SampleTime)
	note("source", here.Source, wanted.Source)
	if len(all) == 0 { // what is left needs no words of its own
		return fmt.Sprintf("%+v, not %+v", m, asked)
	}
	return strings.Join(all, "; ")
}

// drawn says what a parameter is drawn from, or that there is none.
func drawn(parameters []Parameter, i int) string {
	if i >= len(parameters) {
		return "none"
	}
	p := parameters[i]
	return strings.TrimSpace(fmt.Sprintf("%s from %g to %g %s", p.Name, p.Low, p.High, p.Unit))
}

// shards is how many there are when the dataset is complete.
func (m Manifest) shards() int { return (m.Rows + m.ShardRows - 1) / m.ShardRows }

func (m Manifest) rowsOf(shard int) int { return min(m.ShardRows, m.Rows-shard*m.ShardRows) }

func shardName(i int) string { return fmt.Sprintf("shard-%05d.arrow", i) }

func readManifest(dir string) (Manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return Manifest{}, fmt.Errorf("dataset: %s holds no dataset: %w", dir, err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("dataset: %s is damaged: %w; remove the folder, and generate again", filepath.Join(dir, manifestName), err)
	}
	if m.Format != formatVersion {
		return m, fmt.Errorf("dataset: %s has format %d; this version reads format %d", dir, m.Format, formatVersion)
	}
	if m.Rows <= 0 || m.ShardRows <= 0 || m.Points < 2 || len(m.Shards) > m.shards() {
		return m, fmt.Errorf("dataset: %s is damaged: %d rows in shards of %d, %d points", filepath.Join(dir, manifestName), m.Rows, m.ShardRows, m.Points)
	}
	for i, s := range m.Shards {
		if s.File != shardName(i) || s.Rows != m.rowsOf(i) {
			return m, fmt.Errorf("dataset: %s is damaged: shard %d is %q with %d rows", filepath.Join(dir, manifestName), i, s.File, s.Rows)
		}
	}
	return m, nil
}

func (m Manifest) write(dir string) error {
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("dataset: the manifest: %w", err)
	}
	return writeWhole(filepath.Join(dir, manifestName), func(w io.Writer) error {
		_, err := w.Write(append(data, '\n'))
		return err
	})
}

// cutToFiles takes the first shard whose file is missing, and those after it, out of
// the manifest, so that they are made again.
func (m *Manifest) cutToFiles(dir string) error {
	for i, s := range m.Shards {
		if _, err := os.Stat(filepath.Join(dir, s.File)); errors.Is(err, fs.ErrNotExist) {
			m.Shards = m.Shards[:i:i]
			return m.write(dir)
		}
	}
	return nil
}

// writeWhole writes a file whole or not at all.
func writeWhole(path string, write func(io.Writer) error) error {
	if err := whole.Write(path, write); err != nil {
		return fmt.Errorf("dataset: writing %s: %w; what was written before is kept", path, err)
	}
	return nil
}

// checksum gives the SHA-256 of data, as the manifest has it.
func checksum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
