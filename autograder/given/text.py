"""What the applications have in common: the four special words, and a convolution over words.

N sequences, T words, D numbers a word, F filters of K words.
"""

from __future__ import annotations

from autograder.exercises.program import Array
from autograder.exercises.shared.special_words import BOS, EOS, PAD, UNK
from autograder.packages import works_with

__all__ = ["BOS", "EOS", "PAD", "UNK", "conv1d_text", "max_over_time"]


@works_with("torch")
def conv1d_text(x: Array, w: Array, b: Array) -> Array:
    """Slide filters over the words of a batch of sentences, by torch's own convolution.

    Args:
        x: the words as vectors, (N, T, D).
        w: the filters, (F, K, D), with K no more than T.
        b: their biases, (F,).

    Returns:
        y: the responses, (N, T − K + 1, F); no activation is applied.
    """
    import torch

    rows, filters = (torch.tensor(a).mT for a in (x, w))
    found: Array = torch.nn.functional.conv1d(rows, filters, torch.tensor(b)).mT.numpy()
    return found


@works_with("torch")
def max_over_time(y: Array) -> Array:
    """The largest response of every filter, wherever in the sentence, by torch's own pooling.

    Args:
        y: the responses, (N, T, F).

    Returns:
        The largest over T, (N, F).
    """
    import torch

    found: Array = torch.nn.functional.adaptive_max_pool1d(torch.tensor(y).mT, 1)[..., 0].numpy()
    return found
