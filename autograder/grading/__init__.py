"""Grading: sanitise, execute, judge, journal, write; one submission or a class."""
