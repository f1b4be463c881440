"""One assessment for the public check and the judge: compare, name the mistake, follow through.

The two differ in what they know. `Knowledge` says what that is; `autograder.checking.public` has it
from a file, and `autograder.grader.judge` from the references.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from autograder.checking import fingerprint
from autograder.checking.as_judged import Exchange, alike, answer_as_judged
from autograder.checking.compare import Expected, compare, judged, summary
from autograder.checking.fingerprint import equal_rows
from autograder.checking.mistake import Mistake
from autograder.checking.pairs import Pair, main, ranked
from autograder.checking.told import PublicAnswers, told
from autograder.exercises import Answer, Array, Ask, Call, Exercise, Finding, Program, Right
from autograder.exercises.tolerances import LIMITS

BUILT_ON_OTHER = "it fits the student's own"
"""Why a person looks at what is right for something that is far from what is asked."""

AND_MORE = " and more"
"""What follows the name of a mistake that explains most of what is wrong, and not all."""

TWO_FACED = "two answers are given by the student's own"
"""Why a person looks at what is right for something that is not what it was judged to be."""


TENSORS = ("Tensor", "EagerTensor", "Parameter")
"""What torch and TensorFlow call the arrays that a NumPy exercise may return all the same."""


@dataclass(frozen=True)
class Assessment:
    """What is found about a student's object.

    Attributes:
        status: "correct", "wrong", "error", "not attempted", "needs_review" or, by its speed,
            "partial" or "deferred".
        message: sentences for the student.
        mistake: the name of the known mistake, of two, or of the one that explains most; or "".
        read: the title of the section to read, in quotes, or "".
        findings: all that is wrong, the most telling first.
        near: whether what is wrong, and not all of it known, is near what is right all the same.
        reason: why a person has to look at it, in words for the staff, or "".
        short: of what is "partial" or "deferred", by how many points it falls short of all; None
            where it earns none at all.
    """

    status: str
    message: str
    mistake: str = ""
    read: str = ""
    findings: tuple[Finding, ...] = ()
    near: bool = False
    reason: str = ""
    short: float | None = None


class Knowledge(Protocol):
    """What is known about one exercise. An assessor asks only for what it needs."""

    @property
    def exercise(self) -> Exercise:
        """The exercise."""

    @property
    def parameters(self) -> Sequence[str]:
        """The names of the parameters of what the student writes, as far as they are known."""

    @property
    def seed(self) -> int:
        """Draws the program, and the further inputs of follow-through."""

    @property
    def program(self) -> Program:
        """The calls to be made of the student's object."""

    @property
    def costly(self) -> Program | None:
        """The calls that take long, or None where there are none."""

    @property
    def expected(self) -> Expected:
        """What is right for every judged call of `program`."""

    @property
    def measured(self) -> Mapping[str, Array]:
        """What the reference gives for the calls of `Exercise.measure`, by call."""

    @property
    def mistaken(self) -> Mapping[str, Mapping[str, Array]]:
        """The same for every known mistake that gives something, by mistake and call."""

    @property
    def right(self) -> Ask | None:
        """Runs a program with the references; None where they are not at hand."""

    @property
    def fingerprints(self) -> Mapping[str, Array]:
        """The fingerprint of every known mistake for the program, by name."""

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """What is said of every known mistake, by name."""

    def together(self, pairs: Sequence[Pair]) -> Iterable[tuple[Pair, Array]]:
        """The fingerprint of both mistakes at once, of the pairs for which it can be had."""

    def on_top_of(self, mistakes: Mapping[str, str]) -> Ask | None:
        """Runs a program with the references on top of known mistakes, where these are at hand.

        Args:
            mistakes: the mistake of each earlier exercise that has one; of two, "one and other".
        """

    def inherited(self, mistakes: Collection[str]) -> Mapping[str, Array]:
        """The fingerprint of what is right on top of each of these mistakes of earlier exercises.

        Args:
            mistakes: by "exercise.mistake"; names that are not known are left out.
        """


