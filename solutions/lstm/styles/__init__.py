"""The LSTM in other right styles."""
