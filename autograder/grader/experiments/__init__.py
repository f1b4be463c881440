"""Numbers that take long to get: measured here, recorded beside their chapter, shown by the book.

`python -m autograder.grader.experiments` runs all of them, and with a NAME that one. A record says
when, on what and with which versions it was made.
"""
