package worker

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// fallbackMemory stands for the machine's memory where it can't be told.
const fallbackMemory = 8 << 30

// stackLimit is how many bytes the stack of one goroutine may take: enough for
// some hundred thousand nested calls of interpreted functions, and little enough
// that an infinite recursion ends within a second or so.
const stackLimit = 256 << 20

// outOfMemoryStatus is the exit status of a process that passed its limit.
const outOfMemoryStatus = 86

// outOfMemoryText begins the last words of a process that passed its limit.
const outOfMemoryText = "hillock: out of memory: "

// Bounds of the time between two looks at the memory, and the rate at which
// it is taken to fill up at most.
const (
	shortestWatch = 5 * time.Millisecond
	longestWatch  = 250 * time.Millisecond
	fillRate      = 4 << 30 // bytes a second
)

// LimitMemory makes this process end with a line on standard error when the
// program in it holds more than cells may.
func LimitMemory() error {
	limit, err := Options{}.memoryLimit()
	if err == nil {
		limitMemory(limit, "the program", os.Stderr)
	}
	return err
}

// limitMemory makes the garbage collector work harder as the limit comes near,
// and ends the process when it is passed all the same, with a line on last that
// says who held too much.
func limitMemory(limit uint64, who string, last io.Writer) {
	if limit == 0 {
		return
	}
	debug.SetMemoryLimit(int64(limit / 10 * 9))
	go func() {
		percent := 100
		for {
			if p := collectAt(liveMemory(), limit); p != percent && os.Getenv("GOGC") == "" {
				debug.SetGCPercent(p)
				percent = p
			}
			held := heldMemory()
			if held > limit {
				fmt.Fprintf(last, "%s%s held %s, the limit is %s\n", outOfMemoryText, who, formatBytes(held), formatBytes(limit))
				os.Exit(outOfMemoryStatus)
			}
			time.Sleep(untilNextLook(limit - held))
		}
	}()
}

// spare is how much garbage may gather before it is collected even where little is in
// use. Interpreted calls make much of it, and where collections follow on each other
// they take a third of the time.
const spare = 256 << 20

// collectAt gives the growth, in percent of what is in use, at which garbage is
// collected: the usual 100, or more where that is little. It comes in powers of two,
// not to change with every look.
func collectAt(live, limit uint64) int {
	percent := 100
	for percent < 1600 && live*uint64(percent)/100 < min(spare, limit/8)/2 {
		percent *= 2
	}
	return percent
}

// liveMemory gives the bytes of the heap that were in use at the last collection.
func liveMemory() uint64 {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64()
}

// untilNextLook gives the time in which the memory that is left can't fill up.
func untilNextLook(left uint64) time.Duration {
	full := time.Duration(float64(left) / fillRate * float64(time.Second))
	return max(shortestWatch, min(full, longestWatch))
}

// heldMemory gives the bytes that the Go runtime has from the system.
func heldMemory() uint64 {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
