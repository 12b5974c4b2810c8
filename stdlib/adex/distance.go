package adex

import (
	"fmt"
	"math"
	"sort"
)

// VictorPurpura is the distance of Victor and Purpura (1996) between two spike
// trains: the least cost of turning one into the other, where adding or removing
// a spike costs 1 and moving one by Δt costs q·|Δt|. q is in 1/ms: 0 compares
// only the numbers of spikes, +Inf counts the spikes that do not coincide. Spike
// times are in ms and ascend.
func VictorPurpura(a, b []float64, q float64) (float64, error) {
	if math.IsNaN(q) || q < 0 {
		return 0, fmt.Errorf("adex: the cost q of moving a spike is %g per ms; it must be 0 or above", q)
	}
	if err := checkTrains(a, b); err != nil {
		return 0, err
	}
	// cost[j] is the distance between the spikes of a so far and the first j of b.
	cost := make([]float64, len(b)+1)
	for j := range cost {
		cost[j] = float64(j)
	}
	for i, x := range a {
		diagonal := cost[0]
		cost[0] = float64(i + 1)
		for j, y := range b {
			move := diagonal
			if x != y {
				move += q * math.Abs(x-y)
			}
			diagonal = cost[j+1]
			cost[j+1] = min(cost[j+1]+1, cost[j]+1, move)
		}
	}
	return cost[len(b)], nil
}

// VanRossum is the distance of van Rossum (2001) between two spike trains: the
// root of the integrated squared difference after each spike is turned into a
// decaying exponential of time constant tau (ms), scaled so that a train with
// one spike is at distance 1 from an empty one. With tau +Inf it is the
// difference of the numbers of spikes. Spike times are in ms and ascend.
func VanRossum(a, b []float64, tau float64) (float64, error) {
	if math.IsNaN(tau) || tau <= 0 {
		return 0, fmt.Errorf("adex: the time constant tau is %g ms; it must be above 0", tau)
	}
	if err := checkTrains(a, b); err != nil {
		return 0, err
	}
	if math.IsInf(tau, 1) {
		return math.Abs(float64(len(a) - len(b))), nil
	}
	// With both trains merged, spikes of b negative, D² = Σ_i Σ_j s_i s_j e^(−|t_i−t_j|/τ):
	// each spike once, and twice what earlier ones have left at its time.
	type spike struct{ time, sign float64 }
	merged := make([]spike, 0, len(a)+len(b))
	for _, t := range a {
		merged = append(merged, spike{t, 1})
	}
	for _, t := range b {
		merged = append(merged, spike{t, -1})
	}
	sort.SliceStable(merged, func(i, j int) bool { return merged[i].time < merged[j].time })
	square, left := 0.0, 0.0
	for i, s := range merged {
		if i > 0 {
			left *= math.Exp((merged[i-1].time - s.time) / tau)
		}
		square += 1 + 2*s.sign*left
		left += s.sign
	}
	return math.Sqrt(max(0, square)), nil
}

// ISIDistance is the distance of Kreuz and others (2007) between two spike
// trains from start to end (ms): the mean over time of |ν₁ − ν₂|/max(ν₁, ν₂),
// where ν is the interspike interval that a train is in. It is 0 for equal
// trains and below 1 for all. Before the first and after the last spike the
// interval is the one beside it, or the time to the edge if that is longer; a
// train without spikes has one interval from start to end.
func ISIDistance(a, b []float64, start, end float64) (float64, error) {
	return meanOver(a, b, start, end, func(x, y interval, _, _ float64) float64 {
		return math.Abs(x.length()-y.length()) / max(x.length(), y.length())
	})
}

