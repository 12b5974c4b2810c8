// Package nn trains neural networks of the size that a neuron's traces need:
// autoencoders, recurrent networks, and the embeddings of simulation-based
// inference, on a CPU and from a notebook.
//
// A network is a Module: it turns a tensor into another on a Tape, which records
// what is computed, so that Backward can give every parameter its gradient.
//
//	net := nn.NewSequential(nn.NewLinear(2, 50, rng), nn.Tanh(), nn.NewLinear(50, 1, rng))
//	tape := nn.NewTape(nn.TapeOptions{})
//	loss := tape.MSE(net.Forward(tape, x), y)
//	err := tape.Backward(loss)
//
// Tensors are float32 in row-major order; the first dimension is the batch. A
// tape's tensors are reused after Reset, so a training step allocates nothing
// once the first has run. Results are the same bytes at any number of cores.
//
// The widest vector instructions of the machine are used: AVX-512 or AVX2 on amd64,
// NEON on arm64; elsewhere plain Go. Levels differ by float32 rounding. On Linux,
// processors with matrix instructions (AMX) convolve wide layers by products of
// bfloat16 halves, whose terms have 16 bits: less than float32's 24, more than the 10
// that graphics processors convolve float32 with. The environment variable
// HILLOCK_SIMD=plain, avx2 or avx512 lowers the level, and each of them leaves the
// matrix instructions out.
//
// Operations do not panic on shapes that do not fit: the tape keeps the first error,
// which names the operation, the shapes and the layer, and what follows does nothing
// until Reset. Backward returns it.
package nn
