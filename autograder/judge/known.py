"""What the trusted side knows: the right answers to a program, and those of known mistakes."""

from __future__ import annotations

from collections.abc import Sequence

from solutions import mistakes as catalogue

from .. import references
from ..assess import Mistake
from ..compare import Expected, judged
from ..exercises import Array, Exercise, Program, run
from ..signature import signature


def expected(exercise: Exercise, program: Program) -> Expected:
    """What the reference answers, by call and result.

    Raises:
        RuntimeError: where the reference itself fails; the course has to be mended.
    """
    answers = {a.call: a for a in run(program, references.namespace(exercise.stem))}
    right: dict[str, dict[str, Array]] = {}
    for call in judged(exercise, program):
        answer = answers[call.name]
        if answer.raised or answer.returned:
            reason = answer.returned or f"{answer.raised}: {answer.message}"
            raise RuntimeError(f"the reference of {exercise.name} fails for {call.name}: {reason}")
        values = [result.value for result in answer.results]
        right[call.name] = {
            name: value
            for name, value in zip(call.returns, values, strict=True)
            if value is not None and name in exercise.tolerances
        }
    return right


def bank(exercise: Exercise, program: Program) -> dict[str, Array]:
    """The signature of every known mistake of the exercise, by name."""
    made = _signatures(exercise, program, (exercise.name,))
    return {known.name: found for known, found in made}


def inherited(exercise: Exercise, program: Program) -> dict[str, Array]:
    """The signature of the reference on top of each known mistake of an earlier exercise.

    Two exercises may have a mistake of one name, so that the key is "exercise.mistake".
    """
    made = _signatures(exercise, program, exercise.needs)
    return {f"{known.exercise}.{known.name}": found for known, found in made}


def _signatures(
    exercise: Exercise, program: Program, of: Sequence[str]
) -> list[tuple[catalogue.Mistake, Array]]:
    stem = exercise.stem
    return [
        (known, signature(exercise, program, run(program, catalogue.namespace(stem, known))))
        for known in catalogue.mistakes(stem)
        if known.exercise in of
    ]


def mistakes(exercise: Exercise) -> dict[str, Mistake]:
    """What a student is told of every known mistake of the exercise, by name."""
    return {
        known.name: Mistake(known.name, known.says, known.read)
        for known in catalogue.mistakes(exercise.stem)
        if known.exercise == exercise.name
    }
