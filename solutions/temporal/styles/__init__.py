"""Temporal relations in other right styles."""
