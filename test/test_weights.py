"""Weights on disk: what a cell saves, Python's safetensors reads, and the other way
round, with PyTorch's names and layouts."""

import json

import numpy
from safetensors.numpy import load_file, save_file

NET = """
import ("fmt"; "math/rand/v2"; "hillock/stdlib/nn")
rng := rand.New(rand.NewPCG(1, 2))
net := nn.NewSequential(
	nn.NewConv1d(2, 3, 5, nn.Same(5), rng), nn.NewBatchNorm1d(3), nn.Flatten(),
	nn.NewLinear(24, 4, rng),
	nn.NewSequential(nn.NewLayerNorm(4), nn.NewLinear(4, 2, rng)))
for i, p := range net.Parameters() {
	for k := range p.Tensor.Data {
		p.Tensor.Data[k] = float32(i) + float32(k)/1024
	}
}
"""

# As PyTorch's state_dict of the same network has them.
SHAPES = {
    "0.weight": (3, 2, 5), "0.bias": (3,),
    "1.weight": (3,), "1.bias": (3,), "1.running_mean": (3,), "1.running_var": (3,),
    "3.weight": (4, 24), "3.bias": (4,),
    "4.0.weight": (4,), "4.0.bias": (4,), "4.1.weight": (2, 4), "4.1.bias": (2,),
}


def go(path):
    """A path as a string of Go."""
    return json.dumps(str(path))


def pattern(index, shape):
    size = int(numpy.prod(shape))
    return (index + numpy.arange(size, dtype=numpy.float32) / 1024).reshape(shape)


def test_python_reads_what_a_cell_saves(fresh_kernel, tmp_path):
    path = tmp_path / "net.safetensors"
    fresh_kernel.run(NET).ok()
    fresh_kernel.run(f'nn.Save({go(path)}, net, map[string]string{{"study": "2d"}})').ok()
    tensors = load_file(path)
    assert {k: v.shape for k, v in tensors.items()} == SHAPES
    for index, (name, shape) in enumerate(SHAPES.items()):
        assert tensors[name].dtype == numpy.float32
        assert numpy.array_equal(tensors[name], pattern(index, shape)), name


def test_a_cell_reads_what_python_saves(fresh_kernel, tmp_path):
    path = tmp_path / "net.safetensors"
    rng = numpy.random.default_rng(3)
    tensors = {name: rng.normal(size=shape).astype(numpy.float32) for name, shape in SHAPES.items()}
    # PyTorch counts batches in an integer without dimensions; halves lose nothing.
    tensors["1.num_batches_tracked"] = numpy.array(7, dtype=numpy.int64)
    tensors["3.weight"] = tensors["3.weight"].astype(numpy.float16)
    save_file(tensors, path)
    fresh_kernel.run(NET).ok()
    fresh_kernel.run(f"nn.Load({go(path)}, net)").ok()
    # The linear layer's output is Python's.
    inputs = rng.normal(size=24).astype(numpy.float32)
    text = ", ".join(repr(float(v)) for v in inputs)
    fresh_kernel.run(
        f"""x := must(nn.FromSlice([]float32{{{text}}}, 1, 24))
y := must(nn.Predict(ctx, net.Modules[3], x))"""
    ).ok()
    shown = fresh_kernel.run("for _, v := range y.Data { fmt.Println(v) }").ok().stdout
    want = tensors["3.weight"].astype(numpy.float32) @ inputs + tensors["3.bias"]
    assert numpy.allclose([float(v) for v in shown.split()], want, atol=1e-4)


def test_a_missing_tensor_is_named(fresh_kernel, tmp_path):
    path = tmp_path / "net.safetensors"
    save_file({"0.weight": numpy.zeros((3, 2, 5), numpy.float32)}, path)
    fresh_kernel.run(NET).ok()
    error = fresh_kernel.run(f"nn.Load({go(path)}, net)").error
    assert 'no tensor "0.bias"' in error
