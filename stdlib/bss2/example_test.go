package bss2_test

import (
	"context"
	"fmt"

	"hillock/stdlib/bss2"
)

// The thesis's slow observation, recorded for all of its millisecond.
func ExampleNeuron_Run() {
	chip := bss2.NewChip(72, bss2.ChipOptions{})
	slow := bss2.Table1().With(bss2.A, 350).With(bss2.TauW, 200)
	trials, err := chip.Neuron(0).Run(context.Background(), slow, bss2.Experiment{Samples: 29410})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(slow)
	fmt.Println(trials)
	// Output:
	// table 1 with a 350, τ_w 200
	// 1 trial of 1000 µs with 14 spikes
}
