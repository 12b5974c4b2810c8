package sbi

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"gonum.org/v1/gonum/stat"

	"hillock/internal/grouped"
)

// Calibration is what many posteriors of known truth say about their estimator.
// All its checks come from the same runs.
type Calibration struct {
	Names  []string
	Truths [][]float64 // of every case; few codes are spread out as in training, unless posteriors give whole ones
	Failed int         // simulations without a usable observation, left out
	Draws  int         // of each posterior

	// Ranks is, for every case and parameter, the number of draws below the truth.
	Ranks [][]int
	// Denser is, for every case, the share of draws that lie where the posterior is
	// denser than at the truth, as a continuous rank: the number of draws plus U, over
	// Draws + 1, with U drawn between 0 and 1 from the seed and the case alone. That is
	// uniform between 0 and 1 for right posteriors, however few the draws are.
	Denser []float64
	// Closer is, for every case, the share of draws that lie closer than the truth to
	// a reference point (TARP says which), as a continuous rank like Denser.
	Closer []float64
	// Mean and Std are the moments of every posterior, PriorStd those of the prior.
	Mean, Std [][]float64
	PriorStd  []float64
	// Rounds is how many the inference had: after more than one it is only right near
	// its own observation, and not expected to pass.
	Rounds int

	places [][]float64 // what Uniform adds to Ranks: U, times one more than the draws equal to the truth
	scales []bool      // the parameters whose logarithms count
	spread [][]float64 // deviation of every posterior on those scales
	wide   []float64   // that of the prior
}

