"""A recurrent cell as data: its states, gates and weights, and how its inputs are drawn.

N sequences, T steps, D inputs, H hidden units, K gates. What is asked of a cell follows from its
description: `recurrent_programs` has the calls, `recurrent_consistency` the follow-through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from autograder.exercises.program import Array
from autograder.exercises.shared.cases import normal

Sizes = tuple[int, ...]
"""N, D, H of a step, or N, T, D, H of a sequence."""

Options = tuple[bool, ...]
"""What a function of the cell is given after the arrays; it has no gradient."""

Case = tuple[Sizes, Options]
Inputs = tuple[Mapping[str, Array], Options]


class Function(NamedTuple):
    """A function of the student's: its name, and the names of its array results."""

    name: str
    returns: tuple[str, ...]


@dataclass(frozen=True)
class RecurrentCell:
    """What sets one recurrent cell apart from another.

    Attributes:
        assignment: the assignment that asks for it.
        name: what the names of its functions begin with, as in `lstm_step_forward`.
        gates: the parts of a packed weight in the order in which they are stored.
        saturations: which gates are driven to ±1000 together, by what the case is called.
        states: what a step is given and gives, `h` or `h` and `c`.
        biases: the names of the biases, each (K·H,).
        recurrent_scale: the size of the numbers in Wh, times 1/√H.
        option: the name of the boolean that follows the arrays, or "".
        returns_last: whether the forward pass gives the last states beside all hidden states.
        gradients_first: whether the gradients that arrive in all cases are drawn before the
            arguments of the first. The recorded inputs depend on the order.
    """

    assignment: str
    name: str
    gates: tuple[str, ...]
    saturations: Mapping[str, str]
    states: tuple[str, ...] = ("h",)
    biases: tuple[str, ...] = ("b",)
    recurrent_scale: float = 1.0
    option: str = ""
    returns_last: bool = False
    gradients_first: bool = False

    @property
    def step(self) -> Function:
        """The step, and the names of the states that it gives."""
        states = tuple(f"{state}_next" for state in self.states)
        return Function(f"{self.name}_step_forward", states)

    @property
    def step_backward(self) -> Function:
        """The step backward, and the names of its gradients."""
        return Function(f"{self.name}_step_backward", self._gradients(""))

    @property
    def forward(self) -> Function:
        """The pass over whole sequences, and the names of its results."""
        last = tuple(f"{state}T" for state in self.states) if self.returns_last else ()
        return Function(f"{self.name}_forward", ("hs", *last))

    @property
    def backward(self) -> Function:
        """The backward pass over whole sequences, and the names of its gradients."""
        return Function(f"{self.name}_backward", self._gradients("0"))

    @property
    def weight_names(self) -> tuple[str, ...]:
        """The names of the weights in the order in which they are passed."""
        return "Wx", "Wh", *self.biases

    @property
    def packed(self) -> dict[str, tuple[str, ...]]:
        """The gates in the gradients of the weights, which are packed along the last axis."""
        return {f"d{name}": self.gates for name in self.weight_names}

    def forward_of(self, sizes: Sizes) -> Function:
        """The step for N, D, H, and the pass over sequences for N, T, D, H."""
        return self.forward if is_sequence(sizes) else self.step

    def backward_of(self, sizes: Sizes) -> Function:
        """The backward pass of `forward_of`."""
        return self.backward if is_sequence(sizes) else self.step_backward

    def label(self, sizes: Sizes, options: Options = ()) -> str:
        """A case in words: "N=3, D=5, H=4", with the option where there is one."""
        letters = "NTDH" if is_sequence(sizes) else "NDH"
        words = [f"{letter}={size}" for letter, size in zip(letters, sizes, strict=True)]
        return ", ".join([*words, *(f"{self.option}={value}" for value in options)])

    def cases(self, *sizes: Sizes) -> dict[str, Case]:
        """The cases of a cell without an option by their labels."""
        return {self.label(each): (each, ()) for each in sizes}

    def weights(self, rng: np.random.Generator, D: int, H: int) -> dict[str, Array]:
        """`Wx (D, K·H)`, `Wh (H, K·H)` and biases `(K·H,)`, of a size at which gates move."""
        wide = len(self.gates) * H
        return {
            "Wx": normal(rng, D, wide) / np.sqrt(D),
            "Wh": self.recurrent_scale * normal(rng, H, wide) / np.sqrt(H),
            **{bias: normal(rng, wide) / 2 for bias in self.biases},
        }

    def args(self, rng: np.random.Generator, *sizes: int) -> dict[str, Array]:
        """The arrays that a step or a sequence is given, by name.

        Args:
            rng: draws them.
            sizes: N, D, H for `x (N, D)` and the states `h` and `c (N, H)`; N, T, D, H for
                `x (N, T, D)` and the first states `h0` and `c0 (N, H)`. The weights follow.
        """
        N, D, H = sizes[0], *sizes[-2:]
        suffix = "0" if is_sequence(sizes) else ""
        x = normal(rng, *sizes[:-1])
        states = {f"{state}{suffix}": normal(rng, N, H) for state in self.states}
        # A hidden state is a tanh times a share, so that it lies between −1 and 1.
        states |= {name: np.tanh(a) for name, a in states.items() if name.startswith("h")}
        return {"x": x, **states, **self.weights(rng, D, H)}

    def upstream(self, rng: np.random.Generator, *sizes: int) -> tuple[Array, ...]:
        """The gradients that arrive: for sequences of all `hs (N, T, H)`; of each state (N, H)."""
        N, H = sizes[0], sizes[-1]
        of_all = (normal(rng, *sizes[:2], H),) if is_sequence(sizes) else ()
        return *of_all, *(normal(rng, N, H) for _ in self.states)

    def bias(self, H: int, **gates: float) -> Array:
        """A bias `(K·H,)` that is constant within each gate, as in `bias(H, f=50, i=-50)`."""
        return np.repeat([float(gates.get(gate, 0)) for gate in self.gates], H)

    def saturated(self, rng: np.random.Generator) -> dict[str, dict[str, Array]]:
        """Arguments of steps where pre-activations are near +1000 or −1000, by label."""
        return {label: self._saturated(rng, gates) for label, gates in self.saturations.items()}

    def _saturated(self, rng: np.random.Generator, gates: str) -> dict[str, Array]:
        N, D, H = 4, 3, 5
        args = self.args(rng, N, D, H)
        far = self.bias(H, **dict.fromkeys(gates, 1000.0))
        return {**args, self.biases[0]: far * rng.choice([-1.0, 1.0], far.size)}

    def _gradients(self, suffix: str) -> tuple[str, ...]:
        states = (f"d{state}{suffix}" for state in self.states)
        return "dx", *states, *(f"d{name}" for name in self.weight_names)


def is_sequence(sizes: Sequence[int]) -> bool:
    """Whether these are the sizes of a sequence, N, T, D, H, and not of a step, N, D, H."""
    return len(sizes) == 4
