"""The processes that grade end with the work, whatever became of them."""

from __future__ import annotations

import errno
import multiprocessing
import pickle
import select
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import forkserver
from multiprocessing.connection import wait

import psutil
import pytest

from autograder.exercises import exercises
from autograder.grader.grading import pool, warmup
from autograder.grader.grading.job import Kernels
from autograder.grader.grading.notebook import Released
from autograder.grader.grading.verdict import Graded
from autograder.grader.judge import Judge
from autograder.grader.kernels.probe import Machine, probe
from autograder.grader.kernels.session import Session
from autograder.grader.kernels.warm import KERNEL, WarmProcess
from autograder.grader.release import source
from autograder.grader.release.solve import solved


@pytest.fixture
def forking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers can be forked, and their server does not outlive the test."""
    for variable in warmup.ONE_THREAD:
        monkeypatch.delenv(variable, raising=False)
    yield
    forkserver._forkserver._stop()


def _imported() -> tuple[set[str], int]:
    """What was there before anybody asked, and the threads of the process that forks workers."""
    return {"torch", "keras"} & set(sys.modules), psutil.Process().parent().num_threads()


@pytest.mark.slow
@pytest.mark.parametrize("frameworks", [{"torch"}, {"torch", "keras"}], ids=len)
def test_a_worker_has_its_frameworks_from_a_process_of_one_thread(forking, frameworks) -> None:
    executor = ProcessPoolExecutor(1, warmup.workers(sorted(frameworks)))
    try:
        assert executor.submit(_imported).result(120) == (frameworks, 1)
    finally:
        pool.end(executor)


def test_classes_in_a_row_share_a_warm_process(monkeypatch) -> None:
    monkeypatch.setattr(warmup, "WarmProcess", lambda modules: WarmProcess([]))
    of_lstm, of_gru = (warmup.preload_of(source.page(name)) for name in ("lstm", "gru"))
    with warmup.sharing(["lstm", "gru"]):
        first = warmup.warm(of_lstm)
        warmup.release(first)
        assert first.alive
        assert warmup.warm(of_gru) is first
        with warmup.warm(["another.module"]) as other:
            assert other is not first
    assert not first.alive
    with warmup.sharing(["lstm"]):
        assert warmup._shared[0].process is None, "nobody needs one"
    alone = warmup.warm(of_lstm)
    warmup.release(alone)
    assert not alone.alive


@pytest.mark.slow
def test_the_warm_process_that_was_begun_is_used(forking: None) -> None:
    warmup.begin(["lstm"])
    modules = warmup.preload("lstm", "import numpy as np\nimport torch\n")
    begun = warmup._begun[0][1]
    with warmup.warm(modules) as warm:
        assert warm is begun
    assert not warmup._begun


@pytest.mark.slow
def test_one_that_imports_something_else_is_not_used(forking: None) -> None:
    warmup.begin(["lstm"])
    begun = warmup._begun[0][1]
    with warmup.warm([*KERNEL]) as warm:
        assert warm is not begun
        assert warm.alive
    assert not begun.alive


@pytest.mark.parametrize(("assignment", "optimises"), [("lstm", False), ("convolutional", True)])
def test_what_only_some_kernels_import_late_is_imported_for_these(assignment, optimises) -> None:
    modules = warmup.preload(assignment, "import torch\n")
    assert "torch.fx.experimental.symbolic_shapes" in modules
    assert ("torch._dynamo" in modules) == optimises


IMPORTED_SINCE = """
import gc, sys
young = {id(thing) for thing in gc.get_objects()}  # what was there before the fork is frozen
print(*(name for name, module in sys.modules.items() if id(module) in young))
"""


@pytest.mark.parametrize("assignment", ["lstm", "recurrent"])
def test_no_kernel_imports_what_the_warm_process_could_have(assignment: str) -> None:
    """Each import would be done for each submission again."""
    if probe().refusal:
        pytest.skip(probe().refusal)
    released = Released.parse(source.text(assignment))
    submission = released.read(solved(assignment).encode())
    judge = Judge(assignment, seed=1)
    asked = {exercise.name: judge.program(exercise) for exercise in exercises(assignment)}
    setup = "\n".join(c.source for c in released.cells if c.role == "setup")
    with WarmProcess(warmup.preload(assignment, setup)) as warm:
        makers = Kernels(True, warm.address).makers("cpu")
        with Session([partial(make, files=None) for make in makers], 60, 60, 300) as session:
            for cell in released.cells:
                if cell.role == "check":
                    session.ask(asked[cell.exercise])
                else:
                    session.run_cell(submission.sources.get(cell.grade_id, cell.source))
            session._asked = False  # else a second kernel would run the last cell
            (told,) = session.run_cell(IMPORTED_SINCE).outputs
    assert set(told.text.split()) <= {"faulthandler"}


def test_what_is_found_about_the_machine_is_told_to_the_workers(
    course, submit, forking, monkeypatch
) -> None:
    """Else each of them would try the sandbox for itself."""
    machine = Machine("/somewhere/bwrap", False, "", None)
    monkeypatch.setattr(pool, "probe", lambda: machine)
    submit("ada", solved("lstm"))
    with pool.Workers(1, pool.preload(course.job("lstm", "ada")), sandboxed=True) as workers:
        assert workers.executor().submit(probe).result(120) == machine


def test_nothing_is_begun_for_a_cluster() -> None:
    warmup.begin(["lstm", "--cluster", "local"])
    assert not warmup._begun


def test_the_warm_process_is_started_again_but_not_for_ever(course, submit, monkeypatch) -> None:
    def grade(job, kernels) -> Graded:
        warm._process.kill()
        warm._process.wait()
        return Graded(key=job.key, student=job.student, verdicts=[], notebook="")

    submit("ada", "no notebook")
    job = course.job("lstm", "ada")
    with WarmProcess([]) as warm:
        monkeypatch.setattr(warmup, "warm", lambda modules: warm)
        monkeypatch.setattr(pool, "grade", grade)
        with pool.Workers(1, [], sandboxed=True) as workers:
            monkeypatch.setattr(workers, "executor", lambda: ThreadPoolExecutor(1))
            pids = []
            for _ in range(pool.ROUNDS + 2):
                for _, result in workers.ended([job]):
                    result()
                pids.append(warm.pid)
    assert len(set(pids)) == pool.ROUNDS


class Watched(ThreadPoolExecutor):
    """Runs in threads, and notes how many bytes would have gone through a pipe, there and back."""

    def __init__(self) -> None:
        super().__init__(1)
        self.sizes: list[int] = []

    def submit(self, function, /, *args, **kwargs):
        self.sizes.append(len(pickle.dumps((function, args, kwargs))))
        future = super().submit(function, *args, **kwargs)
        future.add_done_callback(lambda done: self.sizes.append(len(pickle.dumps(done.result()))))
        return future


def test_what_goes_through_a_pipe_is_written_whole(course, submit, monkeypatch) -> None:
    """The rest of what a worker began to write before it was ended would be waited for for ever."""
    large = "x" * 2**20

    def grade(job, kernels) -> Graded:
        return Graded(key=job.key, student=job.student, verdicts=[], notebook=large)

    submit("ada", f"no notebook {large}")
    jobs = [course.job("lstm", "ada")] * 5
    watched = Watched()
    monkeypatch.setattr(pool, "grade", grade)
    with pool.Workers(1, [], sandboxed=False) as workers:
        monkeypatch.setattr(workers, "executor", lambda: watched)
        assert [result().notebook for _, result in workers.ended(jobs)] == [large] * 5
    assert len(watched.sizes) == 10
    assert max(watched.sizes) < select.PIPE_BUF


def test_a_job_for_which_there_is_no_room_fails_alone(course, submit, monkeypatch) -> None:
    def full(dir: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    submit("ada", "no notebook")
    job = course.job("lstm", "ada")
    with pool.Workers(1, [], sandboxed=False) as workers:
        monkeypatch.setattr(workers, "executor", Watched)
        monkeypatch.setattr(pool.tempfile, "mkstemp", full)
        ((one, result),) = workers.ended([job])
        assert one == job
        with pytest.raises(OSError, match="No space left"):
            result()


def test_no_worker_is_waited_for_that_will_never_end(monkeypatch):
    executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    asleep = executor.submit(time.sleep, 3600)
    while not asleep.running():
        time.sleep(0.01)
    workers = multiprocessing.active_children()
    pool.end(executor)
    assert workers
    # The executor waits for them as well, and Python takes a worker for alive while another
    # thread is being told of its end; its sentinel is always right.
    assert all(wait([worker.sentinel], 30) for worker in workers)
