"""For those who teach: it grades, releases and builds the book, and is in no wheel."""

from autograder.grader.no_grammar import leave_out_grammar

leave_out_grammar()  # before any module of the grader imports nbformat
