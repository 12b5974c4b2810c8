package study_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"hillock/stdlib/adex"
	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
	"hillock/stdlib/study"
)

// A second call gives the weights of the first without training.
func TestAutoencoderIsKept(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	o := study.EncoderOptions{Name: "adex", Traces: 40, Epochs: 1, Seed: 3, Folder: t.TempDir()}
	source := dataset.AdEx{Ranges: adex.Table2()}
	first, err := study.Autoencoder(ctx, source, o)
	if err != nil {
		t.Fatal(err)
	}
	cancel() // nothing that takes long can run any more
	second, err := study.Autoencoder(ctx, source, o)
	if err != nil {
		t.Fatal(err)
	}
	a, b := first.Parameters(), second.Parameters()
	for i := range a {
		for k, v := range a[i].Tensor.Data {
			if b[i].Tensor.Data[k] != v {
				t.Fatalf("%s differs", a[i].Name)
			}
		}
	}
	fresh, err := nn.NewConvAE(nn.ConvAEOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if fresh.Parameters()[0].Tensor.Data[0] == a[0].Tensor.Data[0] {
		t.Error("the weights are those before training")
	}
	if left, _ := filepath.Glob(filepath.Join(o.Folder, "*", "*.checkpoint*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	o.Epochs = 2
	if _, err := study.Autoencoder(ctx, source, o); !errors.Is(err, context.Canceled) {
		t.Errorf("training after the end of ctx: %v", err)
	}
	if _, err := study.Autoencoder(ctx, source, study.EncoderOptions{}); err == nil {
		t.Error("an encoder without a name")
	}
}
