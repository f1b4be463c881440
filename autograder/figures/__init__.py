"""The drawings of the book, as functions that return a matplotlib figure.

They need numpy and matplotlib, and nothing else of this package.
"""
