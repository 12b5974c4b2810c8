package bss2

import (
	"context"
	"strings"
	"testing"
)

// TestPrecisionAtXSlow: b and τ_w make up for one another, a and τ_w go together,
// and V_r and then τ_w are known best, as the thesis and the paper find for their
// posteriors of x_slow.
func TestPrecisionAtXSlow(t *testing.T) {
	circuit := DefaultCircuit()
	n := NewChip(72, ChipOptions{Circuit: &circuit, Ideal: true}).Neuron(0)
	p, err := n.Precision(context.Background(), XSlow(), []Parameter{A, TauW, B, Vr}, PrecisionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d spikes\n%v", p.Spikes, p)
	if p.Of(B, TauW) > -0.3 || p.Of(A, TauW) < 0.1 {
		t.Errorf("b and τ_w correlate with %.2f, a and τ_w with %.2f", p.Of(B, TauW), p.Of(A, TauW))
	}
	d := p.Deviation
	if !(d[3] < d[1] && d[1] < d[0] && d[1] < d[2]) {
		t.Errorf("a, τ_w, b and V_r are known to %.1f codes", d)
	}
}

// TestCorrelationsAndTheSaturationOfW: what Circuit.WCurrentMax says of it.
func TestCorrelationsAndTheSaturationOfW(t *testing.T) {
	before := -1.0
	for _, limit := range []float64{55, 60, 62} {
		circuit := DefaultCircuit()
		circuit.WCurrentMax = limit
		n := NewChip(72, ChipOptions{Circuit: &circuit, Ideal: true}).Neuron(0)
		p, err := n.Precision(context.Background(), XSlow(), []Parameter{A, TauW, B, Vr}, PrecisionOptions{})
		if err != nil {
			t.Fatal(err)
		}
		own, other := p.Of(B, TauW), p.Of(A, TauW)
		t.Logf("%g nA: %d spikes, b and τ_w %.2f, a and τ_w %.2f", limit, p.Spikes, own, other)
		if own > -0.3 || own < -0.65 || other < before {
			t.Errorf("%g nA: b and τ_w correlate with %.2f, a and τ_w with %.2f", limit, own, other)
		}
		if limit == 55 && other > 0.1 || limit > 55 && other < 0.1 {
			t.Errorf("%g nA: a and τ_w correlate with %.2f", limit, other)
		}
		before = other
	}
}

// TestPrecisionOfOneCode: a reset that is reloaded with an error of 4 codes is known
// to about that.
func TestPrecisionOfOneCode(t *testing.T) {
	circuit := DefaultCircuit()
	circuit.Noise = Noise{TrialVoltage: 4}
	n := NewChip(72, ChipOptions{Circuit: &circuit, Ideal: true}).Neuron(0)
	alone, err := n.Precision(context.Background(), XSlow(), []Parameter{Vr}, PrecisionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := alone.Deviation[0]; d < 3 || d > 5 {
		t.Errorf("V_r, reloaded with an error of 4 codes, is known to %.2f", d)
	}
}

func TestPrecisionErrors(t *testing.T) {
	n := NewChip(72, ChipOptions{}).Neuron(0)
	for what, f := range map[string]func() error{
		"spikes": func() error {
			_, err := n.Precision(context.Background(), XSlow().With(I, 0), []Parameter{A}, PrecisionOptions{Repeats: 2})
			return err
		},
		"codes go": func() error {
			_, err := n.Precision(context.Background(), XSlow().With(A, 3), []Parameter{A}, PrecisionOptions{Repeats: 2})
			return err
		},
		"0 parameters": func() error {
			_, err := n.Precision(context.Background(), XSlow(), nil, PrecisionOptions{})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
