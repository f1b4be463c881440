"""The judge: a trusted process that holds the references, sends inputs and compares answers."""

from .judge import Judge

__all__ = ["Judge"]
