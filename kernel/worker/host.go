package worker

import (
	"context"
	"errors"

	"hillock/stdlib/notebook"
)

var _ notebook.CellHost = (*child)(nil)

// Display shows a bundle as output of the running goroutine's cell.
func (c *child) Display(b notebook.Bundle, id string, update bool) error {
	encoded, err := encodeBundle(b)
	if err != nil {
		return err
	}
	cell := c.streams.owner()
	return c.streams.event(kindDisplay, 0, func(number uint64) any {
		return displayMessage{Mark: number, Cell: cell, Bundle: encoded, ID: id, Update: update}
	})
}

// Clear removes the output of the running goroutine's cell.
func (c *child) Clear(wait bool) error {
	cell := c.streams.owner()
	return c.streams.event(kindClear, 0, func(number uint64) any {
		return clearMessage{Mark: number, Cell: cell, Wait: wait}
	})
}

// Input asks the person for a line; an interrupt of the cell ends it.
func (c *child) Input(prompt string, password bool) (string, error) {
	c.mu.Lock()
	ctx := c.running.ctx
	c.mu.Unlock()
	if ctx == nil {
		return "", errors.New("no cell is running")
	}
	return c.ask(ctx, prompt, password)
}

// Interactive says that a notebook keeps the output.
func (c *child) Interactive() bool { return true }

// Cell gives the number of the running goroutine's cell.
func (c *child) Cell() int { return int(c.streams.owner()) }

// ask asks the person for a line.
func (c *child) ask(ctx context.Context, prompt string, password bool) (string, error) {
	answers := make(chan inputReply, 1)
	c.mu.Lock()
	c.input++
	id := c.input
	c.inputs[id] = answers
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.inputs, id)
		c.mu.Unlock()
	}()
	cell := c.streams.owner()
	err := c.streams.event(kindInput, id, func(number uint64) any {
		return inputMessage{Mark: number, Cell: cell, Prompt: prompt, Password: password}
	})
	if err != nil {
		return "", err
	}
	select {
	case answer := <-answers:
		if answer.Error != "" {
			return "", errors.New(answer.Error)
		}
		return answer.Text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
