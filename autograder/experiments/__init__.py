"""Experiments that pages of the book run themselves."""
