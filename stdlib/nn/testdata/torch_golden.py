"""Makes torch.safetensors: inputs, weights, outputs and gradients of PyTorch's
layers, that the Go tests compare with. Needs torch, numpy and safetensors:

    python torch_golden.py           makes the file
    python torch_golden.py FOLDER    checks that PyTorch takes conv_ae.safetensors
                                     and conv_lstm_ae.safetensors of a folder,
                                     which the Go tests write into the folder
                                     that HILLOCK_WEIGHTS names

Made with PyTorch 1.13.1.
"""
import sys

import numpy as np
import torch
from torch import nn
from safetensors.torch import load_file, save_file

torch.manual_seed(213)
out = {}


def keep(name, module, x, train=True):
    """Runs a module and keeps input, weights, output, and gradients of sum(y * g)."""
    module.train(train)
    for k, v in module.state_dict().items():
        if v.dim() > 0:
            out[f"{name}.state.{k}"] = v.clone().float()
    x = x.clone().requires_grad_()
    y = module(x)
    if isinstance(y, tuple):
        y = y[0]
    g = torch.randn_like(y)
    (y * g).sum().backward()
    out[f"{name}.x"], out[f"{name}.y"], out[f"{name}.g"] = x.detach(), y.detach(), g
    out[f"{name}.dx"] = x.grad
    for k, p in module.named_parameters():
        out[f"{name}.grad.{k}"] = p.grad.clone()
    for k, v in module.state_dict().items():
        if "running" in k:
            out[f"{name}.after.{k}"] = v.clone()


x = torch.randn(3, 4, 21)
keep("linear", nn.Linear(6, 5), torch.randn(7, 6))
keep("conv", nn.Conv1d(4, 5, 3, padding=1), x)
keep("conv_strided", nn.Conv1d(4, 5, 5, padding=4, stride=2, dilation=2), x)
keep("conv_bare", nn.Conv1d(4, 2, 6, bias=True), x)
keep("batchnorm", nn.BatchNorm1d(4), 3 * x + 1)
judged = nn.BatchNorm1d(4)
judged.running_mean.copy_(torch.randn(4))
judged.running_var.copy_(torch.rand(4) + 0.5)
keep("batchnorm_eval", judged, x, train=False)
keep("layernorm", nn.LayerNorm(21), x)
keep("maxpool", nn.MaxPool1d(2), x)
keep("upsample", nn.Upsample(scale_factor=2), x)
keep("elu", nn.ELU(), x)
keep("silu", nn.SiLU(), x)
keep("lstm", nn.LSTM(4, 6, batch_first=True), torch.randn(3, 9, 4))
keep("lstm_both", nn.LSTM(4, 6, batch_first=True, bidirectional=True), torch.randn(3, 9, 4))
keep("gru", nn.GRU(4, 6, batch_first=True), torch.randn(3, 9, 4))
keep("gru_both", nn.GRU(4, 6, batch_first=True, bidirectional=True), torch.randn(3, 9, 4))

# Losses and their gradients.
a, b, w = torch.randn(5, 8), torch.randn(5, 8), torch.rand(5, 8)
for name, loss, target in (("mse", nn.MSELoss(), b), ("bce", nn.BCEWithLogitsLoss(), (b > 0).float())):
    p = a.clone().requires_grad_()
    y = loss(p, target)
    y.backward()
    out[f"{name}.x"], out[f"{name}.target"], out[f"{name}.y"], out[f"{name}.dx"] = a.clone(), target, y.detach().reshape(1), p.grad

# Ten steps of AdamW with clipping on a small network, full weights afterwards.
net = nn.Sequential(nn.Linear(6, 9), nn.Tanh(), nn.Linear(9, 2))
for k, v in net.state_dict().items():
    out[f"adam.before.{k}"] = v.clone()
inputs, targets = torch.randn(16, 6), torch.randn(16, 2)
out["adam.x"], out["adam.target"] = inputs, targets
optimiser = torch.optim.AdamW(net.parameters(), lr=1e-2, weight_decay=0.1)
for _ in range(10):
    optimiser.zero_grad()
    nn.functional.mse_loss(net(inputs), targets).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    optimiser.step()
for k, v in net.state_dict().items():
    out[f"adam.after.{k}"] = v.clone()

# Negative log-likelihood of classes.
logits, classes = torch.randn(6, 4), torch.tensor([1, 0, 3, 3, 2, 1])
p = torch.log_softmax(logits, 1).requires_grad_()
y = nn.functional.nll_loss(p, classes)
y.backward()
out["nll.x"], out["nll.target"], out["nll.y"], out["nll.dx"] = p.detach().clone(), classes.float(), y.detach().reshape(1), p.grad

# Ten steps of gradient descent with Nesterov momentum and decay, of the same
# network and data.
for k, v in net.state_dict().items():
    v.copy_(out[f"adam.before.{k}"])
optimiser = torch.optim.SGD(net.parameters(), lr=1e-2, momentum=0.9, nesterov=True, weight_decay=0.1)
for _ in range(10):
    optimiser.zero_grad()
    nn.functional.mse_loss(net(inputs), targets).backward()
    optimiser.step()
for k, v in net.state_dict().items():
    out[f"sgd.after.{k}"] = v.clone()