class Assessor:
    """Assesses one object of a student.

    Args:
        knowledge: what is known about the exercise.
        ask: runs a program where the student's objects are.
        ask_costly: the same for calls that take long, where these have another limit.
        public: gives the answers to the public program, where the inputs of this one are hidden,
            so that no text carries them out.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        ask: Ask,
        ask_costly: Ask | None = None,
        public: PublicAnswers | None = None,
    ) -> None:
        self._knowledge = knowledge
        self._exercise = knowledge.exercise
        self._ask = ask
        self._ask_costly = ask_costly or ask
        self._public = public
        self._calls: list[Call] = []
        self._answers: list[Answer] = []
        self._warned = ""

    def assess(self, earlier: Callable[[str], Assessment | None]) -> Assessment:
        """What is found, where the mistake of an earlier exercise costs once.

        The object is right, given the student's own earlier ones, where it answers what the
        reference would answer on top of the same known mistake, or where
        `exercise.consistent_with_own` finds it consistent with them.

        Args:
            earlier: what was found about an earlier exercise, or None where that is not known.
        """
        if not self._has_wrong_answers:
            return self.by_itself()
        drawn = self._drawn(earlier)
        if drawn is not None and not self._differences:
            return _given_own(drawn) if drawn else self.by_itself()
        below = [*self._exercise.needs, self._exercise.draws_as]
        before = {name: earlier(name) for name in below if name}
        wrong = {n: one for n, one in before.items() if one is not None and one.status == "wrong"}
        if not wrong or drawn == "":
            return self.by_itself()
        named = {name: one.mistake for name, one in wrong.items() if _is_named(one)}
        own = self._inherited(named)
        exchanged: list[Exchange] = []
        if not own and self._is_consistent(exchanged):
            own = next(iter(wrong))
            far = [name for name, one in wrong.items() if not (_is_named(one) or one.near)]
            if far:
                return _to_a_person(far[0], BUILT_ON_OTHER, "is far from what is asked")
            known = self._knowledge
            given = known.on_top_of(named) if len(named) == len(wrong) else None
            statuses = {n: one.status for n, one in before.items() if one is not None}
            if known.right and not answer_as_judged(exchanged, statuses, known.right, given):
                return _to_a_person(own, TWO_FACED, "answers otherwise where it is judged")
        if not own:  # its own mistake is looked for last of all, for that takes longest
            return self.by_itself()
        return _given_own(own)

    @property
    def _has_wrong_answers(self) -> bool:
        """Whether something is wrong with an object that was attempted, and that answers."""
        findings = self._findings
        if not findings or findings[0].problem == "not attempted":
            return False
        called = {call.name for call in self._calls}
        return any(answer.results for answer in self._answers if answer.call in called)

    def by_itself(self) -> Assessment:
        """What is found, whatever is wrong with earlier exercises."""
        findings = tuple(self._findings)
        if not findings:
            return Assessment("correct", _praise(self._calls, self._answers, self._warned))
        says = summary(self._calls, findings)
        if findings[0].problem == "not attempted":
            return Assessment("not attempted", says, findings=findings)
        kind = findings[0].mistake if findings[0].mistake in self._knowledge.mistakes else ""
        named = self._named(self._knowledge.fingerprints) if self._leaves_a_print else ""
        if known := named or kind:
            mistake = self._knowledge.mistakes[known]
            return Assessment("wrong", f"{mistake.says} {says}", known, mistake.read, findings)
        if known := self._named_in_part():
            mistake = self._knowledge.mistakes[known]
            says = f"Where it is wrong, this is why: {mistake.says} {says}"
            return Assessment("wrong", says, known, mistake.read, findings)
        if pair := self._pair():
            one, other = (self._knowledge.mistakes[name] for name in (pair.first, pair.second))
            says = f"Two things are wrong. {one.says} And besides: {other.says} {says}"
            name = f"{one.name} and {other.name}"
            return Assessment("wrong", says, name, one.read, findings)
        if part := self._main():
            name, explained, wrong = part
            mistake = self._knowledge.mistakes[name]
            says = (
                f"{mistake.says} That alone explains {explained} of the {wrong} cases that are "
                f"wrong; in the others something else is wrong too. {says}"
            )
            return Assessment(
                "wrong", says, f"{name}{AND_MORE}", mistake.read, findings, self._is_near()
            )
        raised = sum(finding.problem == "raised" for finding in findings)
        status = "error" if raised == len(self._calls) else "wrong"
        return Assessment(status, says, findings=findings, near=self._is_near())

    @cached_property
    def _findings(self) -> Sequence[Finding]:
        """All that is wrong; the costly calls are made only where nothing else is."""
        found = self._differences or self._inspect(self._knowledge.program)
        costly = self._knowledge.costly
        if found or costly is None:
            return found
        nothing: Expected = {call.name: {} for call in costly.calls}
        return self._compare(costly, self._ask_costly, nothing) or self._inspect(costly)

    @cached_property
    def _differences(self) -> Sequence[Finding]:
        """What differs from what is expected. Where nothing does, fingerprints say nothing."""
        return self._compare(self._knowledge.program, self._ask, self._knowledge.expected)

    @cached_property
    def _leaves_a_print(self) -> bool:
        """Whether something differs that fingerprints are taken of.

        Results that have no one right value leave none, and what goes wrong with these alone is
        told by nothing that equals the print of all mistakes that show there alone.
        """
        results = fingerprint.rows(self._exercise, self._knowledge.program)
        prints = {(call.name, f"`{result}`") for call, result in results}
        prints |= {(call.name, "") for call, _ in results}
        return any((finding.call, finding.result) in prints for finding in self._differences)

    def _compare(self, program: Program, ask: Ask, expected: Expected) -> Sequence[Finding]:
        answers = ask(program)
        self._calls += judged(self._exercise, program)
        self._answers += answers
        shown = told(answers, self._public)
        self._warned = self._warned or next((a.warned for a in shown if a.warned), "")
        hidden = self._public is not None
        parameters = self._knowledge.parameters
        return compare(self._exercise, program, shown, expected, parameters, hidden)

    @np.errstate(all="ignore")
    def _inspect(self, program: Program) -> Sequence[Finding]:
        if self._exercise.inspect is None:
            return ()
        known = self._knowledge
        right = Right(known.right or self._ask, known.measured, lambda: known.mistaken)
        return self._exercise.inspect(program, {a.call: a for a in self._answers}, right)

    @cached_property
    def _fingerprint(self) -> Array:
        """Of the answers; made once, for a student may give large ones."""
        return fingerprint.fingerprint(self._exercise, self._knowledge.program, self._answers)

    def _named(self, fingerprints: Mapping[str, Array]) -> str:
        program = self._knowledge.program
        return fingerprint.name(self._exercise, program, self._fingerprint, fingerprints)

    def _named_in_part(self) -> str:
        """The known mistake that explains all that is wrong, and would show elsewhere too."""
        if not self._differences:
            return ""
        exercise, program, known = self._exercise, self._knowledge.program, self._knowledge
        found = self._fingerprint
        right = fingerprint.right(exercise, program, known.expected)
        return fingerprint.name_in_part(exercise, program, found, right, known.fingerprints)

    def _equals(self, inherited: Array) -> bool:
        """Whether the answers are those of what is right on top of an earlier mistake.

        Where that mistake changes nothing, they have to be right: there it opens no other way.
        """
        exercise, program = self._exercise, self._knowledge.program
        found = self._fingerprint
        right = fingerprint.right(exercise, program, self._knowledge.expected)
        if not found.size or not found.shape == inherited.shape == right.shape:
            return False
        if not fingerprint.same_rows(exercise, program, found, inherited).all():
            return False
        if inherited.dtype == np.float32:
            # The wheel's fingerprints tell no row for certain, but all of them together.
            return not np.array_equal(right.astype(np.float32), inherited)
        unchanged = fingerprint.equal_rows(right, inherited, np.array(1e-12))
        wrong = {(finding.call, finding.result) for finding in self._differences}
        results = fingerprint.rows(exercise, program)
        return not any(
            same and ((call.name, f"`{result}`") in wrong or (call.name, "") in wrong)
            for same, (call, result) in zip(unchanged, results, strict=True)
        )

    def _pair(self) -> Pair | None:
        """The two known mistakes that give these answers together, where there are two."""
        program, known = self._knowledge.program, self._knowledge
        if not self._differences:
            return None
        found = self._fingerprint
        right = fingerprint.right(self._exercise, program, known.expected)
        allowed = fingerprint.allowed(self._exercise, program)
        if found.shape != right.shape or equal_rows(found, right, allowed).all():
            return None
        pairs = ranked(found, right, known.fingerprints, allowed)
        certain = (pair for pair in pairs if pair.certain)
        together = (
            pair
            for pair, rows in known.together(pairs[: self._exercise.pairs])
            if rows.shape == found.shape and equal_rows(found, rows, allowed).all()
        )
        return next(certain, None) or next(together, None)

    def _main(self) -> tuple[str, int, int] | None:
        """A known mistake that explains most cases, how many, and how many are wrong."""
        if not self._differences:
            return None
        exercise, program, known = self._exercise, self._knowledge.program, self._knowledge
        found = self._fingerprint
        right = fingerprint.right(exercise, program, known.expected)
        if found.shape != right.shape:
            return None
        calls = [call.name for call, _ in fingerprint.rows(exercise, program)]
        cases = [[i for i, of in enumerate(calls) if of == name] for name in dict.fromkeys(calls)]
        allowed = fingerprint.allowed(exercise, program)
        wrong = ~equal_rows(found, right, allowed)
        best = main(found, right, known.fingerprints, allowed, cases)
        return best and (*best, sum(bool(wrong[rows].any()) for rows in cases))

    @np.errstate(all="ignore")
    def _is_near(self) -> bool:
        """Whether the answers are near what is right in a good share of the cases."""
        given, expected = {a.call: a for a in self._answers}, self._knowledge.expected
        least, near = LIMITS["likeness"].value, []
        for call in judged(self._exercise, self._knowledge.program):
            answer, wanted = given.get(call.name), expected.get(call.name, {})
            results = dict(zip(call.returns, answer.results if answer else (), strict=False))
            values = [(results.get(name), right) for name, right in wanted.items()]
            near.append(
                bool(values) and all(alike(result, right, least) for result, right in values)
            )
        return bool(near) and sum(near) >= LIMITS["cases that are near"].value * len(near)

    def _inherited(self, mistakes: Mapping[str, str]) -> str:
        """The exercise on top of whose known mistake the object is right, or "".

        Args:
            mistakes: the known mistake of each earlier exercise that has one.
        """
        if not self._differences:
            return ""
        keys = {f"{exercise}.{mistake}": exercise for exercise, mistake in mistakes.items()}
        found = self._knowledge.inherited(keys.keys())
        return next((keys[key] for key, rows in found.items() if self._equals(rows)), "")

    def _drawn(self, earlier: Callable[[str], Assessment | None]) -> str | None:
        """Whose mistake shows in what was drawn: of an earlier exercise, "" for its own, or None.

        Args:
            earlier: what was found about an earlier exercise, or None where that is not known.
        """
        exercise = self._exercise
        if exercise.drawn_as_own is None or not self._inspect(self._knowledge.program):
            return None
        before = earlier(exercise.draws_as)
        wrong = before is not None and before.status == "wrong"
        return exercise.draws_as if wrong and exercise.drawn_as_own(self._ask) else ""

    def _is_consistent(self, exchanged: list[Exchange]) -> bool:
        """Whether the object is consistent with the student's own earlier ones.

        Args:
            exchanged: gets what was asked for that, and what was answered.
        """

        def ask(program: Program) -> Sequence[Answer]:
            answers = self._ask(program)
            exchanged.append((program, answers))
            return answers

        consistent = self._exercise.consistent_with_own
        rng = np.random.default_rng([self._knowledge.seed, 1, *self._exercise.name.encode()])
        return consistent is not None and consistent(ask, rng)


def _is_named(earlier: Assessment) -> bool:
    """Whether its mistake is known, and is all that is wrong."""
    return bool(earlier.mistake) and not earlier.mistake.endswith(AND_MORE)


def _given_own(name: str) -> Assessment:
    says = f"It is right given your own `{name}`, whose mistake is counted there and not again."
    return Assessment("correct", says)


def _to_a_person(own: str, reason: str, how: str) -> Assessment:
    return Assessment(
        "needs_review",
        f"It fits your own `{own}`, which {how}. A person will look at it.",
        reason=f"{reason} `{own}`",
    )


def _praise(calls: Sequence[Call], answers: Sequence[Answer], warned: str) -> str:
    says = f"All {len(calls)} cases are right."
    results = {answer.call: answer.results for answer in answers}
    for call in calls:
        tensors = [result.type in TENSORS and not call.adapter for result in results[call.name]]
        if any(tensors):
            name = call.returns[tensors.index(True)]
            says += (
                f" `{name}` is a tensor and was converted, which costs nothing; a NumPy array is "
                "what others expect of this function."
            )
            break
    if warned:
        says += f" A warning was given on the way, which costs nothing: {warned}"
    return says