// Calibrate draws n parameter vectors from the prior, simulates them, and compares
// each with its posterior: the basis of simulation-based calibration (Talts et al.
// 2018, https://arxiv.org/abs/1804.06788), expected coverage, TARP, contraction
// and z-scores. An inference of several rounds is only right near its own
// observation, so that it is not expected to pass. Simulations that were made before
// are taken from CalibrationOptions.Thetas and Xs instead. It fails without a prior or a
// simulator, when fewer than two simulations are usable, and when the estimator fails
// for one of them.
func Calibrate(ctx context.Context, inf Amortized, n int, o CalibrationOptions) (*Calibration, error) {
	if inf == nil {
		return nil, errors.New("sbi: calibrate: no estimator; give an Inference, or an AmortizedFunc")
	}
	if err := o.made(n); err != nil {
		return nil, err
	}
	rounds, want := 0, expected{}
	for _, s := range inferences(inf) {
		if o.Prior == nil {
			o.Prior = s.prior
		}
		if o.Simulator == nil {
			o.Simulator = s.simulator
		}
		if want.width == 0 && s.estimator != nil {
			want = expected{width: s.estimator.width, of: "the estimator takes"}
		}
		rounds = max(rounds, len(s.reports))
	}
	if o.Draws == 0 {
		o.Draws = 1000
	}
	inf, err := settled(inf) // says so where nothing is trained yet
	switch {
	case err != nil:
		return nil, err
	case o.Prior == nil:
		return nil, errors.New("sbi: calibrate: no prior; set CalibrationOptions.Prior")
	case o.Simulator == nil:
		return nil, errors.New("sbi: calibrate: no simulator, as none was given to Round; set CalibrationOptions.Simulator, or Thetas and Xs")
	case n < 2 || o.Draws < 2:
		return nil, fmt.Errorf("sbi: calibrate: %d cases of %d draws; want two or more of both", n, o.Draws)
	}
	if err := sound(o.Prior); err != nil {
		return nil, err
	}
	c := &Calibration{Names: o.Prior.Names(), Draws: o.Draws, PriorStd: o.Prior.Std(), Rounds: rounds, scales: logScales(o.Prior)}
	c.wide = c.PriorStd
	if c.scales != nil {
		c.wide = c.spreadOf(Draw(o.Prior, 10_000, o.Seed^0x3d), c.PriorStd)
	}
	xs, err := c.simulate(ctx, n, o, want)
	if err != nil {
		return nil, err
	}
	points, err := referencePoints(ctx, c.Truths, xs, o)
	if err != nil {
		return nil, err
	}
	cases := len(xs)
	c.Ranks, c.Denser, c.Closer = make([][]int, cases), make([]float64, cases), make([]float64, cases)
	c.Mean, c.Std, c.spread, c.places = make([][]float64, cases), make([][]float64, cases), make([][]float64, cases), make([][]float64, cases)
	failed := make([]error, cases)
	var one sync.Mutex
	given := func(x []float64) (Distribution, error) { // an embedding serves one caller at a time
		one.Lock()
		defer one.Unlock()
		return inf.Given(x)
	}
	err = parallel(ctx, cases, func(i int) {
		d, err := given(xs[i])
		if err == nil {
			err = c.judge(ctx, i, d, points[i], o)
		}
		failed[i] = err
	})
	for _, f := range failed {
		if err == nil {
			err = f
		}
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// inferences are those that an estimator consists of, as far as it does.
func inferences(inf Amortized) []*Inference {
	switch inf := inf.(type) {
	case *Inference:
		if inf.begun() != nil {
			return nil // which is said where it is asked for a posterior
		}
		return []*Inference{inf}
	case mixed:
		var all []*Inference
		for _, one := range inf {
			all = append(all, inferences(one)...)
		}
		return all
	}
	return nil
}

// judge compares a posterior with its truth, and with a reference point.
func (c *Calibration) judge(ctx context.Context, i int, d Distribution, point []float64, o CalibrationOptions) error {
	truth := c.Truths[i]
	s, err := d.SampleSeed(ctx, o.Draws, o.Seed+uint64(i)*0x9e3779b9)
	if err != nil {
		return err
	}
	if len(s.Values) != o.Draws {
		return fmt.Errorf("sbi: calibrate: posterior %d gave %d draws; want %d", i, len(s.Values), o.Draws)
	}
	for _, theta := range s.Values {
		if len(theta) != len(truth) {
			return fmt.Errorf("sbi: calibrate: posterior %d is of %d parameters, the prior of %d", i, len(theta), len(truth))
		}
	}
	truth = likeDraws(o.Prior, truth, s.Values)
	c.Truths[i] = truth
	logs, err := densityOf(ctx, d, append(s.Values[:o.Draws:o.Draws], truth))
	if err != nil {
		return err
	}
	if len(logs) != o.Draws+1 || slices.ContainsFunc(logs, math.IsNaN) {
		return fmt.Errorf("sbi: calibrate: posterior %d gave %d log-densities of %d parameter vectors; want one of each, and no NaN", i, len(logs), o.Draws+1)
	}
	// Where the truth lies between its neighbours, and among its equals, is drawn:
	// ranks are whole numbers, the tests' distribution is continuous.
	rng := rand.New(rand.NewPCG(o.Seed^0x71e5, uint64(i)))
	near := c.distance(truth, point)
	denser, closer, below := rank{}, rank{}, make([]rank, len(truth))
	for k, theta := range s.Values {
		for d, v := range theta {
			below[d].add(v, truth[d])
		}
		denser.add(-logs[k], -logs[o.Draws])
		closer.add(c.distance(theta, point), near)
	}
	c.Denser[i] = (float64(denser.below) + denser.place(rng)) / float64(o.Draws+1)
	c.Closer[i] = (float64(closer.below) + closer.place(rng)) / float64(o.Draws+1)
	c.Ranks[i], c.places[i] = make([]int, len(truth)), make([]float64, len(truth))
	for d, r := range below {
		c.Ranks[i][d], c.places[i][d] = r.below, r.place(rng)
	}
	c.Mean[i], c.Std[i] = columnMoments(s.Values)
	c.spread[i] = c.spreadOf(s.Values, c.Std[i])
	return nil
}

// rank counts draws below a truth, and those that are equal to it.
type rank struct{ below, equal int }

func (r *rank) add(draw, truth float64) {
	if draw < truth {
		r.below++
	} else if draw == truth {
		r.equal++
	}
}

// place is where, by chance, the truth lies in the gap above the draws below it.
func (r *rank) place(rng *rand.Rand) float64 { return rng.Float64() * float64(r.equal+1) }

// densityOf gives the logarithm of a distribution's density, up to a constant. Of a
// Posterior it is the estimator's own: the mass within the prior, which LogProb has to
// draw for, is the same for draws and truth.
func densityOf(ctx context.Context, d Distribution, thetas [][]float64) ([]float64, error) {
	if p, ok := d.(*Posterior); ok {
		return p.flowLogProb(ctx, thetas)
	}
	return d.LogProb(ctx, thetas)
}

// on gives parameter d on its scale.
func (c *Calibration) on(d int, v float64) float64 {
	if c.scales != nil && c.scales[d] {
		return math.Log(v)
	}
	return v
}

// spreadOf gives the deviations of draws on the parameters' scales; std are those
// without logarithms.
func (c *Calibration) spreadOf(draws [][]float64, std []float64) []float64 {
	spread := append([]float64(nil), std...)
	for d := range spread {
		if c.scales == nil || !c.scales[d] {
			continue
		}
		logs := make([]float64, len(draws))
		for k, theta := range draws {
			logs[k] = math.Log(theta[d])
		}
		_, spread[d] = stat.PopMeanStdDev(logs, nil)
	}
	return spread
}

// distance is that of parameters in units of the prior's deviations.
func (c *Calibration) distance(a, b []float64) float64 {
	sum := 0.0
	for d := range a {
		e := (c.on(d, a[d]) - c.on(d, b[d])) / c.wide[d]
		sum += e * e
	}
	return sum
}

// Uniform gives the ranks of a parameter as shares between 0 and 1, continuous like
// Denser: uniform when the estimator is calibrated.
func (c *Calibration) Uniform(parameter int) []float64 {
	u := make([]float64, len(c.Ranks))
	for i, r := range c.Ranks {
		place := 0.5 // of ranks from elsewhere
		if c.places != nil {
			place = c.places[i][parameter]
		}
		u[i] = (float64(r[parameter]) + place) / float64(c.Draws+1)
	}
	return u
}

// KS gives, for every parameter, the p-value of the Kolmogorov-Smirnov test that
// its ranks are uniform: small ones, below 0.05 over the number of parameters, say
// that the posteriors are wrong.
func (c *Calibration) KS() []float64 {
	p := make([]float64, len(c.Names))
	for d := range p {
		p[d] = ksUniform(c.Uniform(d))
	}
	return p
}

// Coverage gives the share of cases whose truth lies within the region of highest
// density of every level: expected coverage (Hermans et al. 2022,
// https://arxiv.org/abs/2110.06581). Below the level the posteriors are too sure.
func (c *Calibration) Coverage() (level, covered []float64) { return shares(c.Denser) }

// TARP gives the share of cases whose truth lies within the region of every level
// around a reference point (Lemos et al. 2023, https://arxiv.org/abs/2302.03026).
// Unlike Coverage it needs no density. A case's reference point is the truth of the
// case before it, of the first 500, whose observation is the most alike: a function of
// the observation, with noise. Points that are drawn without looking at the
// observation could not tell posteriors that ignore it, such as the prior, from right
// ones (https://sbi.readthedocs.io/en/stable/how_to_guide/17_tarp.html says so, too).
func (c *Calibration) TARP() (level, covered []float64) { return shares(c.Closer) }

// shares gives the distribution function of values between 0 and 1.
func shares(values []float64) (level, covered []float64) {
	const steps = 50
	for k := range steps + 1 {
		at, below := float64(k)/steps, 0
		for _, v := range values {
			if v <= at {
				below++
			}
		}
		level, covered = append(level, at), append(covered, float64(below)/float64(len(values)))
	}
	return level, covered
}

// CoverageKS and TARPKS are the p-values of the Kolmogorov-Smirnov test that
// coverage is as wide as it says.
func (c *Calibration) CoverageKS() float64 { return ksUniform(c.Denser) }

// TARPKS is CoverageKS for TARP.
func (c *Calibration) TARPKS() float64 { return ksUniform(c.Closer) }

// Error is the calibration error of every parameter: the median, over 20 central
// intervals, of the difference between the share of truths within and the level.
func (c *Calibration) Error() []float64 {
	const intervals = 20
	out := make([]float64, len(c.Names))
	for d := range out {
		u := c.Uniform(d)
		var gaps []float64
		for k := range intervals {
			level, within := 0.005+0.99*float64(k)/(intervals-1), 0
			for _, v := range u {
				if math.Abs(v-0.5) <= level/2 {
					within++
				}
			}
			gaps = append(gaps, math.Abs(float64(within)/float64(len(u))-level))
		}
		out[d] = quantile(gaps, 0.5)
	}
	return out
}

// Contraction is, for every parameter, the mean over the cases of one minus the
// share of the prior's variance that is left: 0 when nothing was learned, 1 when
// everything. Of parameters with a LogUniform or LogNormal prior it is that of the
// logarithm.
func (c *Calibration) Contraction() []float64 {
	out := make([]float64, len(c.Names))
	for _, spread := range c.spread {
		for d, s := range spread {
			out[d] += (1 - s*s/(c.wide[d]*c.wide[d])) / float64(len(c.spread))
		}
	}
	return out
}

// ZScores gives, for every case and parameter, how many deviations of the
// posterior its mean lies above the truth.
func (c *Calibration) ZScores() [][]float64 {
	out := make([][]float64, len(c.Mean))
	for i, mean := range c.Mean {
		out[i] = make([]float64, len(mean))
		for d := range mean {
			out[i][d] = (mean[d] - c.Truths[i][d]) / c.Std[i][d]
		}
	}
	return out
}

// surelyOff is the probability that right posteriors are said to be wrong.
const surelyOff = 0.05

// faults are what the checks find wrong that chance would hardly do.
func (c *Calibration) faults() (off []string) {
	least := surelyOff / float64(len(c.Names)+2) // of so many tests
	if c.CoverageKS() < least {
		level, covered := c.Coverage()
		worst := 0
		for k := range level {
			if math.Abs(covered[k]-level[k]) > math.Abs(covered[worst]-level[worst]) {
				worst = k
			}
		}
		how := "too wide"
		if covered[worst] < level[worst] {
			how = "too narrow"
		}
		off = append(off, fmt.Sprintf("posteriors are %s (%.0f %% of the truths lie within their regions of %.0f %%)", how, 100*covered[worst], 100*level[worst]))
	}
	for d, p := range c.KS() {
		if p < least {
			off = append(off, c.Names[d]+" is "+rankShape(c.Uniform(d)))
		}
	}
	if len(off) == 0 && c.TARPKS() < least {
		off = append(off, "TARP finds posteriors wrong that pass the other tests, as those do that ignore the observation")
	}
	return off
}

// verdict says in words what the checks say, all of them together.
func (c *Calibration) verdict() string {
	off := c.faults()
	if len(off) == 0 {
		return fmt.Sprintf("verdict: %d cases find nothing wrong", len(c.Ranks))
	}
	return "verdict: not calibrated: " + strings.Join(off, ", ") + "; more simulations may help, or another Density"
}

// headline is what a figure of the checks must not leave out; "" for nothing.
func (c *Calibration) headline() string {
	if c.Rounds > 1 {
		return fmt.Sprintf("after %d rounds right only near one observation, not expected to pass", c.Rounds)
	}
	if len(c.Ranks) == 0 {
		return ""
	}
	if off := c.faults(); len(off) > 0 {
		first, _, _ := strings.Cut(off[0], " (")
		if len(off) > 1 {
			first += ", …"
		}
		return "not calibrated: " + first
	}
	return ""
}

// rankShape says how posteriors are wrong whose truths lie at such shares of the draws.
func rankShape(u []float64) string {
	mean, variance := stat.PopMeanVariance(u, nil)
	const uniform = 1.0 / 12
	switch shift := (mean - 0.5) * math.Sqrt(float64(len(u))/uniform); {
	case shift > 3:
		return "too low"
	case shift < -3:
		return "too high"
	case variance > uniform:
		return "too narrow"
	}
	return "too wide"
}

// String gives the checks as a table, and what they say together.
func (c *Calibration) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d posteriors of %d draws", len(c.Ranks), c.Draws)
	if c.Failed > 0 {
		fmt.Fprintf(&b, " (%s simulations failed)", grouped.Int(c.Failed))
	}
	fmt.Fprintf(&b, "; coverage p = %.2g, TARP p = %.2g\n", c.CoverageKS(), c.TARPKS())
	if c.Rounds > 1 {
		fmt.Fprintf(&b, "(after %d rounds an estimator is only right near its own observation, and not expected to pass)\n", c.Rounds)
	}
	fmt.Fprintf(&b, "%-12s %10s %10s %12s\n", "", "SBC p", "error", "contraction")
	ks, gaps, contraction := c.KS(), c.Error(), c.Contraction()
	for d, name := range c.Names {
		fmt.Fprintf(&b, "%-12s %10.2g %10.3f %12.3f\n", name, ks[d], gaps[d], contraction[d])
	}
	if c.Rounds <= 1 && len(c.Ranks) > 0 {
		b.WriteString(c.verdict() + "\n")
	}
	return b.String()
}
