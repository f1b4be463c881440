"""The assignment `cudnn_layers`: reference, catalogue of mistakes, other right styles."""
