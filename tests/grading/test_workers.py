"""The processes that grade end with the work, whatever became of them."""

from __future__ import annotations

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor

from autograder.grading import classwide


def test_no_worker_is_waited_for_that_will_never_end(monkeypatch):
    # Python starts the workers by it; pytest-xdist's processes have none.
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    executor = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    asleep = executor.submit(time.sleep, 3600)
    while not asleep.running():
        time.sleep(0.01)
    workers = multiprocessing.active_children()
    classwide.end(executor)
    for worker in workers:
        worker.join(30)
    assert workers
    assert not any(worker.is_alive() for worker in workers)
