"""Run every benchmark, print its table, and keep its numbers where the book shows them."""

import importlib
import json
import os
import pkgutil
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

CHAPTERS = Path(__file__).parents[2] / "chapters"


def hardware() -> dict[str, str | int]:
    """What the numbers were measured on."""
    processor = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((x.split(": ")[1] for x in lines if x.startswith("model name")), processor)
    return {"processor": processor, "cores": len(os.sched_getaffinity(0))}


def main(names: list[str]) -> None:
    console = Console(highlight=False)
    known = [m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]) if m.name[0] != "_"]
    for name in names or known:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        table, numbers = module.measure()
        console.print(table)
        results = CHAPTERS / getattr(module, "CHAPTER", "about") / "results"
        results.mkdir(parents=True, exist_ok=True)
        record = {
            "date": date.today().isoformat(),
            "hardware": hardware(),
            "versions": {p: version(p) for p in ("keras", "nbgrader", "numpy", "torch")},
            "python": platform.python_version(),
            **numbers,
        }
        (results / f"{name}.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
