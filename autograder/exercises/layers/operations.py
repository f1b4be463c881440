"""What torch's profiler shows of a layer: the operations that run it whole, and recorded traces.

This explains, to the readers of the lesson and to students. No judge reads it: a trace is made
where the layer runs, and whoever writes the layer can write the trace.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ONCE, STEP = "once", "once a step"
RECORDED = "recorded"
READ = "read in torch's sources, not recorded: there was no GPU"


@dataclass(frozen=True)
class Seen:
    """What a trace shows of one layer.

    Attributes:
        layer: the layer, as torch calls it.
        device: "cpu" or "cuda".
        names: the operations that tell how it ran, each with the one that it calls.
        often: `ONCE` or `STEP`: how often each stands in the trace of one forward pass.
        source: `RECORDED` or `READ`.
        torch: the version that gives these names.
    """

    layer: str
    device: str
    names: tuple[str, ...]
    often: str = ONCE
    source: str = RECORDED
    torch: str = "2.13"


TABLE = (
    Seen("nn.LSTM", "cpu", ("aten::lstm", "aten::mkldnn_rnn_layer")),
    Seen("nn.GRU", "cpu", ("aten::gru",)),
    Seen("nn.Conv2d", "cpu", ("aten::conv2d", "aten::mkldnn_convolution")),
    Seen("nn.LSTMCell", "cpu", ("aten::lstm_cell",), STEP),
    Seen("nn.GRUCell", "cpu", ("aten::gru_cell",), STEP),
    Seen("nn.LSTM", "cuda", ("aten::lstm", "aten::_cudnn_rnn"), source=READ),
    Seen("nn.GRU", "cuda", ("aten::gru", "aten::_cudnn_rnn"), source=READ),
    Seen("nn.Conv2d", "cuda", ("aten::conv2d", "aten::cudnn_convolution"), source=READ),
    Seen("nn.LSTMCell", "cuda", ("aten::lstm_cell", "aten::_thnn_fused_lstm_cell"), STEP, READ),
    Seen("nn.GRUCell", "cuda", ("aten::gru_cell", "aten::_thnn_fused_gru_cell"), STEP, READ),
)
"""A cell of one's own shows none of these names, in a loop on either device."""

