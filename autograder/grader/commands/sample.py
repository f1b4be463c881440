"""Sample classes, made and graded, and whether each student gets the right points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.grader.commands.grading import Hosts, grade_class
from autograder.grader.commands.results import print_release, print_students
from autograder.grader.commands.terminal import err, out
from autograder.grader.grading import warmup
from autograder.grader.grading.course import Course, CourseError
from autograder.grader.grading.settings import use_own
from autograder.grader.release import source
from autograder.grader.release.course import make_course, release_all
from autograder.grader.release.sample import surprises, write_sample


def try_classes(folder: Path, assignments: Sequence[str], processes: int) -> bool:
    """Make and grade sample classes, and say who did not get what was known beforehand.

    Args:
        folder: the course folder, which is made where there is none.
        assignments: their names; all where there are none.
        processes: how many submissions are graded at a time.

    Returns:
        Whether all is as it should be.
    """
    use_own(folder)
    for assignment in assignments:
        source.page(assignment)
    course = make_course(folder)
    try:
        for released in release_all(course):
            print_release(released, quiet=True)
    except CourseError as error:
        raise CourseError(
            f"{error}. To begin anew, remove {folder} and do the same again."
        ) from None
    odd: dict[str, list[str]] = {}
    names = assignments or source.assignments()
    with warmup.sharing(names):
        for name in names:
            if sentences := _try(course, name, processes):
                odd[name] = sentences
    # Last of all, after the tables of all classes, where nobody has to look for it.
    for name, sentences in odd.items():
        err.print(f"Not as it should be in the sample class of {name}:")
        for sentence in sentences:
            err.print(f"  {sentence}", markup=False)
    return not odd


def _try(course: Course, assignment: str, processes: int) -> list[str]:
    """Try one class; what is not as it should be, in sentences."""
    faults = write_sample(course, assignment)
    outcome = grade_class(course, assignment, Hosts(processes), measure_again=False)
    print_students(outcome.standings, outcome.entries)
    sentences = [f"{student}: {why}" for student, why in sorted(outcome.failures.items())]
    sentences += surprises(faults, outcome.graded)
    undecided = sum(one.undecided for one in outcome.graded)
    if undecided:
        err.print(
            f"This machine was too busy to tell all about {undecided}. What is put off, such as "
            "how fast a layer runs, costs nothing. To complete it: autograder grade "
            f"{assignment} --course {course.root}",
            markup=False,
        )
    if not sentences:
        out.print(f"The {len(faults)} of the sample class of {assignment} got what they should.")
    return sentences
