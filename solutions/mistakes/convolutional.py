"""The catalogue of the assignment `convolutional`: what goes wrong in each of its exercises."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake
from solutions.mistakes import (
    convolutional_backward,
    convolutional_forward,
    convolutional_keras,
    convolutional_lenet,
    convolutional_planes,
    convolutional_pools,
    convolutional_text,
    convolutional_windows,
)

MISTAKES: tuple[Mistake, ...] = (
    *convolutional_planes.MISTAKES,
    *convolutional_forward.MISTAKES,
    *convolutional_backward.MISTAKES,
    *convolutional_windows.MISTAKES,
    *convolutional_pools.MISTAKES,
    *convolutional_text.MISTAKES,
    *convolutional_lenet.MISTAKES,
    *convolutional_keras.MISTAKES,
)
