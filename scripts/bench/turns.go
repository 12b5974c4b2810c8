package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// partner is a measuring program of this folder that waits for what it is asked
// to run, so that its runs and hillock's can take turns.
type partner struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// partner starts a program on the Python of a list of peers. What it prints
// first is decoded into about.
func (b *bench) partner(ctx context.Context, about any, requirements, name string, args ...string) (*partner, error) {
	python, err := b.peers(ctx, requirements)
	if err != nil {
		return nil, err
	}
	p := &partner{cmd: exec.CommandContext(ctx, python, append([]string{filepath.Join(b.root, "scripts", "bench", name)}, args...)...)}
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, p.read(about)
}

func (p *partner) read(into any) error {
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("%s ended: %w", filepath.Base(p.cmd.Args[1]), err)
	}
	return json.Unmarshal(line, into)
}

// close ends the program.
func (p *partner) close() error {
	return errors.Join(p.in.Close(), p.cmd.Wait())
}

// turns runs ours and what the partner knows as name in turns, and gives the
// medians of their times in ms. The first run of each turn finds the caches full
// of other things and does not count.
func (p *partner) turns(name string, rounds int, ours func() error) (mine, theirs float64, err error) {
	const (
		runs = 4
		spin = 60 * time.Millisecond // the partner's idle threads spin that long, on our cores
	)
	var own, other []float64
	for range rounds {
		var times []float64
		if _, err := fmt.Fprintln(p.in, name, runs+1); err != nil {
			return 0, 0, err
		}
		if err := p.read(&times); err != nil {
			return 0, 0, err
		}
		other = append(other, times[1:]...)
		time.Sleep(spin)
		for i := range runs + 1 {
			start := time.Now()
			if err := ours(); err != nil {
				return 0, 0, err
			}
			if i > 0 {
				own = append(own, float64(time.Since(start).Nanoseconds())/1e6)
			}
		}
	}
	slices.Sort(own)
	slices.Sort(other)
	return own[len(own)/2], other[len(other)/2], nil
}
