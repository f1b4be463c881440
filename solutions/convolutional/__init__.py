"""The assignment `convolutional`: reference, catalogue of mistakes, other right styles."""
