"""What is asked of `shift_right`, `seq2seq_loss` and `greedy_decode`, and how they are called.

N sentences, T words, V words of a vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.inputs import OTHERS
from autograder.exercises.shared.language_model import Diary, words
from autograder.exercises.shared.special_words import BOS, EOS, PAD, UNK
from autograder.exercises.shared.text import written
from autograder.exercises.shared.torch_cell import derived
from autograder.exercises.translation.sentences import ASSIGNMENT, targets

SHIFTED = ("inputs",)
LOSS = ("loss", "dlogits", "dlogits at padding")
SEARCHED = ("ids", "what step reads", "which state step gets")
"""The results of a search that is written down, as a student reads of them."""


def shift_program(rng: np.random.Generator) -> Program:
    """Rows that fill their places and rows that do not, one word, and both widths of ints."""
    cases = {
        "N=3, T=5": targets(rng, 40, (4, 5, 2)),
        "N = T": targets(rng, 40, (3, 4, 2, 4)),
        "padding in every row": targets(rng, 40, (3, 5), 7),
        "N=1, T=6": targets(rng, 40, (6,)),
        "N=4, T=1": targets(rng, 40, (1, 1, 1, 1)),
        "ids in int32": targets(rng, 40, (2, 5, 4)).astype(np.int32),
    }
    first = next(iter(cases.values()))
    cases["the first inputs once more"] = first
    cases[OTHERS] = targets(rng, 40, (5, 2, 3))
    cases["a view that is not contiguous"] = np.asfortranarray(first)
    return Program(
        ASSIGNMENT,
        tuple(Call(k, "shift_right", (y,), SHIFTED, adapter="shifted") for k, y in cases.items()),
    )


def shifted(shift_right: Any, y: Array) -> Any:
    """What a student's function makes of target rows.

    Raises:
        StudentError: where that is no new tensor of the dtype of y.
    """
    import torch

    ids = torch.from_numpy(y)
    found = shift_right(ids)
    if not isinstance(found, torch.Tensor):
        raise StudentError(f"It returns a {type(found).__name__}; a torch.Tensor is wanted.")
    if found.dtype != ids.dtype:
        raise StudentError(f"It returns a tensor of {found.dtype} where y is one of {ids.dtype}.")
    shares = found.untyped_storage().data_ptr() == ids.untyped_storage().data_ptr()
    if shares and found.shape == ids.shape:
        raise StudentError("It returns a view of y; a new tensor is wanted.")
    return found.numpy().copy()


LOSSES = {
    "N=3, T=4, V=7": (7, (2, 4, 1), 0),
    "N = T = V": (4, (4, 2, 3, 1), 0),
    "padding in every row": (6, (1, 3), 5),
    "no padding": (5, (3, 3), 0),
    "N=1, T=3, V=5": (5, (2,), 3),
    "one word": (5, (1, 1), 0),
    "forty words": (5, (40, 17), 0),
}
"""V, the lengths, and T where it is not the longest of them."""


def loss_program(rng: np.random.Generator) -> Program:
    """Batches whose rows differ in length; words of every kind; and logits of ±1000."""
    cases: dict[str, tuple[Array, ...]] = {}
    for label, (V, lengths, T) in LOSSES.items():
        y = targets(rng, V, lengths, T)
        cases[label] = (2 * normal(rng, *y.shape, V), y)
    first, y = next(iter(cases.values()))
    again = y.copy()
    again[1, 0] = UNK
    cases["a word that is UNK"] = (first, again)
    cases["other logits at padding"] = (np.where((y == PAD)[..., None], -3 * first, first), y)
    far = 1000.0 * rng.choice([-1.0, 1.0], first.shape) + first
    far[0, 0] = -1000.0 + first[0, 0]
    far[0, 0, (y[0, 0] + 1) % 7] = 1000.0  # sure of another word than the right one
    cases["logits near ±1000"] = (far, y)
    cases["places far from one another"] = (first + np.array([-1e6, 0, 1500, 0])[:, None], y)
    cases["the first inputs once more"] = (first, y)
    cases[OTHERS] = (np.flip(first).copy(), targets(rng, 7, (4, 3, 2)))
    cases["logits that are not contiguous"] = (np.asfortranarray(first), y)
    return Program(
        ASSIGNMENT,
        tuple(Call(k, "seq2seq_loss", args, LOSS, adapter="lost") for k, args in cases.items()),
    )


def lost(seq2seq_loss: Any, logits: Array, y: Array) -> Sequence[Any]:
    """The loss, its gradient at the logits, and the largest of that where there is padding.

    Raises:
        StudentError: where the loss is no tensor of shape ().
    """
    import torch

    leaf = torch.from_numpy(logits.copy()).requires_grad_()
    found = seq2seq_loss(leaf, torch.from_numpy(y))
    if not isinstance(found, torch.Tensor):
        raise StudentError(f"It returns a {type(found).__name__}; a torch.Tensor is wanted.")
    if found.shape != ():
        raise StudentError(f"The loss has the shape {tuple(found.shape)}; () is wanted.")
    (gradient,) = derived({"the loss": found}, {"logits": leaf}, (np.ones(()),))
    at_padding = gradient.numpy()[y == PAD]
    return found, gradient, np.max(np.abs(at_padding), initial=0.0)


V = 8
"""Words of the vocabulary of the models that are searched."""


def route(rng: np.random.Generator, path: Sequence[int], steps: int, lead: float = 1.0) -> Array:
    """The table of a model whose most likely words follow a path, (steps, V, V).

    Args:
        rng: draws everything else.
        path: what follows BOS.
        steps: for how many numbers of words there is a table of its own.
        lead: by how much the logit of the path exceeds all others.
    """
    table = normal(rng, steps, V, V)
    table[..., [PAD, BOS]] = -np.inf
    for read, (word, following) in enumerate(zip([BOS, *path], path, strict=False)):
        row = table[read, word]
        row[following] = -np.inf
        row[following] = row.max() + lead
    return table


def greedy_program(rng: np.random.Generator) -> Program:
    """Sentences that end by themselves, that are cut off, that are empty; and a tie."""
    calls = []

    def some(number: int) -> list[int]:
        """Words, neighbours different, UNK among them."""
        found = [int(word) for word in rng.permutation(np.arange(UNK, V))]
        while len(found) < number:
            found += [w for w in (int(v) for v in rng.permutation(np.arange(UNK, V)))]
        return found[:number]

    def ask(label: str, table: Array, max_len: int) -> None:
        args = (table, max_len)
        calls.append(Call(label, "greedy_decode", args, SEARCHED, adapter="searched"))

    ask("EOS after four words", route(rng, [*some(4), EOS], 9), 9)
    ask("EOS after five words, UNK among them", route(rng, [*rng.permutation(5) + UNK, EOS], 9), 9)
    ask("cut off after six words", route(rng, some(9), 9), 6)
    ask("one word", route(rng, some(9), 9), 1)
    ask("EOS at once", route(rng, [EOS, *some(4)], 9), 7)
    ask("EOS as the last word that there may be", route(rng, [*some(3), EOS], 9), 4)
    ask("as many words as there may be, then EOS", route(rng, [*some(3), EOS], 9), 3)
    ask("the same word again and again", route(rng, [5, 5, 5, 5, 5, EOS], 9), 8)
    negative = route(rng, [*some(5), EOS], 9)
    ask("logits all negative", negative - 1e4, 9)
    tied = route(rng, [4, 6, 5, EOS], 9)
    tied[2, 6, 7] = tied[2, 6, 5]
    ask("two words equally likely", tied, 9)
    unlike = route(rng, [*some(5), EOS], 9, lead=1e-4)
    ask("a word a little more likely than another", unlike, 9)
    certain = np.where(np.isin(np.arange(V), [PAD, BOS]), -np.inf, -1000.0) + np.zeros((9, V, V))
    for read, (word, following) in enumerate(zip([BOS, 6, 4, 7], [6, 4, 7, EOS], strict=True)):
        certain[read, word, following] = 1000.0
    ask("logits of ±1000", certain, 9)
    return Program(ASSIGNMENT, tuple(calls))


def searched(greedy_decode: Any, table: Array, max_len: int) -> list[Array]:
    """The words that were found, those that the model read, and the states it was given."""
    diary = Diary(table)
    found = words(greedy_decode(diary, max_len))
    return [written(found), written(diary.received), written(diary.states)]
