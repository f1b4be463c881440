"""Which way a call of Keras' recurrent layers takes on a GPU, asked on a machine without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

Array = np.ndarray[Any, Any]
Call = Callable[..., Any]

CODE = import_module("keras.src.backend.tensorflow.rnn")
"""Where Keras asks whether cuDNN may run, and calls it."""


@contextmanager
def on_gpu(kernel: Call) -> Iterator[None]:
    """Let Keras believe in a GPU, with `kernel` in the place of cuDNN's."""
    build = {**tf.sysconfig.get_build_info(), "is_cuda_build": True}
    with (
        mock.patch.object(CODE, "_is_gpu_available", return_value=True),
        mock.patch.object(tf.sysconfig, "get_build_info", return_value=build),
        mock.patch.object(tf.raw_ops, "CudnnRNNV3", kernel),
    ):
        yield


def arrives(
    kind: Any,
    x: Array,
    mask: Array | None = None,
    way: Callable[[Any], Call] = lambda layer: layer,
    **options: Any,
) -> str:
    """Tell what becomes of a call: "cuDNN", "the loop" or "an error".

    Args:
        kind: `keras.layers.LSTM` or `GRU`.
        x: the inputs, (N, T, D).
        mask: the valid steps, bool, (N, T), or None.
        way: how the call is made; `compiled` and `fitted` are two ways.
        options: arguments of the layer.
    """
    seen = []

    def kernel(**inputs: Any) -> Any:
        seen.append("cuDNN")
        raise NotImplementedError  # there is no kernel here: go on by the loop

    with on_gpu(kernel):
        layer = kind(4, **options)
        layer.build((None, *x.shape[1:]))
        try:
            way(layer)(keras.ops.convert_to_tensor(x), mask=mask)
        except tf.errors.InvalidArgumentError:
            return "an error"
    return seen[0] if seen else "the loop"


def compiled(layer: Any) -> Call:
    """The layer as a compiled function."""
    made: Call = tf.function(layer, autograph=False)
    return made


def fitted(layer: Any) -> Call:
    """The layer in a model that is fitted, with all settings as they are."""

    def run(x: Any, mask: Array) -> None:
        steps = keras.Input(x.shape[1:])
        valid = keras.Input(mask.shape[1:], dtype="bool")
        model = keras.Model([steps, valid], layer(steps, mask=valid))
        model.compile(loss="mse")
        model.fit([x, mask], np.zeros((len(x), layer.units)), verbose=0)

    return run
