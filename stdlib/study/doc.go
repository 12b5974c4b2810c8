// Package study holds what the notebooks of hillock's studies share: the scale
// of a run, the numbers that come out of it, simulators that prepare traces as
// the training sets do, and encoders that are trained once and kept.
//
//	scale := "laptop" // in the cell tagged parameters; or "ci", "paper"
//
//	at := must(study.ParseScale(scale))
//	results := study.NewResults("snpe-2d", at, 42)
//	rounds := at.Of(2, 10, 20)
//	…
//	results.SetBeside("eigenvalue 1", value, 0.97, "")
//	must(results.Write())
package study
