package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"

	"hillock/internal/gemm"
	"hillock/stdlib/nn"
)

// measureNetworks compares training steps of the thesis's autoencoders with
// PyTorch's, on the same number of threads.
func measureNetworks(ctx context.Context, b *bench) ([]Result, error) {
	threads := runtime.GOMAXPROCS(0)
	var torch struct {
		Version     string
		ConvStep    float64 `json:"conv_step"`
		ConvForward float64 `json:"conv_forward"`
		LSTMStep    float64 `json:"lstm_step"`
		Product     float64
	}
	if err := b.measured(ctx, &torch, "networks.txt", "networks.py", fmt.Sprint(threads)); err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(213, 0))
	random := func(shape ...int) (*nn.Tensor, error) {
		x, err := nn.NewTensor(shape...)
		if err != nil {
			return nil, err
		}
		for i := range x.Data {
			x.Data[i] = rng.Float32()
		}
		return x, nil
	}
	x, err := random(32, 1024)
	if err != nil {
		return nil, err
	}
	step := func(net nn.Module, runs int) (float64, error) {
		adam, err := nn.NewAdam(net, nn.AdamOptions{LR: 1e-4})
		if err != nil {
			return 0, err
		}
		tape := nn.NewTape(nn.TapeOptions{})
		return median(runs, func() error {
			tape.Reset()
			if err := tape.Backward(tape.MSE(net.Forward(tape, x), x)); err != nil {
				return err
			}
			adam.Step()
			return nil
		})
	}
	conv, err := nn.NewConvAE(nn.ConvAEOptions{Seed: 213})
	if err != nil {
		return nil, err
	}
	convStep, err := step(conv, 41)
	if err != nil {
		return nil, err
	}
	inference := nn.NewTape(nn.TapeOptions{Inference: true})
	convForward, err := median(41, func() error {
		inference.Reset()
		conv.Forward(inference, x)
		return inference.Err()
	})
	if err != nil {
		return nil, err
	}
	recurrent, err := nn.NewConvLSTMAE(nn.ConvLSTMAEOptions{Seed: 213})
	if err != nil {
		return nil, err
	}
	lstmStep, err := step(recurrent, 9)
	if err != nil {
		return nil, err
	}
	const n = 1024
	left, err := random(n, n)
	if err != nil {
		return nil, err
	}
	var products gemm.Workspace
	out := make([]float32, n*n)
	product, err := median(41, func() error {
		products.Multiply(gemm.RowMajor(out, n), gemm.RowMajor(left.Data, n), gemm.RowMajor(left.Data, n), n, n, n, false, threads)
		return nil
	})
	peer := fmt.Sprintf("PyTorch %s, %d threads", torch.Version, threads)
	return []Result{
		{Name: "nn/conv-ae-step/torch", Unit: "ms", Ours: convStep, Peer: &torch.ConvStep, PeerName: &peer},
		{Name: "nn/conv-ae-forward/torch", Unit: "ms", Ours: convForward, Peer: &torch.ConvForward, PeerName: &peer},
		{Name: "nn/conv-lstm-ae-step/torch", Unit: "ms", Ours: lstmStep, Peer: &torch.LSTMStep, PeerName: &peer},
		{Name: "nn/product-1024/torch", Unit: "ms", Ours: product, Peer: &torch.Product, PeerName: &peer},
	}, err
}
