"""Where things stand in the checkout of those who teach."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
"""The package `autograder`."""

ROOT = PACKAGE.parent
CHAPTERS = ROOT / "chapters"
SOLUTIONS = ROOT / "solutions"

FETCHED = ROOT / "_build" / "data"
"""Where what is fetched at set-up is, for experiments."""
