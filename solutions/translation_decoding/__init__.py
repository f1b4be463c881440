"""The assignment `translation_decoding`: reference, catalogue of mistakes, other right styles."""
