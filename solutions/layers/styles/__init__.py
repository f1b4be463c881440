"""Layers that cuDNN backs, in other right styles."""
