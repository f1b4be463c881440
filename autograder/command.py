"""The command `autograder`: for students it runs a notebook; for those who teach, all the rest.

The code of those who teach is in no package.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

ABOUT = """\
This command belongs to the course From Cells to cuDNN.

While you work, check each exercise in your notebook: run the cell below it, such as
check(lstm_step_forward). Before you hand the notebook in,

  autograder check lstm.ipynb

runs it from top to bottom on your machine, says what each check finds, and writes nothing.
"""

ELSEWHERE = (
    "There is no `autograder {}` in what a student installs; commands that grade a class work in a "
    "checkout of the course alone. `autograder --help` says what you can do here."
)

INCOMPLETE = (
    "What the checks need is not all there ({}). Install the course's package again, with the line "
    "of the book's page ‘How to start’."
)


def main() -> None:
    """Run the command of a checkout; where there is none, that of a student."""
    if find_spec("autograder.grader") is None or sys.argv[1:2] == ["check"]:
        sys.exit(_student(sys.argv[1:]))
    import_module("autograder.grader.cli").main()


def _student(arguments: list[str]) -> int | str:
    """The exit code, or the sentence with which the command ends."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("autograder", description=ABOUT, formatter_class=form)
    parser.add_argument("--version", action="version", version=version("cells-to-cudnn"))
    commands = parser.add_subparsers(metavar="COMMAND", dest="command")
    says = "run a notebook from top to bottom, and say what its checks find"
    check = commands.add_parser("check", help=says, description=f"{says.capitalize()}.")
    check.add_argument("notebook", type=Path, help="the file, such as lstm.ipynb")
    if arguments and not arguments[0].startswith("-") and arguments[0] != "check":
        return ELSEWHERE.format(arguments[0])
    asked = parser.parse_args(arguments)
    if asked.command is None:
        parser.print_help()
        return 0
    try:
        from autograder.handing_in import tried
    except ImportError as error:
        return INCOMPLETE.format(error)
    return tried(asked.notebook)
