"""The assignment `lstm`: reference, catalogue of mistakes, other right styles."""
