"""Numbers that take long to get: measured here, recorded beside their chapter, shown by the book.

`python -m autograder.experiments` runs all of them and `python -m autograder.experiments NAME`
one. A record says when, on what and with which versions it was made.
"""
