package sbi

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// MAF is a masked autoregressive flow (Papamakarios, Pavlakou and Murray 2017,
// https://arxiv.org/abs/1705.07057): affine autoregressive transforms with random
// permutations before them, each of which changes the order. The zero value is
// the toolbox's default and the thesis's choice.
//
// Each parameter is an affine function of noise, given the context and the parameters
// before it. Of a single parameter there are none before, so that all transforms
// together are one affine function: a normal distribution, whatever the posterior. Take
// NSF there, as a nil Options.Density does.
type MAF struct {
	Transforms int // 0 means 5
	Blocks     int // hidden layers after the first; 0 means 2
	Hidden     int // units a hidden layer; 0 means 50
}

func (o MAF) build(dim, context int, rng *rand.Rand) (flow, error) {
	err := sizes("MAF", size{&o.Transforms, 5, "transforms"}, size{&o.Blocks, 2, "blocks"}, size{&o.Hidden, 50, "hidden units"})
	if err != nil {
		return nil, err
	}
	c := &chain{dim: dim}
	for range o.Transforms {
		if err := c.reorder(rng); err != nil {
			return nil, err
		}
		c.transforms = append(c.transforms, &autoregressive{newMADE(dim, context, o.Hidden, o.Blocks+1, 2, rng), affine{}})
	}
	return c, nil
}

// size is a size of a family, 0 for the usual one.
type size struct {
	value *int
	usual int
	name  string
}

// sizes fills in the usual sizes and refuses those below 1.
func sizes(family string, all ...size) error {
	for _, s := range all {
		if *s.value == 0 {
			*s.value = s.usual
		}
		if *s.value < 0 {
			return fmt.Errorf("sbi: %s with %d %s; want 1 or more", family, *s.value, s.name)
		}
	}
	return nil
}

// permute appends a random permutation, where there is something to permute.
func (c *chain) permute(rng *rand.Rand) error {
	if c.dim == 1 {
		return nil
	}
	order, err := randomPermutation(c.dim, rng)
	if err == nil {
		c.transforms = append(c.transforms, order)
	}
	return err
}

// reorder is permute with an order that differs from the one before: without a
// change an autoregressive transform repeats what the last could do, and of two
// dimensions every other random permutation is none.
func (c *chain) reorder(rng *rand.Rand) error {
	for {
		if err := c.permute(rng); err != nil || c.dim == 1 {
			return err
		}
		last := len(c.transforms) - 1
		if order := c.transforms[last].(*permutation); !slices.IsSorted(order.places()) {
			return nil
		}
		c.transforms = c.transforms[:last]
	}
}
