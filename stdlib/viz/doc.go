// Package viz draws the plots of the field on gonum/plot.
//
// Traces: Traces, Overlay (an observation over simulations), TraceGrid, Raster.
// Curves: Curve, Curves, Lines, Band, Points, Scatter, Loss, Rounds.
// Distributions: PairPlot, Marginals, ConditionalPlot, DensityPlot,
// DensityGrid, LogProbPlot, Histograms, Boxes, Recovery.
// Tables: Heatmap, HeatTable, Bars, Spectrum. Checks: RankECDF, RankHistogram,
// Coverage.
//
// Functions that draw one plot give a *plot.Plot, which can be changed before it
// is shown; Grid puts several side by side. Those of several panels give a
// notebook.Figure. A cell that ends with either shows it on a white ground, and
// its text form says what it shows.
package viz
