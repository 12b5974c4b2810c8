package adex

import (
	"context"
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

// BenchmarkThousandTraces is 1,000 neurons of table 2, 10,000 steps each with V
// recorded, on one thread and on two.
func BenchmarkThousandTraces(b *testing.B) {
	sets := Draw(1000, Table2(), 1)
	for _, threads := range []int{1, 2} {
		b.Run(map[int]string{1: "one-thread", 2: "two-threads"}[threads], func(b *testing.B) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
			for b.Loop() {
				if _, err := SimulateBatch(context.Background(), sets, Step{I: 2000, Runtime: 100}, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "ns/step")
		})
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
