"""Run every benchmark, print its table, and keep its numbers where the book shows them."""

import importlib
import pkgutil
import sys
from pathlib import Path

from rich.console import Console

from autograder.grader.experiments import record

PACKAGES = ("keras", "nbgrader", "numpy", "torch")


def main(names: list[str]) -> None:
    console = Console(highlight=False)
    known = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name[0] != "_"]
    for name in names or known:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        table, numbers = module.measure()
        console.print(table)
        record.write(getattr(module, "CHAPTER", "about"), name, numbers, PACKAGES)


if __name__ == "__main__":
    main(sys.argv[1:])
