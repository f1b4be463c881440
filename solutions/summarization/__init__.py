"""Summaries: metrics, phrases and a pointer, right and wrong."""
