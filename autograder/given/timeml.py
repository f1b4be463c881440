"""The names that TimeML 1.2.1 gives to temporal relations, in the order of its specification."""

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
"""The relTypes of a link; I stands for immediately in IBEFORE and IAFTER."""
