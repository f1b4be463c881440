"""The commands of whoever writes exercises: begin one, prove an assignment, hand its checks out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from autograder.grader.commands.terminal import NOT_ALL, err, out

Folder = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="A folder of your own; by default the course itself."),
]


def new_exercise(
    assignment: Annotated[str, typer.Argument(help="Its assignment, which may be new.")],
    name: Annotated[str, typer.Argument(help="The function or class that students write.")],
    folder: Folder = None,
) -> None:
    """Begin an exercise: write its stub, reference, cases, mistakes, hints and cells as forms."""
    from autograder.grader.authoring.begin import begin

    for path in begin(assignment, name, folder):
        out.print(f"Wrote {path}", markup=False, soft_wrap=True)
    where = f" --folder {folder}" if folder is not None else ""
    out.print(
        "Each place to fill in is marked there. What is left to write, and then what does not hold "
        f"yet, is told by: autograder prove {assignment}{where}",
        markup=False,
        soft_wrap=True,
    )


def prove(
    assignment: Annotated[str, typer.Argument(help="The assignment.")], folder: Folder = None
) -> None:
    """Prove an assignment: references and styles pass, stubs and mistakes fail and are named."""
    from autograder.grader.authoring.prove import prove

    told: list[str] = []

    def tell(sentence: str) -> None:
        told.append(sentence)
        out.print(f"- {sentence}", markup=False, soft_wrap=True)

    if not prove(assignment, folder, tell):
        err.print(f"{len(told)} to do. The same command tells what is left.", markup=False)
        raise typer.Exit(NOT_ALL)
    out.print(f"{assignment} is proved.", markup=False)


def wheel(
    folder: Annotated[Path, typer.Argument(help="A folder of assignments of your own.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to put it.")] = Path(),
) -> None:
    """Build the wheel with which students check the assignments of a folder."""
    from autograder.grader.authoring.wheel import build

    def tell(sentence: str) -> None:
        err.print(sentence, markup=False)

    built = build(folder, output, tell)
    out.print(f"Wrote {built}. It holds no solution.", markup=False, soft_wrap=True)
