"""Grading: sanitise, execute, judge, journal, write; one submission or a class."""

import os
import sys

# jsonschema, which nbformat needs, would spend a second on a grammar of addresses in any language
# that no notebook has: without this package it does without.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# What TensorFlow tells of the processor at its import is not for the person who grades.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
