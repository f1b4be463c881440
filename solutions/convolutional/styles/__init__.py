"""Other right ways to write the exercises of the assignment `convolutional`."""
