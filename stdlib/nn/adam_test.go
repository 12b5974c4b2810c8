package nn

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// TestAdamGivesTheSameBytesOnAnyNumberOfCores moves a parameter that the cores
// share, of a size that they can't share evenly.
func TestAdamGivesTheSameBytesOnAnyNumberOfCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first []float32
	for _, cores := range []int{1, 2, 3, 7} {
		runtime.GOMAXPROCS(cores)
		rng := rand.New(rand.NewPCG(1, 2))
		net := NewLinear(331, 997, rng)
		adam, err := NewAdam(net, AdamOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p := net.Parameters()[0].Tensor
		if p.Len() <= large {
			t.Fatalf("%d weights are not shared", p.Len())
		}
		for range 3 {
			grad, _ := p.gradient()
			for i := range grad {
				grad[i] = float32(rng.NormFloat64())
			}
			adam.Step()
		}
		if first == nil {
			first = slices.Clone(p.Data)
		}
		for i, x := range p.Data {
			if x != first[i] {
				t.Fatalf("%d cores: weight %d is %g, on one %g", cores, i, x, first[i])
			}
		}
		if got := testing.AllocsPerRun(5, adam.Step); got != 0 {
			t.Errorf("%d cores: a step allocates %v times, want 0", cores, got)
		}
	}
}
