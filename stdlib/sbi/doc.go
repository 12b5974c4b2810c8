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
// One round is neural posterior estimation (NPE), amortized over observations;
// more rounds are its sequential form with atomic proposals (SNPE-C, Greenberg,
// Nonnenmacher and Macke 2019, https://arxiv.org/abs/1905.07488), which spends
// its simulations near one observation.
//
// Parameters and observations are slices of float64 in the simulator's own
// units; estimators work on standardised values inside. Samples outside the prior
// are rejected; where too many are, an estimator can live on the box itself
// (Support), or later rounds can be Truncated. Every draw comes from the seed
// given; results are the same bytes at any number of cores.
package sbi
