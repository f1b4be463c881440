"""For those who teach: it grades, releases and builds the book, and is in no wheel."""
