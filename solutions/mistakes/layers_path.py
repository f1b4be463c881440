"""Mistakes in `path`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import PATH

BY_CUDNN = "if len(cudnn) == 1:"
BY_ONE = "if len(whole) == 1 and not cudnn:"

MISTAKES: tuple[Mistake, ...] = catalogue(
    "path",
    (
        (
            "any-name-with-cudnn",
            ((BY_CUDNN, 'if any("cudnn" in name for name in trace):'),),
            "Every name with “cudnn” in it is taken for cuDNN. torch also asks whether it may use "
            "cuDNN, and prepares weights for it; neither runs a layer.",
            PATH,
        ),
        (
            "cells-for-layers",
            (
                (
                    BY_ONE,
                    'if any(n.startswith(("aten::lstm", "aten::gru", "aten::conv2d")) '
                    "for n in trace):",
                ),
            ),
            "aten::lstm_cell and aten::gru_cell are taken for whole layers. They are one step, "
            "and a loop calls them once a step.",
            PATH,
        ),
        (
            "one-operation-before-cudnn",
            ((BY_CUDNN, "if len(cudnn) == 1 and not whole:"), (BY_ONE, "if len(whole) == 1:")),
            "The operation of torch is looked for first. On CUDA it calls that of cuDNN, so that "
            "the trace has both.",
            PATH,
        ),
        (
            "repeated-operations",
            ((BY_CUDNN, "if cudnn:"), (BY_ONE, "if whole:")),
            "A layer that is called step by step counts as one operation. It is a loop, and the "
            "trace shows the operation more than once.",
            PATH,
        ),
        (
            "onednn-only",
            ((BY_ONE, 'if any("mkldnn" in name for name in trace):'),),
            "Only the kernels of oneDNN are taken for one operation. torch runs a GRU on a CPU "
            "without them, and still as one operation.",
            PATH,
        ),
        (
            "lstm-only",
            ((', "aten::gru", "aten::conv2d"', ","),),
            "Only the LSTM is known as one operation; the GRU and the convolution are too.",
            PATH,
        ),
        (
            "recurrent-only",
            (
                ('("aten::_cudnn_rnn", "aten::cudnn_convolution")', '("aten::_cudnn_rnn",)'),
                ('("aten::lstm", "aten::gru", "aten::conv2d")', '("aten::lstm", "aten::gru")'),
            ),
            "Convolutions are not known.",
            PATH,
        ),
    ),
)
