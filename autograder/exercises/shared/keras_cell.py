"""How a student's cell of Keras is called: its weights set, its step taken, sequences run.

N samples, T steps, D inputs, H hidden units. What a cell lacks is told in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.exercises.program import Array, StudentError


def filled(cell: Any, title: str, values: Mapping[str, Array], states: int) -> Any:
    """`keras.layers.RNN` around a student's cell whose weights hold the given values.

    Args:
        cell: the student's cell, not yet built.
        title: what its class is called.
        values: the weights in the order of `get_weights()`; Wx has D rows and Wh has H.
        states: how many states of size H it has.

    Raises:
        StudentError: where a weight is missing, has another shape or dtype, or is not trained.
    """
    import keras

    D, H = values["Wx"].shape[0], values["Wh"].shape[0]
    if not isinstance(cell, keras.layers.Layer):
        raise StudentError(f"{title} is not a class that is derived from keras.layers.Layer.")
    size = getattr(cell, "state_size", None)
    found = list(size) if isinstance(size, (list, tuple)) else [size]
    if found != [H] * states:
        wanted = H if states == 1 else [H] * states
        raise StudentError(f"{title}({H}).state_size is {size}; {wanted} is wanted.")
    layer = keras.layers.RNN(cell, return_sequences=True, return_state=True)
    layer.build((1, 1, D))
    weights = list(cell.weights)
    shapes = [tuple(w.shape) for w in weights]
    wanted_shapes = [value.shape for value in values.values()]
    if shapes != wanted_shapes:
        raise StudentError(
            f"get_weights() of {title}({H}) gives arrays of the shapes {shapes or 'none'} for "
            f"{D} inputs; {wanted_shapes} are wanted, which are {', '.join(values)}. Weights are "
            "made by self.add_weight in build, in this order."
        )
    if len(cell.trainable_weights) != len(values):
        raise StudentError(f"Some weights of {title}({H}) are not trainable.")
    kinds = {str(w.dtype) for w in weights}
    if kinds != {"float32"}:
        raise StudentError(
            f"The weights of {title}({H}) are {', '.join(sorted(kinds))}, not float32."
        )
    cell.set_weights(list(values.values()))
    return layer


def step(layer: Any, x: Array, *given: Array) -> tuple[Array, ...]:
    """One step of the cell in `layer`: its output and its states.

    Raises:
        StudentError: where these are no output and a list of states.
    """
    import keras

    found = layer.cell(
        keras.ops.convert_to_tensor(x), [keras.ops.convert_to_tensor(s) for s in given]
    )
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        kind = type(found).__name__ if isinstance(found, (tuple, list)) else "tensor"
        raise StudentError(
            f"call returns one {kind}; the output and the list of states are wanted."
        )
    output, states = found
    if not isinstance(states, (tuple, list)):
        raise StudentError("call returns the states as one tensor; a list of them is wanted.")
    if len(states) != len(given):
        raise StudentError(f"call returns {len(states)} states; it is given {len(given)}.")
    return tuple(np.asarray(keras.ops.convert_to_numpy(t)) for t in (output, *states))


def sequence(layer: Any, x: Array, *given: Array) -> tuple[Array, ...]:
    """Whole sequences `x (N, T, D)`: the outputs of all steps, and the last states.

    Raises:
        StudentError: where a step does not return an output and a list of states.
    """
    import keras

    step(layer, x[:, 0], *given)

    found = layer(
        keras.ops.convert_to_tensor(x),
        initial_state=[keras.ops.convert_to_tensor(s) for s in given],
    )
    return tuple(np.asarray(keras.ops.convert_to_numpy(t)) for t in found)
