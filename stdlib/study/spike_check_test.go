package study_test

import (
	"testing"

	"hillock/stdlib/study"
)

// A train that is moved by half an interval is as fast as before, and out of phase.
func TestSpikeDistancesSeePhaseOrRate(t *testing.T) {
	var train, moved, slower []float64
	for k := range 20 {
		at := 10 + 50*float64(k)
		train, moved = append(train, at), append(moved, at+25)
		if k%2 == 0 {
			slower = append(slower, at)
		}
	}
	of := func(d study.SpikeDistance, a, b []float64) float64 {
		v, err := d(a, b)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	spike, isi := study.SPIKE(1000), study.ISI(1000)
	if v := of(spike, train, moved); v < 0.15 {
		t.Errorf("SPIKE-distance of a moved train %.3f; want that of trains out of phase", v)
	}
	if v := of(isi, train, moved); v > 0.05 {
		t.Errorf("ISI-distance of a moved train %.3f; want about 0", v)
	}
	if v := of(isi, train, slower); v < 0.4 || v > 0.55 {
		t.Errorf("ISI-distance of a train half as fast %.3f; want about 0.5", v)
	}
	for name, d := range map[string]study.SpikeDistance{"SPIKE": spike, "ISI": isi} {
		if v := of(d, train, train); v != 0 {
			t.Errorf("%s-distance of equal trains %g", name, v)
		}
	}
}
