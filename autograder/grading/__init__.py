"""Grading: sanitise, execute, judge, journal, write; one submission or a class."""

import sys

# jsonschema, which nbformat needs, would spend a second on a grammar of addresses in any language
# that no notebook has: without this package it does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
