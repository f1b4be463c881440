"""Other right ways to write the exercises of `cudnn_layers`."""
