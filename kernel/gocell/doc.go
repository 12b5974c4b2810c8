// Package gocell is the front end for a notebook cell: it parses a cell,
// type-checks it in the world of the earlier cells, and prepares it for lowering.
package gocell
