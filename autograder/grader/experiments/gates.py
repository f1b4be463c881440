"""How good an RNN, an LSTM and a GRU are after a short training, on four tasks.

The tasks and the training are in the wheel, since a page runs some of them itself.
"""

from autograder.experiments.gates import CHAPTER, measure

__all__ = ["CHAPTER", "measure"]