class ConvAE(nn.Module):
    """Table 8 of the thesis, under the names that hillock's weights have."""

    def __init__(self):
        super().__init__()
        stages = [(1, 32, 5, True), (32, 16, 3, True), (16, 64, 11, False), (64, 128, 13, False), (128, 1, 3, False)]
        encoder, decoder = [], []
        for a, b, kernel, norm in stages:
            encoder += [nn.Conv1d(a, b, kernel, padding=kernel // 2), nn.ReLU()]
            encoder += [nn.BatchNorm1d(b)] if norm else []
            encoder += [nn.MaxPool1d(2)]
        for i, (a, b, kernel, _) in reversed(list(enumerate(stages))):
            decoder += [nn.Conv1d(b, a, kernel, padding=kernel // 2)]
            decoder += [nn.ReLU()] if i > 0 else []
            decoder += [nn.Upsample(scale_factor=2)]
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)

    def forward(self, x):
        return self.decoder(self.encoder(x[:, None]))[:, 0]


class EvenConv1d(nn.Conv1d):
    """A convolution with an even kernel that keeps the length: a zero more after."""

    def forward(self, x):
        return super().forward(nn.functional.pad(x, ((self.kernel_size[0] - 1) // 2, self.kernel_size[0] // 2)))


class LSTM(nn.LSTM):
    def forward(self, x):
        return super().forward(x)[0]


class Apply(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return self.f(x)


class ConvLSTMAE(nn.Module):
    """Table 9 of the thesis, under the names that hillock's weights have."""

    def __init__(self):
        super().__init__()
        encoder, decoder = [], [Apply(lambda x: x[:, None])]
        for a, b, kernel, padding, norm, pool in [
            (1, 10, 7, 3, True, True), (10, 32, 6, 2, True, True), (32, 32, 5, 2, True, True), (32, 64, 7, 3, False, False),
            (64, 64, 11, 5, True, True), (64, 128, 11, 5, False, False), (128, 64, 11, 5, True, True),
        ]:
            encoder += [nn.Conv1d(a, b, kernel, padding=padding)] + ([nn.BatchNorm1d(b)] if norm else [])
            encoder += [nn.Tanh(), nn.Dropout(0.5)] + ([nn.MaxPool1d(2)] if pool else [])
        encoder += [nn.Conv1d(64, 1, 32, padding=16), nn.Tanh(), Apply(lambda x: x.transpose(1, 2)),
                    LSTM(1, 20, batch_first=True), Apply(lambda x: x[:, -1]), nn.Linear(20, 60)]
        for a, b, kernel, up in [(1, 1, 32, True), (1, 64, 11, False), (64, 128, 11, True), (128, 64, 11, False),
                                 (64, 64, 7, True), (64, 32, 5, True), (32, 32, 6, True), (32, 10, 7, True)]:
            conv = nn.Conv1d(a, b, kernel, padding=kernel // 2) if kernel % 2 else EvenConv1d(a, b, kernel)
            decoder += [conv, nn.Tanh()] + ([nn.Upsample(scale_factor=2)] if up else [])
        decoder += [nn.Flatten(), nn.Linear(38400, 1024), nn.Sigmoid()]
        self.encoder, self.decoder = nn.Sequential(*encoder), nn.Sequential(*decoder)

    def forward(self, x):
        return self.decoder(self.encoder(x[:, None]))


def weights(model):
    """Fills a model with numbers that another language makes alike."""
    for salt, (name, value) in enumerate(sorted(model.state_dict().items())):
        if value.dim() == 0:
            continue
        places = np.arange(value.numel(), dtype=np.uint64) + np.uint64(1000003 * salt)
        values = ((places * np.uint64(2654435761)) % np.uint64(2**32)).astype(np.float64) / 2**32 - 0.5
        scale = 5 / np.sqrt(value[0].numel()) if value.dim() > 1 else 0.1
        shift = 1 if value.dim() == 1 and name.endswith(("weight", "running_var")) else 0
        value.copy_(torch.tensor((values * scale + shift).reshape(value.shape), dtype=torch.float32))


# The two autoencoders: outputs when judging, of both; gradients of CONV-AE's
# training loss, as sums of their squares.
traces = torch.rand(3, 1024)
out["ae.x"] = traces
for name, model in (("conv_ae", ConvAE()), ("conv_lstm_ae", ConvLSTMAE())):
    weights(model)
    out[f"{name}.y"] = model.eval()(traces).detach()
    out[f"{name}.parameters"] = torch.tensor([float(sum(p.numel() for p in model.parameters()))])
    if name == "conv_ae":
        loss = nn.functional.mse_loss(model.train()(traces), traces)
        loss.backward()
        out[f"{name}.loss"] = loss.detach().reshape(1)
        for k, p in model.named_parameters():
            out[f"{name}.grad.{k}"] = (p.grad**2).sum().reshape(1)


def check(folder):
    """Loads weights that hillock wrote into the same models, all names required."""
    for name, model in (("conv_ae", ConvAE()), ("conv_lstm_ae", ConvLSTMAE())):
        path = f"{folder}/{name}.safetensors"
        model.load_state_dict(load_file(path), strict=True)
        y = model.eval()(traces).detach()
        print(path, "largest difference to the golden output:", float((y - out[f"{name}.y"]).abs().max()))


if len(sys.argv) > 1:
    check(sys.argv[1])
else:
    save_file({k: v.contiguous() for k, v in out.items()}, "torch.safetensors")
