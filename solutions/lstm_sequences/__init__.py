"""The assignment `lstm_sequences`: reference, catalogue of mistakes, other right styles."""