ON_A_CPU = {
    "nn.LSTM on a CPU": "zeros empty zero_ zeros empty zero_ lstm cudnn_is_acceptable transpose "
    "as_strided contiguous clone empty_like empty copy_ select as_strided select as_strided "
    "mkldnn_rnn_layer empty empty empty add stack cat view stack cat view transpose as_strided",
    "nn.GRU on a CPU": "zeros empty zero_ gru cudnn_is_acceptable transpose as_strided unbind "
    "select as_strided linear t transpose as_strided matmul reshape clone empty_like empty copy_ "
    "_unsafe_view mm resolve_conj resolve_conj _unsafe_view add_ unbind (select as_strided) "
    "(unsafe_chunk unsafe_split narrow slice as_strided narrow slice as_strided narrow slice "
    "as_strided linear t transpose as_strided addmm expand as_strided copy_ resolve_conj "
    "resolve_conj unsafe_chunk unsafe_split narrow slice as_strided narrow slice as_strided "
    "narrow slice as_strided add_ sigmoid_ add_ sigmoid_ mul_ add tanh_ sub mul_ add_) stack cat "
    "view stack cat view transpose_ as_strided_",
    "nn.Conv2d on a CPU": "conv2d convolution _convolution mkldnn_convolution empty empty "
    "as_strided_ resize_",
    "a cell of one's own in a loop": "unbind (select as_strided) new_zeros new_empty empty zero_ "
    "(matmul mm resolve_conj resolve_conj resolve_conj matmul mm resolve_conj resolve_conj "
    "resolve_conj add add chunk split narrow slice as_strided narrow slice as_strided narrow "
    "slice as_strided narrow slice as_strided sigmoid sigmoid tanh sigmoid mul mul add tanh mul) "
    "stack cat view",
    "nn.LSTMCell in a loop": "zeros empty zero_ unbind (select as_strided) (lstm_cell linear t "
    "transpose as_strided addmm expand as_strided copy_ resolve_conj resolve_conj linear t "
    "transpose as_strided addmm expand as_strided copy_ resolve_conj resolve_conj add_ "
    "unsafe_chunk unsafe_split narrow slice as_strided narrow slice as_strided narrow slice "
    "as_strided narrow slice as_strided sigmoid_ sigmoid_ tanh_ sigmoid_ mul mul add_ tanh mul) "
    "stack cat view",
    "nn.GRUCell in a loop": "zeros empty zero_ unbind (select as_strided) (gru_cell linear t "
    "transpose as_strided addmm expand as_strided copy_ resolve_conj resolve_conj unsafe_chunk "
    "unsafe_split narrow slice as_strided narrow slice as_strided narrow slice as_strided linear "
    "t transpose as_strided addmm expand as_strided copy_ resolve_conj resolve_conj unsafe_chunk "
    "unsafe_split narrow slice as_strided narrow slice as_strided narrow slice as_strided add_ "
    "sigmoid_ add_ sigmoid_ mul_ add tanh_ sub mul_ add_) stack cat view",
    "nn.LSTM called step by step": "zeros empty zero_ split (narrow slice as_strided) (lstm "
    "cudnn_is_acceptable transpose as_strided contiguous clone empty_like empty copy_ select "
    "as_strided select as_strided mkldnn_rnn_layer empty empty empty add stack cat view stack cat "
    "view transpose as_strided) cat",
    "a convolution out of products": "im2col empty_like empty resize_ select as_strided select "
    "as_strided select as_strided select as_strided flatten view matmul mT transpose as_strided "
    "mT transpose as_strided t transpose as_strided reshape clone empty_like empty copy_ "
    "_unsafe_view mm resolve_conj resolve_conj _unsafe_view mT transpose as_strided contiguous "
    "clone empty_like empty copy_ view",
}
"""Traces as torch 2.13 gave them on a CPU: what stands in parentheses, once a step. A test makes
them again."""

FOR_CUDNN = "zeros cudnn_is_acceptable _cudnn_rnn_flatten_weight"
IN_STEP = "addmm split sigmoid tanh mul add"
ON_CUDA = {
    "nn.LSTM on CUDA": "zeros lstm cudnn_is_acceptable _cudnn_rnn transpose",
    "nn.GRU on CUDA": f"{FOR_CUDNN} gru cudnn_is_acceptable _cudnn_rnn transpose",
    "nn.Conv2d on CUDA": "conv2d convolution _convolution cudnn_convolution",
    "nn.LSTM called step by step on CUDA": "split (lstm cudnn_is_acceptable _cudnn_rnn) cat",
    "cuDNN called by its own name": "zeros _cudnn_rnn slice",
    "prepared for cuDNN, then a loop": f"{FOR_CUDNN} ({IN_STEP}) stack",
    "prepared for cuDNN, then one operation": f"{FOR_CUDNN} lstm ({IN_STEP})",
}
"""Not recorded, for want of a GPU: written after torch's sources, shortened to what matters."""


TRACED = (16, 64)
"""Lengths at which operations are counted: in a loop they grow with T."""


def spelled(trace: str, T: int) -> list[str]:
    """The names of a trace of T steps, from the short form that is kept here."""
    parts = re.findall(r"\(([^)]*)\)|([^\s()]+)", trace)
    names = [name for each, once in parts for name in (each.split() * T or [once])]
    return [f"aten::{name}" for name in names]


def traced(run: Callable[[], Any]) -> list[str]:
    """The names of the operations of one run, in the order of time, after a first one."""
    import torch

    with torch.no_grad():
        run()
        with torch.profiler.profile() as profile:
            run()
    return [event.name for event in profile.events()]


def whole(layer: str, device: str) -> tuple[str, ...]:
    """The names of the operations that run a whole layer of torch."""
    return next(seen.names for seen in TABLE if (seen.layer, seen.device) == (layer, device))
