"""Run every experiment, or those that are named, and keep what they find."""

import importlib
import pkgutil
import sys
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.grader.experiments.record import write

PACKAGES = ("numpy", "torch")
"""Whose versions stand in the record of an experiment that names none of its own."""


def main(names: list[str]) -> None:
    """Run the experiments `names`, or all of them; each tells its chapter and its numbers."""
    folder = str(Path(__file__).parent)
    for name in names or [m.name for m in pkgutil.iter_modules([folder])]:
        experiment = importlib.import_module(f"autograder.grader.experiments.{name}")
        if not hasattr(experiment, "measure"):  # what several of them share
            continue
        try:
            packages = getattr(experiment, "PACKAGES", PACKAGES)
            print(write(experiment.CHAPTER, name, experiment.measure(), packages))
        except MissingDataError as reason:
            print(f"{name} is left out. {reason}")


if __name__ == "__main__":
    main(sys.argv[1:])
