package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
// simulations, and at 100,000 (https://github.com/sbi-benchmark/results).
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
	// Tasks that nothing was developed on.
	"bernoulli_glm NPE-NSF": {.863, .678, .559}, "bernoulli_glm SNPE-NSF": {.855, .614, .525},
	"bernoulli_glm NPE-MAF": {.837, .637, .555}, "bernoulli_glm SNPE-MAF": {.804, .561, .515},
	"bernoulli_glm_raw NPE-NSF": {.900, .765, .607}, "bernoulli_glm_raw SNPE-NSF": {.906, .658, .607},
	"bernoulli_glm_raw NPE-MAF": {.988, .736, .609}, "bernoulli_glm_raw SNPE-MAF": {.935, .707, .536},
	"lotka_volterra NPE-NSF": {.999, .997, .981}, "lotka_volterra SNPE-NSF": {.990, .953, .928},
	"lotka_volterra NPE-MAF": {.999, .989, .977}, "lotka_volterra SNPE-MAF": {.985, .890, .795},
	"sir NPE-NSF": {.815, .680, .585}, "sir SNPE-NSF": {.638, .561, .575},
	"sir NPE-MAF": {.825, .837, .665}, "sir SNPE-MAF": {.815, .621, .556},
	"slcp_distractors NPE-NSF": {.982, .970, .863}, "slcp_distractors SNPE-NSF": {.978, .931, .778},
	"slcp_distractors NPE-MAF": {.982, .977, .897}, "slcp_distractors SNPE-MAF": {.979, .976, .908},
}

func (r Run) published() (float64, bool) {
	k, ok := map[int]int{1000: 0, 10_000: 1, 100_000: 2}[r.Simulations]
	all, known := published[r.Task+" "+r.Algorithm+"-"+r.Density]
	return all[k], ok && known
}

// table gives the mean C2ST of every group of the default support beside the
// published one.
func table(runs []Run) string {
	var b strings.Builder
	runs = slices.DeleteFunc(slices.Clone(runs), func(r Run) bool {
		_, known := r.published()
		return r.Support != defaultSupport || !known
	})
	b.WriteString("| task | simulations | algorithm | C2ST | published | observations | trainings |\n|---|---:|---|---:|---:|---:|---:|\n")
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
		fmt.Fprintf(&b, "| %s | %d | %s-%s | %.3f | %s | %d | %d |\n", first.Task, first.Simulations, first.Algorithm, first.Density, sum/float64(n), reference, n, len(trainings))
	}
	return b.String()
}

const defaultSupport = "unbounded"

// supportTable compares the spaces that estimators can live on: the mean C2ST over
// the runs that were made on the default one and on another, tasks weighing the
// same.
func supportTable(runs []Run) string {
	type pair struct{ name, task string }
	type sums struct {
		usual, other float64
		n            int
	}
	at := map[string]float64{}
	for _, r := range runs {
		at[r.String()] = r.C2ST
	}
	pairs := map[pair]*sums{}
	for _, r := range runs {
		usual := r
		usual.Support = defaultSupport
		reference, ok := at[usual.String()]
		if r.Support == defaultSupport || !ok {
			continue
		}
		k := pair{fmt.Sprintf("%s-%s | %d | %s", r.Algorithm, r.Density, r.Simulations, r.Support), r.Task}
		if pairs[k] == nil {
			pairs[k] = &sums{}
		}
		pairs[k].usual, pairs[k].other, pairs[k].n = pairs[k].usual+reference, pairs[k].other+r.C2ST, pairs[k].n+1
	}
	rows := map[string]*sums{}
	counts := map[string]float64{}
	for k, s := range pairs {
		if rows[k.name] == nil {
			rows[k.name] = &sums{}
		}
		row := rows[k.name]
		row.usual, row.other, row.n = row.usual+s.usual/float64(s.n), row.other+s.other/float64(s.n), row.n+s.n
		counts[k.name]++
	}
	var b strings.Builder
	b.WriteString("| algorithm | simulations | other support | C2ST there | C2ST, unbounded | tasks | runs of each |\n|---|---:|---|---:|---:|---:|---:|\n")
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		row, tasks := rows[name], counts[name]
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %.0f | %d |\n", name, row.other/tasks, row.usual/tasks, tasks, row.n)
	}
	return b.String()
}

// The tables stand between these lines of BENCHMARKS.md.
const (
	tableBegin = "<!-- written by go run ./scripts/sbibm: begin -->\n"
	tableEnd   = "<!-- written by go run ./scripts/sbibm: end -->"
)

// tables gives all of them.
func tables(runs []Run) string {
	named, others := slices.Clone(runs), slices.Clone(runs)
	isNamed := func(r Run) bool { _, ok := tasks[r.Task]; return ok }
	named = slices.DeleteFunc(named, func(r Run) bool { return !isNamed(r) })
	others = slices.DeleteFunc(others, isNamed)
	text := table(named)
	if len(others) > 0 {
		text += "\nTasks that nothing was developed on:\n\n" + table(others)
	}
	return text + "\n" + supportTable(named)
}

func writeTables(path string, runs []Run) error {
	return whole.Between(path, tableBegin, tableEnd, "\n"+tables(runs)+"\n")
}
