// Package dataset keeps simulated or emulated voltage traces on disk, with the
// parameters they came from, and brings them to training.
//
//	source := dataset.Chip{Neuron: chip.Neuron(0), Ranges: bss2.Ranges4D()}
//	ds, err := dataset.Generate(ctx, "data/4d", source, 20_000, dataset.Options{Seed: 213})
//
// A dataset is a folder: manifest.json says what was drawn, from which ranges,
// with which seed and in which units; shards are Arrow IPC files, compressed
// with zstd, with a row for each trace. pyarrow, pandas and polars read them:
//
//	polars.read_ipc("data/4d/shard-00000.arrow")
//
// The columns are one for each parameter, "spikes" (their number) and "trace" (a
// fixed-size list of float32).
//
// What compression saves depends on the traces: a third of recordings of a chip,
// whose samples are whole numbers of 10 bits before they are interpolated, but
// nothing of simulated ones, whose digits look random to any compressor that keeps
// them all. 200,000 traces of 1,024 points take 0.82 GB at most.
//
// Shards are written one after the other and appear whole or not at all. What
// was stopped goes on where it was when Generate is called again, and ends with
// the same bytes as if it had never been stopped.
package dataset
