"""The GRU in other right styles."""
