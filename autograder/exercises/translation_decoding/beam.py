"""What is asked of `beam_search`: small models in which every way to search finds something else.

V words of a vocabulary, H hidden units.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.exercises.program import Array, Call, Program, StudentError
from autograder.exercises.shared.cases import normal
from autograder.exercises.shared.language_model import whole
from autograder.exercises.shared.special_words import BOS, EOS, PAD
from autograder.exercises.shared.text import written
from autograder.exercises.translation_decoding.bleu import ASSIGNMENT

FOUND = ("ids", "scores")
H = 6

SEARCHES = (
    (6, 4, 6, 1.0),
    (6, 4, 5, 1.0),
    (7, 3, 6, 1.0),
    (6, 4, 6, 0.6),
    (8, 5, 5, 1.0),
    (6, 3, 7, 0.8),
    (7, 4, 6, 2.0),
    (6, 2, 6, 1.0),
    (6, 5, 4, 0.5),
    (7, 2, 5, 1.5),
    (8, 4, 7, 1.0),
    (6, 6, 6, 1.0),
    (7, 5, 7, 1.2),
    (8, 3, 5, 1.0),
    (10, 2, 6, 1.0),
    (12, 3, 5, 0.7),
    (10, 3, 7, 1.0),
    (9, 2, 7, 0.5),
    (12, 4, 6, 1.0),
    (14, 2, 6, 1.0),
    (6, 4, 6, 0.0),
    (7, 3, 4, 0.0),
    (6, 1, 6, 1.0),
    (6, 3, 1, 1.0),
    (5, 4, 2, 1.0),
    (5, 30, 3, 1.0),
)
"""V, k, max_len and the penalty."""

Model = dict[str, Array]


def in_words(penalty: float) -> str:
    """A penalty as the name of a case has it: whole, or beside 1."""
    if penalty.is_integer():
        return f"{penalty:.0f}"
    return "above 1" if penalty > 1 else "below 1"


def model(rng: np.random.Generator, V: int, ending: float = 0.0) -> Model:
    """The arrays of a small recurrent model; PAD and BOS are never written.

    Args:
        rng: draws them.
        V: the size of the vocabulary.
        ending: what is added to the logit of EOS.
    """
    bias = normal(rng, V) / 2
    bias[[PAD, BOS]] = -np.inf
    bias[EOS] += ending
    return {
        "E": normal(rng, V, H),
        "Wh": 1.5 * normal(rng, H, H) / np.sqrt(H),
        "Wo": 3 * normal(rng, H, V) / np.sqrt(H),
        "bo": bias,
    }


def beam_program(rng: np.random.Generator) -> Program:
    """Beams of all widths, with and without a penalty; ends at once and never; ties."""
    calls = []

    def ask(label: str, arrays: Model, *how: Any, opaque: bool = True) -> None:
        adapter = "beamed" if opaque else "beamed_with_arrays"
        calls.append(Call(label, "beam_search", (arrays, *how), FOUND, adapter=adapter))

    for V, k, max_len, penalty in SEARCHES:
        label = f"V={V}, k={k}, max_len={max_len}, length_penalty {in_words(penalty)}"
        ask(label, model(rng, V), k, max_len, penalty)
    never, often = model(rng, 6, -50.0), model(rng, 6, 2.0)
    ask("EOS is hardly ever written", never, 3, 5, 1.0)
    ask("EOS is written early", often, 4, 6, 1.0)
    at_once = model(rng, 6, 200.0)
    ask("EOS at once", at_once, 1, 4, 1.0)
    loud = model(rng, 6)
    ask("logits of thousands", {**loud, "Wo": 1000 * loud["Wo"]}, 3, 5, 1.0)
    few = model(rng, 6)
    few["bo"][[3, 5]] = -np.inf
    ask("words of probability 0", few, 5, 3, 1.0)
    alike = model(rng, 6)
    alike["Wo"][:, 3:] = 0.0  # equal to the last bit, however the product is taken
    alike["bo"][3:] = 1.0
    ask("words that are equally likely", alike, 2, 4, 1.0)
    ask("states that are arrays", model(rng, 6), 4, 6, 1.0, opaque=False)
    ask("the first inputs once more", *calls[0].args)
    return Program(ASSIGNMENT, tuple(calls))


class State:
    """A state of which nothing is known outside."""

    def __init__(self, h: Array) -> None:
        self._h = h

    @property
    def h(self) -> Array:
        """A copy of what it holds."""
        return self._h.copy()


class Steps:
    """The steps of a small recurrent model.

    Args:
        arrays: its arrays.
        opaque: whether states are objects of which nothing is known, or arrays.
    """

    def __init__(self, arrays: Model, opaque: bool) -> None:
        self._arrays = arrays
        self._opaque = opaque
        self._given: list[tuple[Array, Array]] = []

    def __call__(self, token: Any, state: Any = None) -> tuple[Array, Any]:
        """The logits after a word, and the next state."""
        word = whole(token, "`step` is given")
        E, Wh, Wo, bo = (self._arrays[name] for name in ("E", "Wh", "Wo", "bo"))
        if not 0 <= word < len(E):
            raise StudentError(f"`step` is given the word {word}, which there is not.")
        h = np.tanh(E[word] + self._before(state) @ Wh)
        logits = h @ Wo + bo
        if self._opaque:
            return logits, State(h)
        self._given.append((h, h.copy()))
        return logits, h

    def _before(self, state: Any) -> Array:
        if state is None:
            return np.zeros(len(self._arrays["Wh"]))
        if self._opaque and not isinstance(state, State):
            raise StudentError("`step` is given a state that it has not returned.")
        return state.h if self._opaque else np.asarray(state)

    def unharmed(self) -> bool:
        """Whether all arrays that were handed out are as they were."""
        return all(np.array_equal(now, then) for now, then in self._given)


def beamed(
    beam_search: Any, arrays: Model, k: int, max_len: int, length_penalty: float
) -> list[Array]:
    """What is found among the sentences of a model: their words, and their scores."""
    return searched(beam_search, Steps(arrays, opaque=True), k, max_len, length_penalty)


def beamed_with_arrays(
    beam_search: Any, arrays: Model, k: int, max_len: int, length_penalty: float
) -> list[Array]:
    """The same, with states that could be written into.

    Raises:
        StudentError: where one has been.
    """
    steps = Steps(arrays, opaque=False)
    found = searched(beam_search, steps, k, max_len, length_penalty)
    if not steps.unharmed():
        raise StudentError("It writes into a state that `step` has returned.")
    return found


def searched(beam_search: Any, *args: Any) -> list[Array]:
    """Words and scores, apart.

    Raises:
        StudentError: where what is returned is no list of pairs.
    """
    found = beam_search(*args)
    if not isinstance(found, list | tuple):
        raise StudentError(
            f"It returns a {type(found).__name__}; a list of pairs (ids, score) is wanted."
        )
    if len(found) == 2 and isinstance(found[1], float):
        raise StudentError("It returns one pair; a list of pairs (ids, score) is wanted.")
    if any(not isinstance(one, list | tuple) or len(one) != 2 for one in found):
        raise StudentError("Something in the list is no pair (ids, score).")
    try:
        scores = np.array([float(score) for _, score in found], np.float64)
    except (TypeError, ValueError):
        raise StudentError("A score is no number; the pairs are (ids, score).") from None
    return [written([ids for ids, _ in found]), scores]
