"""The sections of the gated chapter that the mistakes of `lstm_sequences` send the student to."""

BACKWARD = "‘Back through time’"
FIRST = "‘Where the weights begin’"
ORDER = "‘Another order of the gates’"
BOTH = "‘Both directions’"
LEFT = "‘What is left after T steps’"
KERAS = "‘The LSTM as a cell of Keras’"
