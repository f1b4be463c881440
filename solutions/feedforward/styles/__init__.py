"""Other right ways to write the exercises of `feedforward`."""
