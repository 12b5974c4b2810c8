package adex

import (
	"context"
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkOneTrace is one neuron of table 4: 10,000 steps with V recorded.
func BenchmarkOneTrace(b *testing.B) {
	for b.Loop() {
		if _, err := Simulate(context.Background(), Table4(), Step{I: 2000, Runtime: 100}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThousandTraces is 1,000 neurons of table 2, 10,000 steps each, on one
// thread and on two: with V recorded into fresh memory, into the memory of the
// batch before, and not at all.
func BenchmarkThousandTraces(b *testing.B) {
	sets := Draw(1000, Table2(), 1)
	for _, threads := range []int{1, 2} {
		for _, memory := range []string{"fresh", "reused", "spikes-only"} {
			b.Run(fmt.Sprintf("%d-threads/%s", threads, memory), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
				opts := Options{SpikesOnly: memory == "spikes-only"}
				for b.Loop() {
					batch, err := SimulateBatch(context.Background(), sets, Step{I: 2000, Runtime: 100}, opts)
					if err != nil {
						b.Fatal(err)
					}
					if memory == "reused" {
						opts.Reuse = batch
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "ns/step")
			})
		}
	}
}

// BenchmarkReference is the reference of the same trace as BenchmarkOneTrace.
func BenchmarkReference(b *testing.B) {
	for b.Loop() {
		if _, err := Reference(context.Background(), Table4(), Step{I: 2000, Runtime: 100}, ReferenceOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
