"""What the trusted side knows: the right answers to a program, and those of known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from threading import Lock
from typing import Any

from autograder.checking.compare import Expected, judged
from autograder.checking.fingerprint import fingerprint
from autograder.checking.mistake import Mistake
from autograder.checking.pairs import Pair
from autograder.checking.parameters import parameters as named
from autograder.exercises import (
    Answer,
    Array,
    Ask,
    Exercise,
    Program,
    exercises,
    find,
    homes,
    run,
)
from autograder.exercises.shared.consistency import values
from autograder.grader import catalogue, references

_ONE_AT_A_TIME = Lock()


def answers(exercise: Exercise, program: Program) -> Expected:
    """What the reference answers, by call and result.

    Raises:
        RuntimeError: where the reference itself fails; the course has to be mended.
    """
    return timed(exercise, program)[0]


def timed(
    exercise: Exercise, program: Program, *clocks: Callable[[], float]
) -> tuple[Expected, list[float]]:
    """As `answers`, and how long the reference took by each of `clocks`."""
    namespace = references.namespace(exercise.assignment)
    with _ONE_AT_A_TIME:
        starts = [clock() for clock in clocks]
        made = run(program, namespace)
        took = [clock() - start for clock, start in zip(clocks, starts, strict=True)]
    given = {answer.call: answer for answer in made}
    right: dict[str, dict[str, Array]] = {}
    for call in judged(exercise, program):
        answer = given[call.name]
        if answer.raised or answer.returned:
            reason = answer.returned or f"{answer.raised}: {answer.message}"
            raise RuntimeError(f"the reference of {exercise.name} fails for {call.name}: {reason}")
        values = [result.value for result in answer.results]
        right[call.name] = {
            name: value
            for name, value in zip(call.returns, values, strict=True)
            if value is not None and name in exercise.tolerances
        }
    return right, took


def parameters(exercise: Exercise) -> tuple[str, ...]:
    """The names of the parameters of the reference."""
    return named(references.namespace(exercise.assignment)[exercise.name])


def measured(exercise: Exercise, program: Program) -> dict[str, Array]:
    """What the reference gives for `program`, the calls of `exercise.measure`, by call.

    Raises:
        RuntimeError: where it gives nothing.
    """
    found = _measures(program, references.namespace(exercise.assignment))
    if missing := [call.name for call in program.calls if call.name not in found]:
        raise RuntimeError(f"the reference of {exercise.name} gives no measure for {missing[0]}")
    return found


def mistaken(exercise: Exercise, program: Program) -> dict[str, dict[str, Array]]:
    """The same for every known mistake that gives something, by mistake and call."""
    return {
        known.name: _measures(program, catalogue.namespace(exercise.assignment, known))
        for known in _entries(exercise)
    }


def right(assignment: str) -> Ask:
    """Runs programs with the references of the assignment."""
    namespace = references.namespace(assignment)
    return lambda program: _run(program, namespace)


def on_top_of(exercise: Exercise, mistakes: Mapping[str, str], seed: int) -> Ask:
    """Runs programs with the references on top of known mistakes.

    What was asked up to `exercise` is asked first: some mistakes remember it.

    Args:
        exercise: what is built on them.
        mistakes: the mistake of each earlier exercise that has one; of two, "one and other".
        seed: the seed with which was asked.
    """
    made = [
        entry
        for entry in _below_or_own(exercise)
        if entry.name in mistakes.get(entry.exercise, "").split(" and ")
    ]
    namespace = _namespace(exercise.assignment, *made)
    before = (find(name) for name in (*exercise.needs, exercise.name))
    for one in filter(None, before):
        _run(one.draw(seed), namespace)
    return lambda program: _run(program, namespace)


def fingerprints(exercise: Exercise, program: Program) -> dict[str, Array]:
    """The fingerprint of every known mistake of the exercise, by name."""
    mine = _entries(exercise)
    return dict(zip((e.name for e in mine), _fingerprints(exercise, program, mine), strict=True))


def together(exercise: Exercise, program: Program, pair: Pair) -> Array | None:
    """The fingerprint of two mistakes of the exercise at once, or None where they clash."""
    one, other = (e for e in _entries(exercise) if e.name in (pair.first, pair.second))
    if not catalogue.composable(one, other):
        return None
    try:
        names = catalogue.namespace(exercise.assignment, one, other)
    except SyntaxError:  # Words of one line that were changed by both may be no line together.
        return None
    return fingerprint(exercise, program, _run(program, names))


def below(exercise: Exercise) -> dict[str, catalogue.Entry]:
    """The known mistakes of earlier exercises, which the exercise may inherit.

    Two exercises may have a mistake of one name, so that the key is "exercise.mistake".
    """
    return {
        f"{known.exercise}.{known.name}": known
        for known in _below_or_own(exercise)
        if known.exercise in exercise.needs
    }


def inherited(exercise: Exercise, program: Program, mistakes: Collection[str]) -> dict[str, Array]:
    """The fingerprint of the reference on top of each of `mistakes`, keys of `below`, by key."""
    chosen = {name: known for name, known in below(exercise).items() if name in mistakes}
    return dict(zip(chosen, _fingerprints(exercise, program, chosen.values()), strict=True))


def _fingerprints(
    exercise: Exercise, program: Program, of: Iterable[catalogue.Entry]
) -> list[Array]:
    return [fingerprint(exercise, program, wrong_answers(program, known)) for known in of]


def wrong_answers(program: Program, known: catalogue.Entry) -> list[Answer]:
    """What a known mistake answers."""
    return _run(program, _namespace(program.assignment, known))


def _measures(program: Program, namespace: Mapping[str, Any]) -> dict[str, Array]:
    """The one array of each call, in float64, where there is one and all of it is finite."""
    found = {answer.call: values(answer) for answer in _run(program, namespace)}
    return {call: arrays[0] for call, arrays in found.items() if arrays}


def _run(program: Program, namespace: Mapping[str, Any]) -> list[Answer]:
    """As `run`, which redirects the output of the whole process, where threads judge."""
    with _ONE_AT_A_TIME:
        return run(program, namespace)


def mistakes(exercise: Exercise) -> dict[str, Mistake]:
    """What a student is told of every known mistake of the exercise, by name."""
    return {known.name: known.mistake for known in _entries(exercise)}


def _namespace(assignment: str, *made: catalogue.Entry) -> dict[str, Any]:
    """The objects of the plain references of `assignment`, with the wrong versions in place.

    Where an exercise of an earlier assignment is wrong, all of that one's own stand in the place of
    the stand-ins, as where a student brings his or her own along.
    """
    by_home: dict[str, list[catalogue.Entry]] = {assignment: []}
    for entry in made:
        wrong = find(entry.exercise)
        by_home.setdefault(wrong.assignment if wrong else assignment, []).append(entry)
    namespace = catalogue.namespace(assignment, *by_home.pop(assignment))
    for home, entries in by_home.items():
        own = catalogue.namespace(home, *entries)
        namespace |= {brought.name: own[brought.name] for brought in exercises(home)}
    return namespace


def _below_or_own(exercise: Exercise) -> list[catalogue.Entry]:
    """The known mistakes of the assignments of an exercise and of what it is built on."""
    return [e for home in homes([exercise.name]) for e in catalogue.entries(home)]


def _entries(exercise: Exercise) -> list[catalogue.Entry]:
    return [e for e in catalogue.entries(exercise.assignment) if e.exercise == exercise.name]
