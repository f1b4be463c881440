"""The im2col convolution of the references beside torch's, in float64, on a CPU."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from autograder.grader.experiments import convolution

CHAPTER = convolution.CHAPTER


def measure() -> tuple[Table, dict[str, Any]]:
    """The medians, and how many times torch's time in float64 each of them is."""
    numbers = convolution.measure()
    sizes = ", ".join(f"{name}={size}" for name, size in numbers["sizes"].items())
    table = Table("pass", "version", "median, ms", "of torch, float64", title=sizes)
    for label, seconds in numbers["seconds"].items():
        for version, median in seconds.items():
            ratio = median / seconds["torch, float64"]
            table.add_row(label, version, f"{1000 * median:.1f}", f"{ratio:.2f}")
    return table, numbers


def main() -> None:
    """Print the medians and ratios."""
    table, _ = measure()
    Console().print(table)


if __name__ == "__main__":
    main()
