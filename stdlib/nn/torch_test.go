package nn

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
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
	for name, loss := range map[string]func(t *Tape, x, target *Tensor) *Tensor{"mse": (*Tape).MSE, "bce": (*Tape).BCEWithLogits, "nll": (*Tape).NLL} {
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

func TestOptimisersEqualPyTorch(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(m Module) (Optimiser, error)
		clip float64
	}{
		{"adam", func(m Module) (Optimiser, error) { return NewAdam(m, AdamOptions{LR: 1e-2, WeightDecay: 0.1}) }, 0.5},
		{"sgd", func(m Module) (Optimiser, error) {
			return NewSGD(m, SGDOptions{LR: 1e-2, Momentum: 0.9, Nesterov: true, WeightDecay: 0.1})
		}, 0},
	} {
		all := golden(t)
		rng := rand.New(rand.NewPCG(1, 1))
		net := NewSequential(NewLinear(6, 9, rng), Tanh(), NewLinear(9, 2, rng))
		for _, p := range net.Parameters() {
			copy(p.Tensor.Data, all["adam.before."+p.Name].Data)
		}
		optimiser, err := c.make(net)
		if err != nil {
			t.Fatal(err)
		}
		tape := NewTape(TapeOptions{})
		for range 10 {
			tape.Reset()
			if err := tape.Backward(tape.MSE(net.Forward(tape, all["adam.x"]), all["adam.target"])); err != nil {
				t.Fatal(err)
			}
			if c.clip > 0 {
				ClipGradients(net, c.clip)
			}
			optimiser.Step()
		}
		for _, p := range net.Parameters() {
			closeTo(t, c.name+".after."+p.Name, p.Tensor.Data, all[c.name+".after."+p.Name])
		}
	}
}

// alike fills a module with the numbers that weights of torch_golden.py makes.
func alike(m Module) {
	parameters := m.Parameters()
	// PyTorch's state has one more entry, a counter, after a normalisation's
	// running_mean.
	var names []string
	for _, p := range parameters {
		names = append(names, p.Name)
		if before, found := strings.CutSuffix(p.Name, "running_mean"); found {
			names = append(names, before+"num_batches_tracked")
		}
	}
	slices.Sort(names)
	for _, p := range parameters {
		salt, _ := slices.BinarySearch(names, p.Name)
		scale, shift := 0.1, 0.0
		if p.Tensor.Rank() > 1 {
			scale = 5 / math.Sqrt(float64(p.Tensor.Len()/p.Tensor.Dim(0)))
		} else if strings.HasSuffix(p.Name, "weight") || strings.HasSuffix(p.Name, "running_var") {
			shift = 1
		}
		data := p.Tensor.Data
		for i := range data {
			bits := uint32(uint64(i+1000003*salt) * 2654435761)
			data[i] = float32((float64(bits)/(1<<32)-0.5)*scale + shift)
		}
	}
}

// judgedAsPyTorch compares an autoencoder's size and its outputs outside training.
func judgedAsPyTorch(t *testing.T, name string, m Module) {
	t.Helper()
	all := golden(t)
	alike(m)
	if got, want := CountParameters(m), int(all[name+".parameters"].Data[0]); got != want {
		t.Errorf("%s has %d parameters, PyTorch's %d", name, got, want)
	}
	y, err := Predict(t.Context(), m, all["ae.x"])
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, name+".y", y.Data, all[name+".y"])
	// For testdata/torch_golden.py to read.
	if folder := os.Getenv("HILLOCK_WEIGHTS"); folder != "" {
		if err := Save(filepath.Join(folder, name+".safetensors"), m, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestConvAEAndItsGradientsEqualPyTorch(t *testing.T) {
	conv, err := NewConvAE(ConvAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	judgedAsPyTorch(t, "conv_ae", conv)
	all := golden(t)
	x := all["ae.x"]
	tape := NewTape(TapeOptions{Goroutines: 2})
	// Neighbours that are nearly equal take turns as the largest of a pool by what
	// tiles round, which moves gradients from one to the other.
	tape.tiles = nil
	loss := tape.MSE(conv.Forward(tape, x), x)
	closeTo(t, "conv_ae.loss", loss.Data, all["conv_ae.loss"])
	if err := tape.Backward(loss); err != nil {
		t.Fatal(err)
	}
	for _, p := range conv.Parameters() {
		if p.Buffer {
			continue
		}
		sum := 0.0
		for _, g := range p.Tensor.Grad {
			sum += float64(g) * float64(g)
		}
		if want := float64(all["conv_ae.grad."+p.Name].Data[0]); math.Abs(sum-want) > 1e-3*want {
			t.Errorf("squared gradient of %s is %g, PyTorch's %g", p.Name, sum, want)
		}
	}
}

func TestConvLSTMAEEqualsPyTorch(t *testing.T) {
	lstm, err := NewConvLSTMAE(ConvLSTMAEOptions{})
	if err != nil {
		t.Fatal(err)
	}
	judgedAsPyTorch(t, "conv_lstm_ae", lstm)
}
