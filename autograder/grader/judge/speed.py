"""The proof of path: how long an object takes on long inputs, by the judge's own clock.

Nothing that decides here comes from the student's process. The judge sends an input that was never
sent before, checks what comes back, and takes the time of the request. It compares this with the
fastest loop that Python has, in NumPy, on the same input, which it runs itself. Where one operation
is not faster than that, each step of Python's is made to cost more on both sides, which a loop
feels and one operation does not.

Where a control group counts the processor time of the student's processes, this is what stands for
the object, as the time of its own thread stands for the judge's loop: no busy machine stretches
either. Elsewhere the clock on the wall has to do. Noise only makes things slower, so that the least
of several times stands for each side; the loop's time on the wall counts too, up to a bound, since
a student may keep the machine busy on purpose, and stop when he is asked; and whoever looks slow is
compared with his own cell as well, in the same kernel. Whoever makes his own step slow would look
fast beside it, so that it may speak for the student up to a bound and never gives points by itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

import numpy as np

from autograder.checking.assess import Assessment
from autograder.checking.compare import Expected, compare
from autograder.exercises import Answer, Ask, Bounds, Exercise, Finding, Program, Speed
from autograder.exercises.shared.burden import OFF, burden
from autograder.exercises.speed import as_timed, looped
from autograder.grader.judge import expected
from autograder.grader.judge.opponents import OPPONENTS

ROUNDS = 2
"""Times that are taken of each side at first; then the student's own steps are asked as often,
where the clock on the wall is all there is."""

MOST = 9
"""Times that are taken where a busy machine keeps the first ones from deciding."""

MAX_WAIT_FACTOR = 1.5
"""The judge's loop counts up to so many times its own work, where it was kept waiting."""

MAX_OWN_LOOP_RATIO = 10.0
"""The student's own loop counts up to so many times the judge's, on the same busy machine; a
slower one is set aside. It may be in torch, which takes ten times as long as NumPy."""

CLAIMS = "claims-the-fused-kernel"
"""The mistake of a layer that says that one operation ran, and has no gain of it."""

READ = "‘Which way it went’"


def _nobody_counts() -> float | None:
    return None


@dataclass(frozen=True)
class Clock:
    """The judge's clocks, in seconds.

    Attributes:
        wall: of the wall.
        own: of the work of this thread alone.
        kernel: of the work of all the student's processes, those that ended included; None where
            nobody counts it.
    """

    wall: Callable[[], float] = time.perf_counter
    own: Callable[[], float] = time.thread_time
    kernel: Callable[[], float | None] = _nobody_counts

    def timed(self, ask: Ask, program: Program) -> tuple[Sequence[Answer], float, bool]:
        """The answers to a program, the seconds they took, and whether these are of work alone."""
        began, worked = self.wall(), self.kernel()
        answers = ask(program)
        now, passed = self.kernel(), self.wall() - began
        if worked is None or now is None or now < worked:  # the last one: it is another kernel
            return answers, passed, False
        return answers, now - worked, True


CLOCK = Clock()


@dataclass(frozen=True)
class Times:
    """The least seconds that were taken.

    Attributes:
        layer: a request to the student's layer.
        steps: a request to the student's step in a loop; 0 where it was not needed.
        loop: the judge's loop, in time of its own thread.
        fused: the reference's layer, likewise.
        waited: the judge's loop by the clock on the wall.
        exact: whether the student's times are of work alone, which no busy machine stretches.
    """

    layer: float
    loop: float
    fused: float
    steps: float = 0.0
    waited: float = 0.0
    exact: bool = False

    @property
    def counted(self) -> float:
        """The time of the judge's loop that the layer is compared with."""
        if self.exact:
            return self.loop
        return max(self.loop, min(self.waited, MAX_WAIT_FACTOR * self.loop))


def decide(bounds: Bounds, times: Times) -> str:
    """Which way the layer went: "fast", "slow", or "" where the times do not say."""
    if times.loop < bounds.fast * times.fused:
        return ""  # here not even the reference is that much faster than a loop
    if times.counted >= bounds.fast * times.layer:
        return "fast"
    if times.counted > bounds.slow * times.layer:
        return ""
    if times.exact:
        return "slow"
    if not times.steps:
        return ""
    # A kernel that is kept waiting, or runs slower than the judge, is slow with layer and cell
    # alike: then the student's own cell shows it, unless it was made slow on purpose.
    own = times.steps if times.steps <= MAX_OWN_LOOP_RATIO * max(times.loop, times.waited) else 0.0
    return "slow" if own <= bounds.slow * times.layer else ""


