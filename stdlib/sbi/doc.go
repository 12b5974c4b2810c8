// Package sbi finds the parameters of a simulator from an observation:
// simulation-based inference with neural density estimators.
//
//	prior := sbi.BoxUniform([]float64{0, 0}, []float64{1, 1}, "a", "b")
//	inf := must(sbi.NewSNPE(prior, sbi.Options{Observation: x, Seed: 42}))
//	for range 10 {
//		must(inf.Round(ctx, simulator, 1000)) // propose, simulate, append, train
//	}
//	posterior := must(inf.Posterior(x))
//	samples := must(posterior.Sample(ctx, 1000))
//
// More rounds than one spend their simulations near one observation: sequential neural
// posterior estimation with atomic proposals (SNPE-C, Greenberg, Nonnenmacher and Macke
// 2019, https://arxiv.org/abs/1905.07488). One round is amortized over observations
// (NPE), so that its posteriors can be checked where the truth is known. Without
// Options.Observation there is no other one: more simulations add to it.
//
//	inf := must(sbi.NewNPE(prior, sbi.Options{Seed: 42}))
//	must(inf.Round(ctx, simulator, 5000)) // or Append what was simulated, and Train
//	must(sbi.Calibrate(ctx, inf, 300, sbi.CalibrationOptions{}))
//	posterior := must(inf.Posterior(x))
//	must(sbi.PosteriorPredictive(ctx, posterior, x, simulator, 200, 1))
//
// Calibrate says whether posteriors are as wide as they should be, PosteriorPredictive
// whether simulations of one make its observation again, Inference.CheckObservation
// whether an observation is like what was trained on.
//
// Parameters and observations are slices of float64 in the simulator's own
// units; estimators work on standardised values inside. Samples outside the prior
// are rejected; where too many are, an estimator can live on the box itself
// (Support), or later rounds can be Truncated. Every draw comes from the seed
// given; results are the same bytes at any number of cores.
package sbi
