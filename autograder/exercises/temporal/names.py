"""The names of temporal relations, and the particles that Korean hangs on a time."""

from __future__ import annotations

RELATIONS = (
    "BEFORE",
    "AFTER",
    "INCLUDES",
    "IS_INCLUDED",
    "DURING",
    "DURING_INV",
    "SIMULTANEOUS",
    "IAFTER",
    "IBEFORE",
    "IDENTITY",
    "BEGINS",
    "ENDS",
    "BEGUN_BY",
    "ENDED_BY",
)
"""The relTypes of TimeML 1.2.1; I stands for immediately in IBEFORE and IAFTER."""

PARTICLES = (
    "에서는", "에서", "에는", "에", "부터", "까지는", "까지", "이후", "이전",
    "을", "를", "이", "가", "은", "는",
)  # fmt: skip
"""At, from, until, after, before, and the marks of object, subject and topic."""
