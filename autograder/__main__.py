"""`python -m autograder` is the command, for those whose PATH does not have it."""

from autograder.command import main

main()