def measure(
    exercise: Exercise, speed: Speed, ask: Ask, seed: int, device: str, clock: Clock
) -> Times | str:
    """The times of an object, or a sentence on what is wrong with its answers.

    Where the layer is fast beyond doubt, its own steps are not asked for.
    """
    bounds = speed.bounds[device]
    layer, steps, loop, waited, fused = ([float("inf")] for _ in range(5))
    exact = device == "cpu"

    def so_far() -> Times:
        asked = min(steps) if len(steps) > 1 else 0.0
        return Times(min(layer), min(loop), min(fused), asked, min(waited), exact)

    for number in range(MOST):
        if number >= ROUNDS and _settled(bounds, so_far(), number):
            break
        rng = np.random.default_rng([seed, 2, number, *exercise.name.encode()])
        drawn = speed.draw(rng, device)
        whole = as_timed(speed, drawn, device)
        own, wall = _loop(exercise, drawn, bounds, clock)
        loop.append(own)
        waited.append(wall)
        right, (took,) = expected.timed(exercise, whole, clock.own)
        fused.append(took)
        given, took, worked = clock.timed(ask, whole)
        layer.append(took)
        exact = exact and worked
        if compare(exercise, whole, given, right):
            return (
                f"On a long input, {speed.label}, it does not give what its cell gives step by "
                "step."
            )
        if not exact and ROUNDS <= number < 2 * ROUNDS:
            # Another input: the answer to the last one may be kept by now. That a cell is right is
            # judged elsewhere, and one that lies about its time gains nothing here.
            other = as_timed(speed, looped(speed, speed.draw(rng, device)), device)
            steps.append(clock.timed(ask, other)[1])
    return so_far()


def _settled(bounds: Bounds, times: Times, rounds: int) -> bool:
    """Whether further rounds are not needed.

    They can only make a layer faster. One that is slow by work alone is given all of them, unless
    it is slow beyond doubt: on a busy machine work takes up to three times as long as elsewhere.
    """
    way = decide(bounds, times)
    if times.exact and way == "slow":
        return decide(replace(bounds, slow=bounds.slow / 2), times) == "slow"
    return way == "fast" or (rounds >= 2 * ROUNDS and way != "")


def _loop(exercise: Exercise, whole: Program, bounds: Bounds, clock: Clock) -> tuple[float, float]:
    """How long the judge's loop takes for the same inputs: its own work, and by the wall."""
    (call,) = whole.calls
    _, D, H, flat, x, *_ = call.args
    began, start = clock.wall(), clock.own()
    with burden() if bounds.burdened else nullcontext():
        OPPONENTS[exercise.name](flat, D, H, x)
    return clock.own() - start, clock.wall() - began


def timed(
    exercise: Exercise,
    speed: Speed,
    found: Assessment,
    ask: Ask,
    seed: int,
    device: str,
    clock: Clock,
) -> Assessment:
    """The assessment of an object whose values are right, after its speed was measured."""
    times = measure(exercise, speed, ask, seed, device, clock)
    if isinstance(times, str):
        return short(speed, found, f"{times} {_loses(speed)}")
    way = decide(speed.bounds[device], times)
    if way == "fast":
        return found
    if way == "slow":
        says = (
            "The layer says that one operation ran, and is hardly faster than a loop or slower: on "
            f"{speed.label} it takes {times.layer:.2g} seconds, and a loop in NumPy "
            f"{times.loop:.2g}. Look for what goes through the steps in Python, be it the cell or "
            f"the packing of its input. {_loses(speed)}"
        )
        return replace(short(speed, found, says), mistake=CLAIMS, read=READ)
    return put_off(speed, found)


def put_off(speed: Speed, found: Assessment) -> Assessment:
    """The assessment of an object of which the clock says nothing yet."""
    says = (
        "Whether one operation ran could not be told here: the times lie between those of a loop "
        f"and of the fused kernel. The {_points(speed)} for the path will be judged when it is "
        "graded again, here or on another machine."
    )
    return replace(short(speed, found, says), status="deferred")


def unburdens(sources: Sequence[str]) -> str:
    """What stands in a student's cells that would take the burden off, or ""."""
    return next((name for name in OFF for source in sources if name in source), "")


def looked_at(speed: Speed, found: Assessment, name: str) -> Assessment:
    """The assessment of an object in whose cells stands what would take the burden off."""
    says = (
        f"But `{name}` is in a cell, which changes how it is timed. The {_points(speed)} for the "
        "path waits for a person to look at it."
    )
    return replace(short(speed, found, says), status="needs_review")


def stopped(speed: Speed, found: Assessment, reason: str) -> Assessment:
    """The assessment of an object that gave no answer while it was timed."""
    return short(speed, found, f"But on a long input it gave no answer: {reason}. {_loses(speed)}")


def honest(speed: Speed, found: Assessment) -> Assessment:
    """The assessment of a layer that is right, and says itself that it loops."""
    message = f"{found.message} {_loses(speed)}"
    return replace(found, status="partial", message=message, short=speed.points)


def says_that_it_loops(findings: Sequence[Finding], expected: Expected) -> bool:
    """Whether nothing is wrong but that it says that its cell ran, where one operation could."""
    says, reason = "`path`", "`why`"
    admitted = {
        f.call
        for f in findings
        if (f.result, f.problem) == (says, "value") and expected[f.call]["path"]
    }
    return bool(findings) and all(
        f.result in (says, reason) and f.call in admitted for f in findings
    )


def short(speed: Speed, found: Assessment, says: str) -> Assessment:
    """`found` without the points for the path."""
    message = f"{found.message} {says}"
    return replace(found, status="partial", message=message, short=speed.points)


def _loses(speed: Speed) -> str:
    return f"The values keep their points, and the {_points(speed)} for the path is lost."


def _points(speed: Speed) -> str:
    return "point" if speed.points == 1 else f"{speed.points:g} points"
