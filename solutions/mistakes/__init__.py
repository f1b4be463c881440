"""The catalogue of mistakes, still as Python; it becomes text."""
