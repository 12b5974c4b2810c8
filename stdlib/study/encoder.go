package study

import (
	"context"
	"fmt"
	"path/filepath"

	"hillock/stdlib/dataset"
	"hillock/stdlib/nn"
)

// EncoderOptions are how an encoder's autoencoder is trained.
type EncoderOptions struct {
	Name   string  // of the dataset's folder, which keeps the weights, too, such as "chip-4d"
	Traces int     // of the dataset; 0 means 4000; the thesis has 200,000
	Epochs int     // of training; 0 means 20; the thesis has 150
	Latent int     // size of the latent vector; 0 means 32
	LR     float64 // learning rate; 0 means that of Recipe; the thesis has 1e-4
	Seed   uint64  // of dataset, weights and training
	Scale  Scale   // of the Recipe; the zero value is Laptop
	// Folder keeps datasets and weights; "" means data.
	Folder string
}

// Autoencoder gives a CONV-AE of traces of 1,024 points, trained on a dataset of
// the source. The first call generates the dataset and trains, and can be
// stopped and resumed; later calls with the same options read the weights. It is
// trained by Recipe. Its Encoder is the embedding that the thesis's studies share.
func Autoencoder(ctx context.Context, source dataset.Source, o EncoderOptions) (*nn.ConvAE, error) {
	if o.Name == "" {
		return nil, fmt.Errorf("study: the autoencoder has no Name, under which its data are kept")
	}
	if o.Traces == 0 {
		o.Traces = 4000
	}
	if o.Epochs == 0 {
		o.Epochs = 20
	}
	if o.Latent == 0 {
		o.Latent = 32
	}
	if o.Folder == "" {
		o.Folder = "data"
	}
	ae, err := nn.NewConvAE(nn.ConvAEOptions{Latent: o.Latent, Seed: o.Seed})
	if err != nil {
		return nil, fmt.Errorf("study: autoencoder of %s: %w", o.Name, err)
	}
	folder := filepath.Join(o.Folder, fmt.Sprintf("%s-%d", o.Name, o.Traces))
	data, err := dataset.Generate(ctx, folder, source, o.Traces, dataset.Options{Seed: o.Seed})
	if err != nil {
		return nil, fmt.Errorf("study: data of %s: %w", o.Name, err)
	}
	options := Recipe(o.Scale, o.Epochs, o.Seed)
	if o.LR > 0 {
		options.LR = o.LR
	}
	// Beside the shards, so that weights don't outlive the data that they come from.
	if _, err := Train(ctx, ae, data.Split(8, 1, 1), options, filepath.Join(folder, fmt.Sprintf("latent%d", o.Latent))); err != nil {
		return nil, fmt.Errorf("study: autoencoder of %s: %w", o.Name, err)
	}
	return ae, nil
}
