"""The command itself: what it imports before it knows what it is asked."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "IPython",
    "distributed",
    "ipykernel",
    "jupyter_client",
    "jupytext",
    "keras",
    "msgspec",
    "nbclient",
    "nbformat",
    "nbgrader",
    "numpy",
    "sklearn",
    "sqlalchemy",
    "tensorflow",
    "torch",
    "zmq",
}
"""Packages that take a tenth of a second and more, which only some commands need."""

LOOK = """
import sys
from autograder.command import main
sys.argv[0] = "autograder"
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def autograder(*arguments: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run the command; what it has given, and the packages that it has imported."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *arguments], capture_output=True, text=True, check=False
    )
    modules = done.stderr.splitlines()[-1].split()
    return done, {module.partition(".")[0] for module in modules}


def test_help_imports_nothing_that_no_command_needs_yet() -> None:
    done, packages = autograder("--help")
    assert done.returncode == 0
    commands = (
        *("course", "release", "solve", "collect", "grade", "feedback", "gradebook", "doctor"),
        "report",
    )
    for command in commands:
        assert f"│ {command} " in done.stdout
    assert "typer" in packages
    assert not packages & HEAVY


def test_the_options_of_a_command_are_told_as_fast() -> None:
    done, packages = autograder("grade", "--help")
    assert done.returncode == 0
    assert "--workers" in done.stdout
    assert not packages & HEAVY
