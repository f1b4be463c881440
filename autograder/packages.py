"""Packages that not everybody who reads the course has, and a sentence where one is missing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

NAMES = {
    "numpy": "NumPy",
    "torch": "PyTorch",
    "keras": "Keras",
    "sklearn": "scikit-learn",
    "statsmodels": "statsmodels",
}
"""What people call them, by the name under which they are imported."""


class MissingPackageError(ImportError):
    """A package cannot be imported; the text is a sentence for whoever asked for it."""


def imported(package: str, wanted_by: str) -> Any:
    """The package.

    Args:
        package: one of those in `NAMES`, or a module of it.
        wanted_by: what works with it, as a sentence has it.

    Raises:
        MissingPackageError: where it cannot be imported.
    """
    try:
        return importlib.import_module(package)
    except ImportError as error:
        name = NAMES[package.partition(".")[0]]
        raise MissingPackageError(
            f"{wanted_by} works with {name}, which this Python cannot import ({error}). "
            "The course's page ‘How to start’ says how to install it; exercises in NumPy alone are "
            "checked without it."
        ) from error


def works_with(package: str) -> Callable[[Function], Function]:
    """Have a function say in a sentence that it cannot do without a package, where that is missing.

    Args:
        package: one of those in `NAMES`.
    """

    def decorated(function: Function) -> Function:
        @wraps(function)
        def asked(*args: Any, **kwargs: Any) -> Any:
            imported(package, f"`{function.__name__}`")
            return function(*args, **kwargs)

        return cast(Function, asked)

    return decorated


def missing(packages: Iterable[str], wanted_by: str) -> str:
    """A sentence on the first of the packages that cannot be imported, or ""."""
    try:
        for package in packages:
            imported(package, wanted_by)
    except MissingPackageError as error:
        return str(error)
    return ""
