"""Other right ways to write the assignment `translation`."""
