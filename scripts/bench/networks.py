"""Times PyTorch and numpy on what networks.go times in hillock, on THREADS threads.

    python networks.py THREADS

Prints {"torch", "openblas"}, the versions. Then, for every line "NAME RUNS" that
it reads, it runs what is called so RUNS times and prints the list of times in
ms: a training step and a forward pass of the thesis's CONV-AE, a training step
of its CONV-LSTM-AE, all with batches of 32, and products of two square matrices.
"""

import os
import sys

threads = int(sys.argv[1])
os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
# Its threads go on spinning after a product, into hillock's turn; as short as can be.
os.environ["OPENBLAS_THREAD_TIMEOUT"] = "4"

import json
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(threads)
torch.manual_seed(213)


class Last(nn.Module):
    def forward(self, x):
        return x[0][:, -1]


class Turn(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


class Reshape(nn.Module):
    def __init__(self, *shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(x.shape[0], *self.shape)


def conv_ae():
    layers = [Reshape(1, 1024)]
    stages = [(1, 32, 5, True), (32, 16, 3, True), (16, 64, 11, False), (64, 128, 13, False), (128, 1, 3, False)]
    for i, o, k, norm in stages:
        layers += [nn.Conv1d(i, o, k, padding=k // 2), nn.ReLU()]
        if norm:
            layers.append(nn.BatchNorm1d(o))
        layers.append(nn.MaxPool1d(2))
    for n, (o, i, k, _) in enumerate(reversed(stages)):
        layers.append(nn.Conv1d(i, o, k, padding=k // 2))
        if n < 4:
            layers.append(nn.ReLU())
        layers.append(nn.Upsample(scale_factor=2))
    return nn.Sequential(*layers, nn.Flatten())


def conv_lstm_ae():
    layers = [Reshape(1, 1024)]
    for i, o, k, p, norm, pool in [(1, 10, 7, 3, 1, 1), (10, 32, 6, 2, 1, 1), (32, 32, 5, 2, 1, 1), (32, 64, 7, 3, 0, 0),
                                   (64, 64, 11, 5, 1, 1), (64, 128, 11, 5, 0, 0), (128, 64, 11, 5, 1, 1)]:
        layers.append(nn.Conv1d(i, o, k, padding=p))
        if norm:
            layers.append(nn.BatchNorm1d(o))
        layers += [nn.Tanh(), nn.Dropout(0.5)]
        if pool:
            layers.append(nn.MaxPool1d(2))
    layers += [nn.Conv1d(64, 1, 32, padding=16), nn.Tanh(), Turn(), nn.LSTM(1, 20, batch_first=True), Last(),
               nn.Linear(20, 60), Reshape(1, 60)]
    for i, o, k, up in [(1, 1, 32, 1), (1, 64, 11, 0), (64, 128, 11, 1), (128, 64, 11, 0), (64, 64, 7, 1), (64, 32, 5, 1),
                        (32, 32, 6, 1), (32, 10, 7, 1)]:
        layers += [nn.Conv1d(i, o, k, padding="same"), nn.Tanh()]
        if up:
            layers.append(nn.Upsample(scale_factor=2))
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(38400, 1024), nn.Sigmoid())


x = torch.rand(32, 1024)


def step(net, parameters):
    assert sum(p.numel() for p in net.parameters()) == parameters
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-4)

    def run():
        optimiser.zero_grad()
        nn.functional.mse_loss(net(x), x).backward()
        optimiser.step()
    return run


def forward(net):
    net.eval()

    def run():
        with torch.no_grad():
            net(x)
    return run


def torch_product(n):
    a, b, c = (torch.rand(n, n) for _ in range(3))
    return lambda: torch.mm(a, b, out=c)


def numpy_product(n):
    a, b, c = (numpy.random.rand(n, n).astype(numpy.float32) for _ in range(3))
    return lambda: numpy.dot(a, b, out=c)


runs = {
    "conv-step": step(conv_ae(), 240258),
    "conv-forward": forward(conv_ae()),
    "lstm-step": step(conv_lstm_ae(), 39803948),
    "torch-1024": torch_product(1024),
    "openblas-512": numpy_product(512),
    "openblas-1024": numpy_product(1024),
}
blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
print(json.dumps({"torch": torch.__version__, "openblas": blas["version"]}), flush=True)
for line in sys.stdin:
    name, repeats = line.split()
    times = []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        runs[name]()
        times.append(1000 * (time.perf_counter() - start))
    print(json.dumps(times), flush=True)
