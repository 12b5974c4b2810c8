package nn

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWeightsComeBackFromDisk(t *testing.T) {
	first, err := NewConvAE(ConvAEOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	second, _ := NewConvAE(ConvAEOptions{Seed: 2})
	path := filepath.Join(t.TempDir(), "ae.safetensors")
	if err := Save(path, first, map[string]string{"study": "2d"}); err != nil {
		t.Fatal(err)
	}
	if err := Load(path, second); err != nil {
		t.Fatal(err)
	}
	for i, p := range first.Parameters() {
		q := second.Parameters()[i]
		for k := range p.Tensor.Data {
			if p.Tensor.Data[k] != q.Tensor.Data[k] {
				t.Fatalf("%s[%d] is %g, want %g", p.Name, k, q.Tensor.Data[k], p.Tensor.Data[k])
			}
		}
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Errorf("saving left %d files, want 1", len(left))
	}
}

func TestLoadingTheWrongWeightsChangesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	save := func(m Module) string {
		path := filepath.Join(dir, "w.safetensors")
		if err := Save(path, m, nil); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		saved Module
		want  string
	}{
		{NewSequential(NewLinear(3, 2, rng)), `no tensor "1.weight"`},
		{NewSequential(NewLinear(3, 2, rng), NewLinear(2, 2, rng)), `tensor "1.weight" has shape (2, 2), the network's has (4, 2)`},
		{NewSequential(NewLinear(3, 2, rng), NewLinear(2, 4, rng), NewLinear(4, 1, rng)), "has no place in the network"},
	} {
		net := NewSequential(NewLinear(3, 2, rng), NewLinear(2, 4, rng))
		before := append([]float32(nil), net.Parameters()[0].Tensor.Data...)
		err := Load(save(c.saved), net)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
		for i, x := range net.Parameters()[0].Tensor.Data {
			if x != before[i] {
				t.Fatal("a refused file changed the weights")
			}
		}
	}
}

func TestHalfPrecision(t *testing.T) {
	for bits, want := range map[uint16]float64{0: 0, 0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 0x1p-24, 0x7c00: math.Inf(1), 0x3555: 0.333251953125} {
		if got := half(bits); float64(got) != want {
			t.Errorf("half(%#x) = %g, want %g", bits, got, want)
		}
	}
}

func FuzzReadSafetensors(f *testing.F) {
	x, _ := FromSlice([]float32{1, 2, 3, 4, 5, 6}, 2, 3)
	var file bytes.Buffer
	if err := WriteSafetensors(&file, map[string]*Tensor{"weight": x, "bias": x}, map[string]string{"a": "b"}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes())
	f.Add([]byte("\x10\x00\x00\x00\x00\x00\x00\x00{\"a\":{\"dtype\":1}}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, metadata, err := ReadSafetensors(bytes.NewReader(data))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := WriteSafetensors(&again, tensors, metadata); err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
	})
}
