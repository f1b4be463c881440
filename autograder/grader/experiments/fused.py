"""One LSTM over T steps: the cell in a loop of Python, and the layer that runs a fused kernel.

What operations they call, and how far float32 is off; on a CPU always, on CUDA where it is. Both
hold the same weights, and their outputs are compared first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from autograder.exercises.layers.operations import TRACED, traced
from solutions.lstm.reference import LSTMCell

CHAPTER = "layers"
SIZES = {"N": 8, "D": 32, "H": 64}

PRECISE = {"N": 8, "T": 100, "D": 128, "H": 256}
"""Where float32 is compared with float64, with and without TF32."""


def layer_like(cell: LSTMCell) -> torch.nn.LSTM:
    """The layer of torch with the weights of `cell`: transposed, and one bias of two is zero."""
    D, H = cell.Wx.shape[0], cell.Wh.shape[0]
    layer = torch.nn.LSTM(D, H, batch_first=True, dtype=cell.Wx.dtype)
    values = (cell.Wx.T, cell.Wh.T, cell.b, torch.zeros_like(cell.b))
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    layer.load_state_dict(dict(zip(names, (v.detach() for v in values), strict=True)))
    return layer.to(cell.Wx.device)


def looped(cell: LSTMCell, x: torch.Tensor) -> torch.Tensor:
    """All hidden states, one step of the cell after the other."""
    state, hs = None, []
    for x_t in x.unbind(dim=1):
        state = cell(x_t, state)
        hs.append(state[0])
    return torch.stack(hs, dim=1)


def made(device: str, N: int, T: int, D: int, H: int) -> tuple[LSTMCell, torch.Tensor]:
    """A cell with random weights of the usual size, and an input."""
    torch.manual_seed(0)
    cell = LSTMCell(D, H)
    with torch.no_grad():
        for p in cell.parameters():
            p.uniform_(-(H**-0.5), H**-0.5)
    return cell.to(device), torch.randn(N, T, D).to(device)


def versions(cell: LSTMCell, x: torch.Tensor) -> dict[str, Callable[[], torch.Tensor]]:
    """The loop and the layer, which are equal to what float32 allows.

    Raises:
        AssertionError: where they are not.
    """
    layer = layer_like(cell)
    found: dict[str, Callable[[], torch.Tensor]] = {
        "loop": lambda: looped(cell, x),
        "layer": lambda: layer(x)[0],
    }
    torch.testing.assert_close(found["loop"](), found["layer"](), rtol=1e-4, atol=1e-5)
    return found


def errors(device: str) -> dict[str, float]:
    """Norm-relative errors of the layer in float32 against float64 on a CPU."""
    cell, x = made("cpu", **PRECISE)
    right = layer_like(cell.double())(x.double())[0].detach()
    layer = layer_like(cell.float()).to(device)
    found = {}
    for name, allowed in (("float32", False), ("TF32", True))[: 2 if device == "cuda" else 1]:
        torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = allowed
        y = layer(x.to(device))[0].detach().cpu().double()
        found[name] = float((y - right).norm() / right.norm())
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    return found


def operations(device: str) -> dict[str, Any]:
    """How many operations a forward pass starts, and the names of those of the layers.

    With the names, the rows of `autograder.exercises.layers.operations.TABLE` are recorded.
    """
    counted: dict[str, list[int]] = {"loop": [], "layer": []}
    for T in TRACED:
        for name, run in versions(*made(device, T=T, **SIZES)).items():
            counted[name].append(len(traced(run)))
    x, image = torch.randn(8, 16, 32, device=device), torch.randn(8, 3, 28, 28, device=device)
    layers: dict[str, tuple[torch.nn.Module, torch.Tensor]] = {
        "LSTM": (torch.nn.LSTM(32, 64, batch_first=True), x),
        "GRU": (torch.nn.GRU(32, 64, batch_first=True), x),
        "Conv2d": (torch.nn.Conv2d(3, 16, 3), image),
    }
    listed = {
        name: sorted(set(traced(partial(layer.to(device), given))))
        for name, (layer, given) in layers.items()
    }
    return {"events at T": list(TRACED), "events": counted, "names": listed}


def measure() -> dict[str, Any]:
    """Errors and operations on one thread of a CPU, and on CUDA where it is."""
    torch.set_num_threads(1)
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    found: dict[str, Any] = {"sizes": SIZES, "precise": PRECISE}
    devices = {"cpu": "one thread"}
    if torch.cuda.is_available():
        devices["cuda"] = torch.cuda.get_device_name()
    for device, name in devices.items():
        found[device] = {
            "device": name,
            "errors": errors(device),
            "operations": operations(device),
        }
    return {"cuda": "not measured", **found}
