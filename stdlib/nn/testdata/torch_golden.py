"""Makes torch.safetensors: inputs, weights, outputs and gradients of PyTorch's
layers, that the Go tests compare with. Needs torch, numpy and safetensors:

    python torch_golden.py

Made with PyTorch 1.13.1.
"""
import torch
from torch import nn
from safetensors.torch import save_file

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

save_file({k: v.contiguous() for k, v in out.items()}, "torch.safetensors")
