package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"

	"hillock/internal/gemm"
	"hillock/stdlib/nn"
)

// measureNetworks compares training steps of the thesis's autoencoders and
// products of matrices with PyTorch's and OpenBLAS's, on the same number of
// threads, in turns.
func measureNetworks(ctx context.Context, b *bench) (results []Result, err error) {
	threads := runtime.GOMAXPROCS(0)
	var version struct{ Torch, OpenBLAS string }
	p, err := b.partner(ctx, &version, "networks.txt", "networks.py", fmt.Sprint(threads))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	torch := fmt.Sprintf("PyTorch %s, %d threads", version.Torch, threads)
	blas := fmt.Sprintf("OpenBLAS %s, %d threads", version.OpenBLAS, threads)

	x, err := uniform(32, 1024)
	if err != nil {
		return nil, err
	}
	conv, err := nn.NewConvAE(nn.ConvAEOptions{Seed: 213})
	if err != nil {
		return nil, err
	}
	convStep, err := training(conv, x)
	if err != nil {
		return nil, err
	}
	recurrent, err := nn.NewConvLSTMAE(nn.ConvLSTMAEOptions{Seed: 213})
	if err != nil {
		return nil, err
	}
	lstmStep, err := training(recurrent, x)
	if err != nil {
		return nil, err
	}
	small, err := product(512, threads)
	if err != nil {
		return nil, err
	}
	large, err := product(1024, threads)
	if err != nil {
		return nil, err
	}
	inference := nn.NewTape(nn.TapeOptions{Inference: true})
	forward := func() error {
		inference.Reset()
		conv.Forward(inference, x)
		return inference.Err()
	}
	for _, m := range []struct {
		name, partner string
		peer          *string
		ours          func() error
	}{
		{"nn/conv-ae-step/torch", "conv-step", &torch, convStep},
		{"nn/conv-ae-forward/torch", "conv-forward", &torch, forward},
		{"nn/conv-lstm-ae-step/torch", "lstm-step", &torch, lstmStep},
		{"nn/product-1024/torch", "torch-1024", &torch, large},
		{"nn/product-512/openblas", "openblas-512", &blas, small},
		{"nn/product-1024/openblas", "openblas-1024", &blas, large},
	} {
		mine, theirs, err := p.turns(m.partner, 10, m.ours)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		results = append(results, Result{Name: m.name, Unit: "ms", Ours: mine, Peer: &theirs, PeerName: m.peer})
	}
	return results, nil
}

// uniform draws a tensor.
func uniform(shape ...int) (*nn.Tensor, error) {
	x, err := nn.NewTensor(shape...)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(213, 0))
	for i := range x.Data {
		x.Data[i] = rng.Float32()
	}
	return x, nil
}

// training gives a function that does a step: forward, backward, Adam.
func training(net nn.Module, x *nn.Tensor) (func() error, error) {
	adam, err := nn.NewAdam(net, nn.AdamOptions{LR: 1e-4})
	if err != nil {
		return nil, err
	}
	tape := nn.NewTape(nn.TapeOptions{})
	return func() error {
		tape.Reset()
		if err := tape.Backward(tape.MSE(net.Forward(tape, x), x)); err != nil {
			return err
		}
		adam.Step()
		return nil
	}, nil
}

// product gives a function that multiplies two n×n matrices.
func product(n, threads int) (func() error, error) {
	x, err := uniform(n, n)
	if err != nil {
		return nil, err
	}
	var w gemm.Workspace
	out := make([]float32, n*n)
	return func() error {
		w.Multiply(gemm.RowMajor(out, n), gemm.RowMajor(x.Data, n), gemm.RowMajor(x.Data, n), n, n, n, false, threads)
		return nil
	}, nil
}
