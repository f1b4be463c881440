"""The assignment `recurrent`: reference, catalogue of mistakes, other right styles."""
