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
	"sync"
	"sync/atomic"
	"testing"

	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

// noise is n rows of random numbers to train on.
func noise(t *testing.T, n, width int) nn.Split {
	rng := rand.New(rand.NewPCG(1, 1))
	x, err := nn.NewTensor(n, width)
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
	return split
}

func TestATrainingIsKeptWithItsHistory(t *testing.T) {
	split := noise(t, 100, 3)
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
	split := noise(t, 40, 3)
	path := filepath.Join(t.TempDir(), "net")
	net := finishedElsewhere{nn.NewLinear(3, 3, rand.New(rand.NewPCG(1, 1))), path}
	if _, err := study.Train(t.Context(), net, split, nn.TrainOptions{Epochs: 2, Quiet: true}, path); err != nil {
		t.Error(err)
	}
}

// counted is a module that counts how often it is used.
type counted struct {
	nn.Module
	forward *atomic.Int64
}

func (m counted) Forward(t *nn.Tape, x *nn.Tensor) *nn.Tensor {
	m.forward.Add(1)
	return m.Module.Forward(t, x)
}

// TestATrainingIsDoneOnce: of two that want the same training at the same time one
// does it, and the other reads what came out.
func TestATrainingIsDoneOnce(t *testing.T) {
	split := noise(t, 40, 3)
	path := filepath.Join(t.TempDir(), "net")
	o := nn.TrainOptions{Epochs: 3, Quiet: true}
	var forward atomic.Int64
	train := func(seed uint64) ([]float32, error) {
		net := counted{nn.NewLinear(3, 3, rand.New(rand.NewPCG(seed, seed))), &forward}
		_, err := study.Train(t.Context(), net, split, o, path)
		return net.Parameters()[0].Tensor.Data, err
	}
	var weights [2][]float32
	var errs [2]error
	var both sync.WaitGroup
	for i := range weights {
		both.Go(func() { weights[i], errs[i] = train(uint64(i)) })
	}
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(weights[0], weights[1]) {
		t.Errorf("two trainings: %v and %v", weights[0], weights[1])
	}
	together := forward.Swap(0)
	path = filepath.Join(t.TempDir(), "net")
	if _, err := train(0); err != nil {
		t.Fatal(err)
	}
	if alone := forward.Load(); together != alone {
		t.Errorf("the two used their modules %d times, one alone uses it %d times", together, alone)
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
