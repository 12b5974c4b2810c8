package dataset

import (
	"fmt"
	"sync"
)

// Dataset is a complete dataset on disk. It reads shards when they are asked for
// and keeps the last few in memory. Its methods may be called from several
// goroutines.
type Dataset struct {
	dir      string
	manifest Manifest

	lock  sync.Mutex
	cache []cached // the most recently used last
}

type cached struct {
	shard int
	rows  *rows
}

// cacheShards is how many shards stay in memory: 16 of 2,000 traces of 1,024
// points are 131 MB.
const cacheShards = 16

// Open opens a dataset. It fails when the folder holds none, or one that is not
// complete. Shards are checked when they are read, by Check all of them.
func Open(dir string) (*Dataset, error) {
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	if len(m.Shards) < m.shards() {
		return nil, fmt.Errorf("dataset: %s has %d of %d shards; call Generate again to complete it", dir, len(m.Shards), m.shards())
	}
	return &Dataset{dir: dir, manifest: m}, nil
}

// Manifest says what the dataset holds.
func (d *Dataset) Manifest() Manifest { return d.manifest }

// Len is the number of traces.
func (d *Dataset) Len() int { return d.manifest.Rows }

// Points is the number of points of each trace.
func (d *Dataset) Points() int { return d.manifest.Points }

// Check reads every shard and reports the first that is missing or damaged.
func (d *Dataset) Check() error {
	for _, s := range d.manifest.Shards {
		if _, err := readShard(d.dir, d.manifest, s); err != nil {
			return err
		}
	}
	return nil
}

// shard gives a shard's rows, from memory or from disk.
func (d *Dataset) shard(i int) (*rows, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	for k, c := range d.cache {
		if c.shard == i {
			d.cache = append(append(d.cache[:k:k], d.cache[k+1:]...), c)
			return c.rows, nil
		}
	}
	r, err := readShard(d.dir, d.manifest, d.manifest.Shards[i])
	if err != nil {
		return nil, err
	}
	d.cache = append(d.cache, cached{i, r})
	if len(d.cache) > cacheShards {
		d.cache = append([]cached(nil), d.cache[1:]...)
	}
	return r, nil
}

// Row is a trace with what it came from.
type Row struct {
	Theta  []float64 // parameters, in the order of the manifest
	Spikes int       // number of spikes
	Points []float32 // the trace in its unit, mV or LSB
}

// Row gives a row. Its trace is shared and only to be read.
func (d *Dataset) Row(i int) (Row, error) {
	if i < 0 || i >= d.Len() {
		return Row{}, fmt.Errorf("dataset: row %d; there are %d", i, d.Len())
	}
	r, err := d.shard(i / d.manifest.ShardRows)
	if err != nil {
		return Row{}, err
	}
	k := i % d.manifest.ShardRows
	return Row{Theta: r.theta[k], Spikes: int(r.spikes[k]), Points: r.trace(k)}, nil
}

// First gives the first n rows, or all if there are fewer.
func (d *Dataset) First(n int) (*Rows, error) {
	t := &Rows{manifest: d.manifest}
	for i := range min(max(n, 0), d.Len()) {
		r, err := d.Row(i)
		if err != nil {
			return nil, err
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}

// Rows are some rows in memory; viz.Traces draws them.
type Rows struct {
	Rows     []Row // in the order of the dataset
	manifest Manifest
}

// Len is the number of rows.
func (r *Rows) Len() int { return len(r.Rows) }

// Trace gives the points of a trace and the time between two of them.
func (r *Rows) Trace(i int) (points []float64, dt float64) {
	points = make([]float64, len(r.Rows[i].Points))
	for k, x := range r.Rows[i].Points {
		points[k] = float64(x)
	}
	return points, r.manifest.PointTime
}

// Only gives one of the rows.
func (r *Rows) Only(i int) *Rows { return &Rows{Rows: r.Rows[i : i+1], manifest: r.manifest} }

// Cut gives the rows with their traces cut to the first n points.
func (r *Rows) Cut(n int) *Rows {
	cut := &Rows{manifest: r.manifest}
	for _, row := range r.Rows {
		row.Points = row.Points[:min(max(n, 0), len(row.Points))]
		cut.Rows = append(cut.Rows, row)
	}
	return cut
}

// Units are those of time and of traces.
func (r *Rows) Units() (time, trace, adaptation string) {
	return r.manifest.Description.TimeUnit, r.manifest.Description.TraceUnit, ""
}

// String says what the dataset is.
func (d *Dataset) String() string {
	m := d.manifest
	names := ""
	for i, p := range m.Description.Parameters {
		if i > 0 {
			names += ", "
		}
		names += p.Name
	}
	return fmt.Sprintf("%d traces of %d points, one each %.4g %s; seed %d\ndrawn: %s", m.Rows, m.Points, m.PointTime, m.Description.TimeUnit, m.Seed, names)
}
