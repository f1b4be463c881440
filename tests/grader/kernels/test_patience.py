"""A limit counts what a kernel took, and not what a busy machine kept from it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from autograder.grader.kernels import kernel_manager, provisioner
from autograder.grader.kernels.patience import BusyError, Patience, TimedOutError
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.session import Session
from autograder.grader.kernels.usage import Usage, descendants, of_processes
from autograder.grader.kernels.warm import KERNEL, WarmProcess


class Scene:
    """A clock and a kernel whose use of the processors is set."""

    def __init__(self, cpu: float, ready: bool) -> None:
        self.now, self.cpu, self._each, self._ready = 100.0, 7.0, cpu, ready

    def usage(self) -> Usage:
        return Usage(self.cpu, self._ready)

    def ended(self, patience: Patience, passed: float = 0.1) -> tuple[str, float]:
        """How a kernel ends that goes on in this way, and after how many seconds."""
        began = self.now
        while True:
            self.now += passed
            self.cpu += passed * self._each
            try:
                patience.look()
            except (TimedOutError, BusyError) as error:
                return type(error).__name__, round(self.now - began, 1)


def of(scene: Scene, seconds: float = 2.0) -> Patience:
    return Patience(seconds, scene.usage, lambda: scene.now)


@pytest.mark.parametrize(
    ("cpu", "ready", "ended", "after"),
    [
        (1.0, True, "TimedOutError", 2.0),  # computes
        (16.0, True, "TimedOutError", 2.0),  # in sixteen threads: on the wall, as long as before
        (0.0, False, "TimedOutError", 6.0),  # sleeps
        (0.1, True, "TimedOutError", 20.0),  # computes, with a tenth of a processor
        (0.02, True, "BusyError", 60.0),  # hardly gets a processor
    ],
)
def test_time_counts_where_it_was_taken(cpu: float, ready: bool, ended: str, after: float) -> None:
    scene = Scene(cpu, ready)
    name, seconds = scene.ended(of(scene))
    assert name == ended
    assert seconds == pytest.approx(after, abs=0.11)


def test_a_grader_that_was_kept_waiting_counts_its_wait_for_nobody() -> None:
    scene = Scene(0.0, ready=False)
    patience = of(scene)
    scene.now += 30.0
    patience.look()
    assert patience.counted < 0.1


def test_where_nothing_is_known_the_wall_counts() -> None:
    scene = Scene(0.0, ready=True)
    patience = Patience(2.0, lambda: None, lambda: scene.now)
    assert scene.ended(patience) == ("TimedOutError", pytest.approx(2.0, abs=0.11))


def test_processes_are_counted_with_those_below_them() -> None:
    asleep = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,))
    asleep.start()
    try:
        assert {os.getpid(), asleep.pid} <= descendants(os.getpid())
        before = of_processes(descendants(os.getpid())).cpu
        spin(0.3)
        after = of_processes(descendants(os.getpid()))
        assert after.cpu - before >= 0.25
        assert after.ready  # this very process
    finally:
        asleep.kill()
        asleep.join()


def spin(seconds: float) -> None:
    """Use up so many seconds of processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def occupy(seconds: float) -> None:
    """Take what can be had of a processor until so many seconds have passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@contextlib.contextmanager
def busy_machine(each: int = 10) -> Iterator[None]:
    """Other work, so many processes for each processor, which end after ten seconds anyhow."""
    context = multiprocessing.get_context("fork")
    others = [
        context.Process(target=occupy, args=(10.0,)) for _ in range(each * (os.cpu_count() or 1))
    ]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.kill()
        for other in others:
            other.join()


@pytest.fixture(scope="module")
def warm_process() -> Iterator[WarmProcess]:
    """One that has no framework, which nobody here asks for."""
    with WarmProcess(KERNEL) as warm:
        yield warm


@pytest.fixture(params=["counted by a control group", "counted in /proc"])
def session(request: pytest.FixtureRequest, warm_process: WarmProcess) -> Iterator[Session]:
    """A session of a second a cell."""
    machine = probe()
    if machine.refusal:
        pytest.skip(machine.refusal)
    if "group" in request.param and machine.cgroups is None:
        pytest.skip("this user cannot make control groups")
    with pytest.MonkeyPatch.context() as patched:
        if "/proc" in request.param:
            patched.setattr(provisioner, "probe", lambda: replace(machine, cgroups=None))
        with Session([partial(kernel_manager, warm=warm_process)], 1.0, 1.0, 60.0) as made:
            made.run_cell("import time")
            yield made


SPIN = "end = time.process_time() + {}\nwhile time.process_time() < end: pass"


@pytest.mark.slow
def test_a_busy_machine_costs_nobody_a_limit(session: Session) -> None:
    with busy_machine():
        began = time.monotonic()
        ran = session.run_cell(SPIN.format(0.8))
    assert ran.error == ""
    print(f"0.8 seconds of work took {time.monotonic() - began:.1f} seconds")


@pytest.mark.parametrize(
    "cell",
    [
        SPIN.format(30),
        "time.sleep(30)",
        "import os\nif os.fork(): time.sleep(30)\n" + SPIN.format(30),
    ],
)
def test_who_computes_or_sleeps_too_long_is_stopped(session: Session, cell: str) -> None:
    began = time.monotonic()
    with pytest.raises(TimedOutError, match="it took longer than 1 seconds"):
        session.run_cell(cell)
    assert time.monotonic() - began < 15
