package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"

	"hillock/internal/whole"
)

// Run is one inference of the benchmark.
type Run struct {
	Task        string  `json:"task"`
	Algorithm   string  `json:"algorithm"`
	Density     string  `json:"density"`
	Support     string  `json:"support"`
	Simulations int     `json:"simulations"`
	Observation int     `json:"observation"`
	Training    int     `json:"training,omitempty"` // that serves several observations; 0 for one of its own
	C2ST        float64 `json:"c2st"`
}

// String names a run.
func (r Run) String() string {
	return fmt.Sprintf("%s %s-%s %s %d #%d", r.Task, r.Algorithm, r.Density, r.Support, r.Simulations, r.Observation)
}

// store keeps the runs in a file.
type store struct {
	path string
	lock sync.Mutex
	runs []Run
}

func open(path string) (*store, error) {
	s := &store{path: path}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &s.runs); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

func (s *store) has(r Run) bool {
	return slices.ContainsFunc(s.runs, func(old Run) bool { return old.String() == r.String() })
}

func (s *store) add(r Run) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.runs = append(s.runs, r)
	slices.SortFunc(s.runs, func(a, b Run) int {
		if c := strings.Compare(a.group(), b.group()); c != 0 {
			return c
		}
		return a.Observation - b.Observation
	})
	var b bytes.Buffer
	b.WriteString("[\n")
	for i, r := range s.runs {
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",\n")
		}
		b.Write(line)
	}
	b.WriteString("\n]\n")
	return whole.Write(s.path, func(w io.Writer) error { _, err := b.WriteTo(w); return err })
}

// group names the runs that are averaged.
func (r Run) group() string {
	return fmt.Sprintf("%s %06d %s-%s %s", r.Task, r.Simulations, r.Algorithm, r.Density, r.Support)
}

// published is the mean C2ST of the benchmark's own results at 1,000 and 10,000
// simulations, and at 100,000.
var published = map[string][3]float64{
	"gaussian_linear NPE-NSF": {.694, .552, .506}, "gaussian_linear SNPE-NSF": {.652, .544, .507},
	"gaussian_linear NPE-MAF": {.694, .564, .513}, "gaussian_linear SNPE-MAF": {.663, .546, .510},
	"gaussian_linear_uniform NPE-NSF": {.696, .553, .509}, "gaussian_linear_uniform SNPE-NSF": {.631, .527, .507},
	"gaussian_linear_uniform NPE-MAF": {.693, .599, .553}, "gaussian_linear_uniform SNPE-MAF": {.649, .539, .510},
	"gaussian_mixture NPE-NSF": {.716, .615, .548}, "gaussian_mixture SNPE-NSF": {.669, .551, .536},
	"gaussian_mixture NPE-MAF": {.779, .752, .711}, "gaussian_mixture SNPE-MAF": {.744, .722, .627},
	"two_moons NPE-NSF": {.725, .606, .542}, "two_moons SNPE-NSF": {.643, .554, .530},
	"two_moons NPE-MAF": {.872, .814, .770}, "two_moons SNPE-MAF": {.822, .754, .643},
	"slcp NPE-NSF": {.975, .901, .831}, "slcp SNPE-NSF": {.965, .845, .666},
	"slcp NPE-MAF": {.976, .938, .869}, "slcp SNPE-MAF": {.972, .908, .733},
}

func (r Run) published() (float64, bool) {
	k, ok := map[int]int{1000: 0, 10_000: 1, 100_000: 2}[r.Simulations]
	all, known := published[r.Task+" "+r.Algorithm+"-"+r.Density]
	return all[k], ok && known
}

// table gives the mean C2ST of every group beside the published one.
func table(runs []Run) string {
	var b strings.Builder
	b.WriteString("| task | simulations | algorithm | support | C2ST | published | observations | trainings |\n|---|---:|---|---|---:|---:|---:|---:|\n")
	for i := 0; i < len(runs); {
		first, n, sum, trainings := runs[i], 0, 0.0, map[int]bool{}
		for ; i < len(runs) && runs[i].group() == first.group(); i++ {
			n, sum = n+1, sum+runs[i].C2ST
			own := runs[i].Training
			if own == 0 {
				own = -runs[i].Observation
			}
			trainings[own] = true
		}
		reference := ""
		if p, ok := first.published(); ok {
			reference = fmt.Sprintf("%.3f", p)
		}
		fmt.Fprintf(&b, "| %s | %d | %s-%s | %s | %.3f | %s | %d | %d |\n", first.Task, first.Simulations, first.Algorithm, first.Density, first.Support, sum/float64(n), reference, n, len(trainings))
	}
	return b.String()
}

// The table stands between these lines of BENCHMARKS.md.
const (
	tableBegin = "<!-- written by go run ./scripts/sbibm: begin -->\n"
	tableEnd   = "<!-- written by go run ./scripts/sbibm: end -->"
)

func writeTable(path, table string) error {
	return whole.Between(path, tableBegin, tableEnd, "\n"+table+"\n")
}
