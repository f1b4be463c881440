"""The second assignment on the LSTM in other right styles."""
