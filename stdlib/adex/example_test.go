package adex_test

import (
	"context"
	"fmt"

	"hillock/stdlib/adex"
)

// The thesis's simulated observation, and how fast it fires.
func ExampleSimulate() {
	run, err := adex.Simulate(context.Background(), adex.Table4(), adex.ThesisStep(2000), adex.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run)
	fmt.Printf("%.0f Hz\n", run.Rate())
	// Output:
	// AdEx run of 100.2 ms: 21 spikes, the first at 1.69 ms; 10020 samples, one each 0.01 ms
	// 210 Hz
}

// A thousand neurons of the thesis's ranges.
func ExampleSimulateBatch() {
	sets := adex.Draw(1000, adex.Table2(), 7)
	runs, err := adex.SimulateBatch(context.Background(), sets, adex.ThesisStep(2000), adex.Options{SpikesOnly: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(runs)
	// Output:
	// 1000 AdEx runs of 100.2 ms: 100.0 % spike
}

// Two spike trains, the second 1 ms later.
func ExampleVictorPurpura() {
	a, b := []float64{10, 20, 30}, []float64{11, 21, 31}
	distance, err := adex.VictorPurpura(a, b, 0.5)
	fmt.Println(distance, err)
	// Output:
	// 1.5 <nil>
}
