"""Particles that Korean hangs on an expression of time."""

from __future__ import annotations

PARTICLES = (
    "에서는", "에서", "에는", "에", "부터", "까지는", "까지", "이후", "이전",
    "을", "를", "이", "가", "은", "는",
)  # fmt: skip
"""At, from, until, after, before, and the marks of object, subject and topic."""
