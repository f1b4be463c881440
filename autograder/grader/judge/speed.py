"""The proof of path: how long an object takes on long inputs, by the judge's own clock.

Nothing that decides here comes from the student's process. The judge sends an input that was never
sent before, checks what comes back, and takes the time of the request. It compares this with a
loop over the reference's cell on the same input, which it runs itself. The student's own cell would
be the natural thing to compare with, and it is asked as well; but whoever makes his own step slow
would look fast beside it, so that it may speak for the student up to a bound and never gives
points by itself.

Noise only makes things slower. So the least of several times stands for each side. The judge's
loop is measured in time of its own thread, which neither a busy machine nor another thread of the
grader stretches. A busy machine keeps the layer waiting all the same, so that the loop's time on
the wall counts too, up to a bound: a student may keep the machine busy on purpose, and stop when
he is asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.checking.assess import Assessment
from autograder.checking.compare import Expected, compare
from autograder.exercises import Ask, Bounds, Exercise, Finding, Speed
from autograder.exercises.speed import looped
from autograder.grader.judge import expected

ROUNDS = 2
"""Times that are taken of each side at first; then the student's own steps are asked as often."""

MOST = 9
"""Times that are taken where a busy machine keeps the first ones from deciding."""

MAX_WAIT_FACTOR = 1.5
"""The judge's loop counts up to so many times its own work, where it was kept waiting. Plain loops
were seen 1.6 times as fast as the judge's: with this they stay below every bound of `fast`. A loop
that prepares what it can, seen up to 2.6 times as fast, may pass for a GRU on a busy machine."""

MAX_OWN_LOOP_RATIO = 3.0
"""The student's own loop counts up to so many times the judge's, on the same busy machine; a
slower one is set aside."""

CLAIMS = "claims-the-fused-kernel"
"""The mistake of a layer that says that one operation ran, and loops."""

READ = "‘Which way it went’"


@dataclass(frozen=True)
class Clock:
    """The judge's clocks, in seconds: of the wall, and of the work of this thread alone."""

    wall: Callable[[], float] = time.perf_counter
    own: Callable[[], float] = time.thread_time


CLOCK = Clock()


@dataclass(frozen=True)
class Times:
    """The least seconds that were taken.

    Attributes:
        layer: a request to the student's layer.
        steps: a request to the student's step in a loop; 0 where it was not needed.
        loop: the loop over the reference's cell, in the judge, in time of its own thread.
        fused: the reference's layer, likewise.
        waited: the loop over the reference's cell by the clock on the wall.
    """

    layer: float
    loop: float
    fused: float
    steps: float = 0.0
    waited: float = 0.0

    @property
    def counted(self) -> float:
        """The time of the judge's loop that the layer is compared with."""
        return max(self.loop, min(self.waited, MAX_WAIT_FACTOR * self.loop))


def decide(bounds: Bounds, times: Times) -> str:
    """Which way the layer went: "fast", "slow", or "" where the times do not say."""
    if times.loop < bounds.fast * times.fused:
        return ""  # here not even the reference is that much faster than a loop
    if times.counted >= bounds.fast * times.layer:
        return "fast"
    if times.counted > bounds.slow * times.layer or not times.steps:
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

    def so_far() -> Times:
        asked = min(steps) if len(steps) > 1 else 0.0
        return Times(min(layer), min(loop), min(fused), asked, min(waited))

    for number in range(MOST):
        way = decide(bounds, so_far())
        if (number >= ROUNDS and way == "fast") or (number >= 2 * ROUNDS and way):
            break
        rng = np.random.default_rng([seed, 2, number, *exercise.name.encode()])
        whole = speed.draw(rng, device)
        right, (own, wall) = expected.timed(exercise, looped(speed, whole), clock.own, clock.wall)
        loop.append(own)
        waited.append(wall)
        fused.extend(expected.timed(exercise, whole, clock.own)[1])
        start = clock.wall()
        given = ask(whole)
        layer.append(clock.wall() - start)
        if compare(exercise, whole, given, right):
            return (
                f"On a long input, {speed.label}, it does not give what its cell gives step by "
                "step."
            )
        if ROUNDS <= number < 2 * ROUNDS:
            # Another input: the answer to the last one may be kept by now. That a cell is right is
            # judged elsewhere, and one that lies about its time gains nothing here.
            other = looped(speed, speed.draw(rng, device))
            start = clock.wall()
            ask(other)
            steps.append(clock.wall() - start)
    return so_far()


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
            "The layer claims the fused kernel, and takes as long as its own cell in a loop: on "
            f"{speed.label} {times.layer:.2g} seconds, where a loop over a cell takes "
            f"{times.loop:.2g}. {_loses(speed)}"
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


def stopped(speed: Speed, found: Assessment, reason: str) -> Assessment:
    """The assessment of an object that gave no answer while it was timed."""
    return short(speed, found, f"But on a long input it gave no answer: {reason}. {_loses(speed)}")


def honest(speed: Speed, found: Assessment) -> Assessment:
    """The assessment of a layer that is right, and says itself that it loops."""
    message = f"{found.message} {_loses(speed)}"
    return replace(found, status="partial", message=message, short=speed.points)


def says_that_it_loops(findings: Sequence[Finding], expected: Expected) -> bool:
    """Whether nothing is wrong but that it says that its cell ran, where one operation could."""
    says, reason = "`one_operation`", "`reason`"
    admitted = {
        f.call
        for f in findings
        if (f.result, f.problem) == (says, "value") and expected[f.call]["one_operation"]
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
