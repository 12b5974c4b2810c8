package nn

import "hillock/internal/gemm"

// A convolution of stride s sees the input as s sequences, the phases: what is k places
// after the beginning of output l is in phase k mod s at l + k div s, so that
// neighbouring outputs read neighbours. Its input's gradient is s convolutions of
// stride 1 in the same way, each with every s-th tap.

// phaseLength is the length of a phase of the padded input.
func (c *convolution) phaseLength() int { return (c.padded() + c.stride - 1) / c.stride }

// phaseRows sets where the taps of every input channel begin in the phases.
func (c *convolution) phaseRows(rows []int) {
	for r := range rows {
		tap := r % c.kernel * c.dilation
		rows[r] = ((r/c.kernel*c.stride+tap%c.stride)*c.phaseLength() + tap/c.stride) * gemm.Offset
	}
}

// split writes the phases of padded inputs of a sample.
func (c *convolution) split(phases, x []float32) {
	length, width := c.phaseLength(), c.padded()
	for i := range c.in {
		row := x[i*width:][:width]
		for phase := range c.stride {
			to := phases[(i*c.stride+phase)*length:][:length]
			within := max(0, (width-phase+c.stride-1)/c.stride)
			clear(to[within:])
			at := phase
			for q := range to[:within] {
				to[q] = row[at]
				at += c.stride
			}
		}
	}
}

// phaseTaps is how many taps a phase has at most, phaseSteps how many places of the
// input.
func (c *convolution) phaseTaps() int  { return (c.kernel-1)*c.dilation/c.stride + 1 }
func (c *convolution) phaseSteps() int { return (c.length-1+c.before)/c.stride + 1 }

// stridedInputGradient convolves the output's gradient with the turned kernels, phase
// by phase.
func (t *Tape) stridedInputGradient(n *node, work int) {
	c := n.conv
	taps, steps := c.phaseTaps(), c.phaseSteps()
	width := steps + taps - 1
	n.buffer(2, c.stride*c.in*c.out*taps) // (phase, in, out, tap from the last on)
	t.team.run(t, n, c.out, 4*c.in*c.out*c.kernel, turnPhases)
	rows := n.rows(1, c.out*taps)
	for r := range rows {
		rows[r] = (r/taps*width + r%taps) * gemm.Offset
	}
	n.buffer(3, t.team.size*(c.out*width+c.stride*c.in*steps))
	_, add := n.in[0].gradient()
	if !add {
		clear(n.in[0].Grad)
	}
	t.team.run(t, n, c.batch, work, func(t *Tape, n *node, worker, b int) {
		c := n.conv
		taps, steps := c.phaseTaps(), c.phaseSteps()
		width, size := steps+taps-1, c.stride*c.in*steps
		buffer := n.buffers[3][worker*(c.out*width+size):]
		slopes, phases := buffer[:c.out*width], buffer[c.out*width:][:size]
		clear(slopes)
		for o := range c.out {
			copy(slopes[o*width+taps-1:(o+1)*width], n.out.Grad[(b*c.out+o)*c.result:][:c.result])
		}
		t.kernel.Strips(gemm.RowMajor(phases, steps), gemm.RowMajor(n.buffers[2], c.out*taps), slopes, n.offsets[1], c.stride*c.in, steps, c.out*taps, false)
		dx := n.in[0].Grad[b*c.in*c.length:][:c.in*c.length]
		for phase := range c.stride {
			// Of the phase's places those from first on, fewer than last, are in the input.
			first := max(0, (c.before-phase+c.stride-1)/c.stride)
			last := min(steps, (c.length-1+c.before-phase)/c.stride+1)
			for i := range c.in {
				row, from := dx[i*c.length:][:c.length], phases[(phase*c.in+i)*steps:][:steps]
				l := first*c.stride + phase - c.before
				for _, g := range from[first:max(first, last)] {
					row[l] += g
					l += c.stride
				}
			}
		}
	})
}

// turnPhases lays out the kernels of output channel o for stridedInputGradient.
func turnPhases(_ *Tape, n *node, _, o int) {
	c := n.conv
	taps := c.phaseTaps()
	for i := range c.in {
		from := n.in[1].Data[(o*c.in+i)*c.kernel:][:c.kernel]
		for phase := range c.stride {
			to := n.buffers[2][((phase*c.in+i)*c.out+o)*taps:][:taps]
			for m := range to {
				to[taps-1-m] = 0
				if at := phase + m*c.stride; at%c.dilation == 0 && at/c.dilation < c.kernel {
					to[taps-1-m] = from[at/c.dilation]
				}
			}
		}
	}
}
