"""The assignment `layers`: reference, catalogue of mistakes, other right styles."""
