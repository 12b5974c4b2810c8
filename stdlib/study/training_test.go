package study_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

func TestATrainingIsKeptWithItsHistory(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x, err := nn.NewTensor(100, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range x.Data {
		x.Data[i] = rng.Float32()
	}
	samples, err := nn.NewSamples(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	split, err := nn.SplitSamples(samples, 8, 1, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	net := func(seed uint64) nn.Module { return nn.NewLinear(3, 3, rand.New(rand.NewPCG(seed, seed))) }
	path := filepath.Join(t.TempDir(), "net")
	o := study.Recipe(study.Laptop, 4, 7)
	o.Quiet = true
	first := net(1)
	want, err := study.Train(t.Context(), first, split, o, path)
	if err != nil {
		t.Fatal(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	second := net(2)
	got, err := study.Train(stopped, second, split, o, path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	if a, b := first.Parameters()[0].Tensor, second.Parameters()[0].Tensor; !reflect.DeepEqual(a.Data, b.Data) {
		t.Errorf("weights %v, want %v", b, a)
	}
	kept, _ := filepath.Glob(path + "*.safetensors") // the pattern is well formed
	if err := os.Truncate(kept[0], 100); err != nil {
		t.Fatal(err)
	}
	if _, err := study.Train(stopped, second, split, o, path); err == nil || !strings.HasSuffix(err.Error(), "remove the file to train anew") {
		t.Errorf("damaged weights: %v", err)
	}
	o.LR /= 2
	if _, err := study.Train(stopped, second, split, o, path); !errors.Is(err, context.Canceled) {
		t.Errorf("other options did not train anew: %v", err)
	}
	if left, _ := filepath.Glob(path + "*.checkpoint"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// finishedElsewhere is a module that another process trains, too, and is done with
// first: the checkpoint is gone.
type finishedElsewhere struct {
	nn.Module
	path string // of the training
}

func (m finishedElsewhere) Parameters() []nn.Parameter {
	files, _ := filepath.Glob(m.path + "*.checkpoint") // the pattern is well formed
	for _, file := range files {
		_ = os.Remove(file)
	}
	return m.Module.Parameters()
}

func TestATrainingThatTwoProcessesDo(t *testing.T) {
	x, err := nn.NewTensor(40, 3)
	if err != nil {
		t.Fatal(err)
	}
	samples, err := nn.NewSamples(x, nil)
	if err != nil {
		t.Fatal(err)
	}
	split, err := nn.SplitSamples(samples, 8, 1, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "net")
	net := finishedElsewhere{nn.NewLinear(3, 3, rand.New(rand.NewPCG(1, 1))), path}
	if _, err := study.Train(t.Context(), net, split, nn.TrainOptions{Epochs: 2, Quiet: true}, path); err != nil {
		t.Error(err)
	}
}

func TestRecipeEndsAtThreePercent(t *testing.T) {
	for _, epochs := range []int{1, 2, 5, 20, 150} {
		o := study.Recipe(study.Laptop, epochs, 1)
		last := o.Schedule.Rate(o.LR, 1e6, epochs-1)
		if want := 0.03 * o.LR; epochs > 1 && math.Abs(last-want) > 1e-9 {
			t.Errorf("%d epochs: the last has a learning rate of %g, want %g", epochs, last, want)
		}
	}
	thesis := study.Recipe(study.Paper, 150, 213)
	if got := thesis.Schedule.Rate(thesis.LR, 2000, 70); got != 1e-4 || thesis.Patience != 20 || thesis.Batch != 0 {
		t.Errorf("%+v is not the thesis's", thesis)
	}
}
