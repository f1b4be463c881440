"""The assignment `training`: reference, catalogue of mistakes, other right styles."""
