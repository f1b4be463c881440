"""Other right ways to write the assignment `translation_decoding`."""
