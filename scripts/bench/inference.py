"""Times the toolbox sbi on what inference.go times in hillock, on its data.

    python inference.py FOLDER THREADS

FOLDER holds theta.f32, x32.f32 and x1024.f32: rows of 4, 32 and 1,024 floats.
Prints its versions, then for every line on standard input the time in ms of what
the line names: step-50, step-200, atomic-200, nsf-200 (a training step each), round-1000 (a
training to early stopping), sample-32 or sample-1024 (10,000 draws). study runs the
rounds of the thesis's 4D study instead, until it is killed: see study().
"""

import logging
import os
import sys
import time
import warnings

import numpy as np
import sbi
import torch
from sbi.inference import SNPE_C
from sbi.utils import BoxUniform
from sbi.utils.get_nn_models import posterior_nn
from torch import nn
from torch.nn.utils import clip_grad_norm_

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
folder, threads = sys.argv[1], int(sys.argv[2])
answers, sys.stdout = sys.stdout, sys.stderr  # the toolbox prints, too
torch.set_num_threads(threads)


def rows(name, width):
    return torch.from_numpy(np.fromfile(f"{folder}/{name}.f32", dtype="<f4").reshape(-1, width))


if os.path.exists(f"{folder}/theta.f32"):
    theta, x32, x1024 = rows("theta", 4), rows("x32", 32), rows("x1024", 1024)
prior = torch.distributions.MultivariateNormal(torch.zeros(4), torch.eye(4))


def inference():
    return SNPE_C(prior, density_estimator="maf", show_progress_bars=False)


class Step:
    """A training step on the toolbox's own loss, without its loader of batches."""

    def __init__(self, batch, atomic, density="maf"):
        self.inf = inference()
        self.net = posterior_nn(density)(theta, x32)
        self.inf._neural_net, self.inf._num_atoms, self.inf._use_combined_loss = self.net, 10, False
        self.adam = torch.optim.Adam(self.net.parameters(), lr=5e-4)
        self.batch, self.atomic = batch, atomic

    def once(self):
        i = torch.randperm(len(theta))[: self.batch]
        self.adam.zero_grad()
        if self.atomic:
            scores = self.inf._log_prob_proposal_posterior_atomic(theta[i], x32[i], None)
        else:
            scores = self.net.log_prob(theta[i], context=x32[i])
        (-scores.mean()).backward()
        clip_grad_norm_(self.net.parameters(), max_norm=5.0)
        self.adam.step()

    def time(self, repeats):
        start = time.perf_counter()
        for _ in range(repeats):
            self.once()
        return 1000 * (time.perf_counter() - start) / repeats


class Sample:
    def __init__(self, x):
        inf = inference()
        inf.append_simulations(theta[:1000], x[:1000]).train(max_num_epochs=1)
        self.posterior, self.x = inf.build_posterior(), x[0]

    def time(self, repeats):
        start = time.perf_counter()
        for _ in range(repeats):
            self.posterior.sample((10_000,), x=self.x, show_progress_bars=False)
        return 1000 * (time.perf_counter() - start) / repeats


class Round:
    def time(self, repeats):
        start = time.perf_counter()
        inference().append_simulations(theta[:1000], x32[:1000]).train(training_batch_size=50)
        return 1000 * (time.perf_counter() - start)


def study():
    """Rounds of 1,000 simulations with the encoder trained along. For every round it
    writes ask.f32, prints "simulate", reads a line when answer.f32 is there, trains,
    and prints the seconds that have passed since the beginning."""
    stages = [(1, 32, 5, True), (32, 16, 3, True), (16, 64, 11, False), (64, 128, 13, False), (128, 1, 3, False)]
    layers = [nn.Unflatten(1, (1, 1024))]
    for i, o, k, norm in stages:
        layers += [nn.Conv1d(i, o, k, padding=k // 2), nn.ReLU()] + [nn.BatchNorm1d(o)] * norm + [nn.MaxPool1d(2)]
    encoder = nn.Sequential(*layers, nn.Flatten())
    low, high, seen = rows("low", 4)[0], rows("high", 4)[0], rows("observation", 1024)[0]
    box = BoxUniform(low, high)
    inf = SNPE_C(box, density_estimator=posterior_nn("maf", embedding_net=encoder), show_progress_bars=False)
    proposal, start = box, time.perf_counter()
    while True:
        thetas = proposal.sample((1000,)) if proposal is box else proposal.sample((1000,), show_progress_bars=False)
        thetas.numpy().astype("<f4").tofile(f"{folder}/ask.f32")
        print("simulate", file=answers, flush=True)
        sys.stdin.readline()
        inf.append_simulations(thetas, rows("answer", 1024), proposal=proposal).train(training_batch_size=50)
        proposal = inf.build_posterior().set_default_x(seen)
        print(time.perf_counter() - start, file=answers, flush=True)


made = {}
kinds = {
    "step-50": (lambda: Step(50, False), 100),
    "step-200": (lambda: Step(200, False), 100),
    "atomic-200": (lambda: Step(200, True), 30),
    "nsf-200": (lambda: Step(200, False, "nsf"), 30),
    "round-1000": (Round, 1),
    "sample-32": (lambda: Sample(x32), 5),
    "sample-1024": (lambda: Sample(x1024), 2),
}
print(f"sbi {sbi.__version__}, torch {torch.__version__}, the faster of 1 and {threads} threads", file=answers, flush=True)
for line in sys.stdin:
    if line.strip() == "study":
        study()
    make, repeats = kinds[line.strip()]
    if line not in made:
        torch.set_num_threads(1)
        work, times = make(), {}
        for n in {1, threads} if repeats > 1 else {1}:
            torch.set_num_threads(n)
            work.time(1)
            times[n] = work.time(2)
        made[line] = work, min(times, key=times.get)
    work, n = made[line]
    torch.set_num_threads(n)
    print(work.time(repeats), file=answers, flush=True)
