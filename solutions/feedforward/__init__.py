"""The assignment `feedforward`: reference, catalogue of mistakes, other right styles."""