// SpikeDistance is the SPIKE-distance of Kreuz and others (2013) between two
// spike trains from start to end (ms): the mean over time of a weighted distance
// from the spikes around that time to their nearest spikes in the other train,
// in units of the mean interspike interval. It is 0 for equal trains and below 1
// for all. At the edges it continues the trains with their first and last
// intervals, or to the edge if that is further; a train without spikes is
// continued from start and end.
func SpikeDistance(a, b []float64, start, end float64) (float64, error) {
	at := func(x, y interval, t float64) float64 {
		mean := (x.length() + y.length()) / 2
		return (x.distance(t)*y.length() + y.distance(t)*x.length()) / (2 * mean * mean)
	}
	return meanOver(a, b, start, end, func(x, y interval, from, to float64) float64 {
		return (at(x, y, from) + at(x, y, to)) / 2 // linear between spikes
	})
}

// interval lies between two spikes of a train, each with its distance to the
// nearest spike of the other train.
type interval struct {
	from, to         float64
	nearFrom, nearTo float64
}

func (x interval) length() float64 { return x.to - x.from }

// distance interpolates between the distances of the two spikes.
func (x interval) distance(t float64) float64 {
	return (x.nearFrom*(x.to-t) + x.nearTo*(t-x.from)) / x.length()
}

// meanOver averages f, the mean over a stretch without spikes, from start to end.
func meanOver(a, b []float64, start, end float64, f func(x, y interval, from, to float64) float64) (float64, error) {
	if math.IsNaN(end-start) || math.IsInf(end-start, 0) || end <= start {
		return 0, fmt.Errorf("adex: the distance from %g to %g ms; the end must come after the start", start, end)
	}
	if err := checkTrains(a, b); err != nil {
		return 0, err
	}
	for _, train := range [][]float64{a, b} {
		if n := len(train); n > 0 && (train[0] < start || train[n-1] > end) {
			return 0, fmt.Errorf("adex: a spike train goes from %g to %g ms; it must lie within %g to %g ms", train[0], train[n-1], start, end)
		}
	}
	x, y := intervals(a, b, start, end), intervals(b, a, start, end)
	sum, from := 0.0, start
	for i, j := 0, 0; from < end; {
		for i < len(x)-1 && x[i].to <= from {
			i++
		}
		for j < len(y)-1 && y[j].to <= from {
			j++
		}
		to := min(x[i].to, y[j].to, end)
		sum += f(x[i], y[j], from, to) * (to - from)
		from = to
	}
	return sum / (end - start), nil
}

// intervals gives the intervals of a train that cover start to end.
func intervals(train, other []float64, start, end float64) []interval {
	times := extended(train, start, end)
	others := extended(other, start, end)
	near := make([]float64, len(times))
	for i, t := range times {
		j := sort.SearchFloat64s(others, t)
		near[i] = math.Inf(1)
		for _, k := range []int{j - 1, j} {
			if k >= 0 && k < len(others) {
				near[i] = min(near[i], math.Abs(t-others[k]))
			}
		}
	}
	// The spikes put in for the edges count as near as the ones beside them.
	near[0], near[len(near)-1] = near[1], near[len(near)-2]
	var all []interval
	for i := 1; i < len(times); i++ {
		if times[i] > times[i-1] {
			all = append(all, interval{times[i-1], times[i], near[i-1], near[i]})
		}
	}
	return all
}

// extended puts one spike before and one after the train.
func extended(train []float64, start, end float64) []float64 {
	if len(train) == 0 {
		train = []float64{start, end}
	}
	n := len(train)
	before, after := start, end
	if n > 1 {
		before = min(start, train[0]-(train[1]-train[0]))
		after = max(end, train[n-1]+(train[n-1]-train[n-2]))
	}
	times := make([]float64, 0, n+2)
	times = append(times, before)
	times = append(times, train...)
	return append(times, after)
}

func checkTrains(trains ...[]float64) error {
	for _, train := range trains {
		for i, t := range train {
			if math.IsNaN(t) || math.IsInf(t, 0) || i > 0 && t < train[i-1] {
				return fmt.Errorf("adex: spike %d of a train is at %g ms; spike times must be finite and ascend", i, t)
			}
		}
	}
	return nil
}
