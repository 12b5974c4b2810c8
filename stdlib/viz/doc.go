// Package viz draws the plots of the field on gonum/plot: voltage traces, firing
// rate curves, grids of them.
//
// Functions that draw one plot give a *plot.Plot, which can be changed before it
// is shown; Traces and Grid give a notebook.Figure. A cell that ends with either
// shows it, and its text form says what it shows.
package viz
