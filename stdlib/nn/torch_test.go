package nn

import (
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// golden reads what PyTorch computed; testdata/torch_golden.py made it.
func golden(t *testing.T) map[string]*Tensor {
	t.Helper()
	file, err := os.Open("testdata/torch.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, _, err := ReadSafetensors(file)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// closeTo compares element by element, relative to the largest.
func closeTo(t *testing.T, name string, got []float32, want *Tensor) {
	t.Helper()
	if want == nil {
		t.Fatalf("PyTorch's file has no %s", name)
	}
	if len(got) != len(want.Data) {
		t.Fatalf("%s has %d elements, PyTorch's %d", name, len(got), len(want.Data))
	}
	size := 0.0
	for _, x := range want.Data {
		size = max(size, math.Abs(float64(x)))
	}
	for i, x := range want.Data {
		if d := math.Abs(float64(got[i] - x)); !(d <= 2e-5*(size+1)) {
			t.Fatalf("%s[%d] = %g, PyTorch has %g", name, i, got[i], x)
		}
	}
}

func TestLayersEqualPyTorch(t *testing.T) {
	all := golden(t)
	rng := rand.New(rand.NewPCG(1, 1))
	layers := map[string]Module{
		"linear":         NewLinear(6, 5, rng),
		"conv":           NewConv1d(4, 5, 3, Same(3), rng),
		"conv_strided":   NewConv1d(4, 5, 5, ConvOptions{Stride: 2, Dilation: 2, PadBefore: 4, PadAfter: 4}, rng),
		"conv_bare":      NewConv1d(4, 2, 6, ConvOptions{}, rng),
		"batchnorm":      NewBatchNorm1d(4),
		"batchnorm_eval": NewBatchNorm1d(4),
		"layernorm":      NewLayerNorm(21),
		"maxpool":        MaxPool1d(2),
		"upsample":       Upsample(2),
		"elu":            ELU(),
		"silu":           SiLU(),
		"lstm":           NewLSTM(4, 6, RecurrentOptions{}, rng),
		"lstm_both":      NewLSTM(4, 6, RecurrentOptions{Bidirectional: true}, rng),
		"gru":            NewGRU(4, 6, RecurrentOptions{}, rng),
		"gru_both":       NewGRU(4, 6, RecurrentOptions{Bidirectional: true}, rng),
	}
	for name, m := range layers {
		for _, p := range m.Parameters() {
			state := all[name+".state."+p.Name]
			if state == nil || !sameShape(state, p.Tensor) {
				t.Fatalf("%s: PyTorch's state has no %s of shape %v", name, p.Name, p.Tensor.Shape())
			}
			copy(p.Tensor.Data, state.Data)
		}
		x := all[name+".x"]
		x.needs = true
		inference := strings.HasSuffix(name, "_eval")
		tape := NewTape(TapeOptions{Goroutines: 2, Inference: inference})
		y := m.Forward(tape, x)
		closeTo(t, name+".y", y.Data, all[name+".y"])
		if inference {
			continue
		}
		if err := tape.Backward(tape.Sum(tape.Mul(y, all[name+".g"]))); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		closeTo(t, name+".dx", x.Grad, all[name+".dx"])
		for _, p := range m.Parameters() {
			if p.Buffer {
				closeTo(t, name+".after."+p.Name, p.Tensor.Data, all[name+".after."+p.Name])
			} else {
				closeTo(t, name+".grad."+p.Name, p.Tensor.Grad, all[name+".grad."+p.Name])
			}
		}
	}
}

func TestLossesEqualPyTorch(t *testing.T) {
	all := golden(t)
	for name, loss := range map[string]func(t *Tape, x, target *Tensor) *Tensor{"mse": (*Tape).MSE, "bce": (*Tape).BCEWithLogits} {
		x := all[name+".x"]
		x.needs = true
		tape := NewTape(TapeOptions{})
		y := loss(tape, x, all[name+".target"])
		closeTo(t, name+".y", y.Data, all[name+".y"])
		if err := tape.Backward(y); err != nil {
			t.Fatal(err)
		}
		closeTo(t, name+".dx", x.Grad, all[name+".dx"])
	}
}

func TestAdamWWithClippingEqualsPyTorch(t *testing.T) {
	all := golden(t)
	rng := rand.New(rand.NewPCG(1, 1))
	net := NewSequential(NewLinear(6, 9, rng), Tanh(), NewLinear(9, 2, rng))
	for _, p := range net.Parameters() {
		copy(p.Tensor.Data, all["adam.before."+p.Name].Data)
	}
	adam, err := NewAdam(net, AdamOptions{LR: 1e-2, WeightDecay: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	tape := NewTape(TapeOptions{})
	for range 10 {
		tape.Reset()
		if err := tape.Backward(tape.MSE(net.Forward(tape, all["adam.x"]), all["adam.target"])); err != nil {
			t.Fatal(err)
		}
		ClipGradients(net, 0.5)
		adam.Step()
	}
	for _, p := range net.Parameters() {
		closeTo(t, "adam.after."+p.Name, p.Tensor.Data, all["adam.after."+p.Name])
	}
}
