"""The four ids that have a meaning of their own in every vocabulary of the course."""

from __future__ import annotations

PAD, BOS, EOS, UNK = 0, 1, 2, 3
"""Padding, the beginning and the end of a sentence, and a word that the vocabulary has not."""

FIRST = 4
"""The first id that is free for a word."""
