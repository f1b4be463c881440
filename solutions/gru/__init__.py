"""The assignment `gru`: reference, catalogue of mistakes, other right styles."""
