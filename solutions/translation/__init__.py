"""The assignment `translation`: reference, catalogue of mistakes, other right styles."""
