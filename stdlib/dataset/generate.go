package dataset

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"

	"hillock/stdlib/notebook"
)

// Options are how a dataset is drawn and kept. The zero value is the thesis's:
// traces cut to 10,000 samples and interpolated to 1,024 points.
type Options struct {
	Seed      uint64 // of the draws
	Samples   int    // to which each trace is cut; 0 means 10000
	Points    int    // to which it is then interpolated; 0 means 1024
	ShardRows int    // traces in a file; 0 means 2000
}

// rowsAtOnce is how many traces are simulated at a time: with 10,000 samples they
// take 20 MB.
const rowsAtOnce = 256

// Generate draws n parameter vectors, simulates them, and keeps the traces in
// the folder dir, which it makes. A folder that holds the beginning of the same
// dataset, or lacks one of its shards, is completed, a complete one is opened; one
// that holds something else is refused. Memory is bounded whatever n is. A context
// that ends leaves the shards that were written. Processes that generate the same
// dataset at the same time do the same work, and each of them succeeds.
func Generate(ctx context.Context, dir string, source Source, n int, o Options) (*Dataset, error) {
	m, err := plan(source, n, o)
	if err != nil {
		return nil, err
	}
	if dir == "" {
		return nil, errors.New("dataset: the folder has no name; give one such as data/4d")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	there, err := readManifest(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := m.write(dir); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		m.Shards = there.Shards
		if !reflect.DeepEqual(m, there) {
			return nil, fmt.Errorf("dataset: %s holds another dataset than the one asked for: %s; choose another folder or remove it", dir, there.difference(m))
		}
		if err := m.cutToFiles(dir); err != nil {
			return nil, err
		}
	}
	if len(m.Shards) < m.shards() {
		progress := notebook.NewProgress(notebook.ProgressOptions{Total: m.Rows, Label: "generating " + filepath.Base(dir), Unit: "traces"})
		defer progress.Done()
		progress.Set(len(m.Shards) * m.ShardRows)
		if err := m.complete(ctx, dir, reusing(source), progress); err != nil {
			return nil, err
		}
	}
	return &Dataset{dir: dir, manifest: m}, nil
}

// plan is the manifest of a dataset of which nothing is written yet.
func plan(source Source, n int, o Options) (Manifest, error) {
	if source == nil {
		return Manifest{}, errors.New("dataset: there is no source; give one such as AdEx or Chip")
	}
	d, err := source.Describe()
	if err != nil {
		return Manifest{}, err
	}
	if o.Samples == 0 {
		o.Samples = 10000
	}
	if o.Points == 0 {
		o.Points = 1024
	}
	if o.ShardRows == 0 {
		o.ShardRows = 2000
	}
	switch {
	case n <= 0:
		return Manifest{}, fmt.Errorf("dataset: %d traces; ask for 1 or more", n)
	case o.Samples < 2 || o.Points < 2 || o.Points > o.Samples:
		return Manifest{}, fmt.Errorf("dataset: Options ask for %d points of %d samples; they need 2 ≤ Points ≤ Samples", o.Points, o.Samples)
	case o.ShardRows < 1:
		return Manifest{}, fmt.Errorf("dataset: Options.ShardRows is %d; it must be 1 or above", o.ShardRows)
	}
	return Manifest{
		Format: formatVersion, Description: d, Seed: o.Seed, Rows: n, ShardRows: o.ShardRows,
		Samples: o.Samples, Points: o.Points,
		PointTime: d.SampleTime * float64(o.Samples-1) / float64(o.Points-1),
	}, nil
}

// complete simulates and writes the shards that are missing, each written while
// the next is simulated. What was simulated before an error or the end of the
// context is written.
func (m *Manifest) complete(ctx context.Context, dir string, source Source, progress *notebook.Progress) error {
	plan := *m // m changes with every shard that is written
	written := make(chan error, 1)
	written <- nil
	for i := len(plan.Shards); i < plan.shards(); i++ {
		r, err := plan.simulate(ctx, source, i, progress)
		if err := errors.Join(err, <-written); err != nil {
			return err
		}
		go func() { written <- m.keep(dir, i, r) }()
	}
	return <-written
}

// keep writes a shard and its entry in the manifest.
func (m *Manifest) keep(dir string, shard int, r *rows) error {
	s, err := writeShard(dir, shardName(shard), *m, r)
	if err != nil {
		return err
	}
	m.Shards = append(m.Shards, s)
	if there, err := readManifest(dir); err == nil && len(there.Shards) > len(m.Shards) {
		return nil // another process makes the same dataset, and is further
	}
	return m.write(dir)
}

// simulate gives the rows of a shard.
func (m Manifest) simulate(ctx context.Context, source Source, shard int, progress *notebook.Progress) (*rows, error) {
	rows := m.rowsOf(shard)
	r := newRows(rows, len(m.Description.Parameters), m.Points)
	for from := 0; from < rows; from += rowsAtOnce {
		n := min(rowsAtOnce, rows-from)
		first := shard*m.ShardRows + from
		theta := make([][]float64, n)
		for k := range theta {
			theta[k] = m.draw(first + k)
		}
		traces, spikes, err := source.Simulate(ctx, theta, first, m.Samples)
		if err != nil {
			return nil, err
		}
		if len(traces) != n || len(spikes) != n {
			return nil, fmt.Errorf("dataset: the source gave %d traces and %d numbers of spikes for %d parameter vectors", len(traces), len(spikes), n)
		}
		for k := range theta {
			if len(traces[k]) < m.Samples {
				return nil, fmt.Errorf("dataset: a trace has %d samples, fewer than the %d asked for; shorten Options.Samples or simulate longer", len(traces[k]), m.Samples)
			}
			copy(r.theta[from+k], theta[k])
			r.spikes[from+k] = int32(spikes[k])
			Interpolate(r.trace(from+k), traces[k][:m.Samples])
		}
		progress.Add(n)
	}
	return r, nil
}

// draw gives the parameters of a row, which depend on nothing but the seed and
// its place.
func (m Manifest) draw(row int) []float64 {
	random := rand.New(rand.NewPCG(m.Seed, scatter(uint64(row))))
	theta := make([]float64, len(m.Description.Parameters))
	for i, p := range m.Description.Parameters {
		if p.Discrete {
			theta[i] = p.Low + float64(random.IntN(int(p.High-p.Low)+1))
		} else {
			theta[i] = p.Low + float64((p.High-p.Low)*random.Float64())
		}
	}
	return theta
}

// scatter gives neighbouring numbers seeds that have nothing in common (the
// finaliser of SplitMix64).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
