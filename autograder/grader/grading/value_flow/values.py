"""What an expression may be: the values, and those of a framework among them."""

from __future__ import annotations

import ast
from typing import NamedTuple

FOLLOWED = frozenset({"torch", "keras", "tensorflow", "jax", "flax", "sklearn", "scipy",
                      "autograder", "importlib", "sys"})  # fmt: skip
"""The modules of which it matters what is made by them."""

MODULES = frozenset(
    {"torch", "nn", "functional", "modules", "rnn", "_VF", "_C", "_nn", "ops", "aten", "func",
     "autograd", "jit", "utils", "keras", "layers", "tensorflow", "raw_ops", "compat", "v1", "jax",
     "lax", "flax", "linen", "__dict__"}
)  # fmt: skip
"""The last names of what has a framework's own in it, of which any may be fetched."""


class Value(NamedTuple):
    """Something that an expression may be.

    Attributes:
        kind: "is" for a module or what stands in it; "made" for what a call of it gave; "text";
            "own" for a function or class of the text; "object" for an instance of such a class.
        path: as in "torch.nn.LSTMCell"; the text itself.
        node: the function or class.
    """

    kind: str
    path: str = ""
    node: ast.AST | None = None


Values = frozenset[Value]
NOTHING: Values = frozenset()

UNKNOWN = Value("text", "\0")
"""Stands for the texts of which there are more than are followed."""


def is_followed(value: Value) -> bool:
    """Whether it comes from a module of which it matters what is made by it."""
    return value.path.partition(".")[0] in FOLLOWED


def has_more(path: str) -> bool:
    """Whether it is a module of a framework, or the dictionary of one."""
    first, *_, last = [*path.split("."), path.rpartition(".")[2]]
    return first in FOLLOWED and last in MODULES
