"""Summaries in other right styles."""
