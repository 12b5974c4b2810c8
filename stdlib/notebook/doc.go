// Package notebook shows values in a notebook: text, tables, formulas, pictures,
// plots and progress.
//
// The value of a cell's last expression is shown by itself. Display shows more
// than one value, or one in the middle of a cell:
//
//	notebook.Display(p)                        // any value: a plot, a matrix, a table of structs
//	notebook.Display(notebook.Markdown("**τ_w** in ms"))
//
// What a value looks like is found by Represent: methods such as HTML or SVG,
// and what this package knows about plots, images, matrices and tables. A value
// is shown in every representation it has, and the front end picks the richest
// that it can draw.
//
// DisplayID gives a handle whose contents can be replaced, Progress is a bar
// with rate and remaining time, Input asks the person for a line.
//
// Without a notebook (in a program made by "hillock export", or in a test) the
// same calls print text to the terminal and save pictures to files in the
// working directory.
package notebook
