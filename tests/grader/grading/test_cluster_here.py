"""A class graded by a cluster of the grader's own on this machine, and by no cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import distributed
import pytest
from dask import config as dask_config

from autograder.grader.grading import cluster as clusters
from autograder.grader.grading.cluster import Cluster
from autograder.grader.grading.job import Job
from autograder.grader.grading.pool import NotGradedError
from tests.grader.grading.clusters import deadly, deadly_once
from tests.grader.grading.eight import all_are_graded_once, command, count, grade, lines
from tests.grader.grading.jobs import job_of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("where", ["", "local"])
def test_ctrl_c_keeps_what_was_graded(class_of_eight, where):
    grader = subprocess.Popen(
        command(class_of_eight.root, where),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while count(class_of_eight) < 1:
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    os.killpg(grader.pid, signal.SIGINT)
    _, said = grader.communicate()
    assert grader.returncode == 130, (said, lines(class_of_eight))
    assert said == "Stopped. What was graded is kept; the same command goes on from there.\n"
    assert 1 <= len(lines(class_of_eight)) < 8
    done = grade(class_of_eight.root, where)
    assert done.returncode == 0, done.stderr
    all_are_graded_once(class_of_eight)


def job(student: str) -> Job:
    return job_of("lstm", b"no notebook", student=student)


def test_what_ends_its_workers_fails_alone(monkeypatch):
    """It takes with it what runs beside it in the same worker; that is graded all the same."""
    monkeypatch.setattr(clusters, "work", deadly)
    found, failed = [], {}
    with (
        # What ends three workers ends four, and each takes its seconds to start.
        dask_config.set({"distributed.scheduler.allowed-failures": 0}),
        Cluster("local", 2, sandboxed=False) as pool,
    ):
        for one, result in pool.ended([job("deadly"), job("neighbour")]):
            try:
                found.append(result().student)
            except NotGradedError as error:
                failed[one.student] = str(error)
    assert found == ["neighbour"]
    assert failed == {
        "deadly": "the workers that graded it ended, one after the other; their logs may say why"
    }


def test_a_worker_that_its_nanny_gives_up_is_started_again(monkeypatch, tmp_path):
    """As where it ends while the nanny still starts it; nothing would ever come to an end."""
    monkeypatch.setattr(clusters, "work", deadly_once)
    monkeypatch.setattr(clusters, "LOOKING", 1)
    monkeypatch.setenv("DIED", str(tmp_path / "died"))
    start, starts = distributed.Nanny.instantiate, []

    async def instantiate(self):
        starts.append(self)
        if len(starts) == 2:
            raise RuntimeError("it ended while it was started")
        return await start(self)

    monkeypatch.setattr(distributed.Nanny, "instantiate", instantiate)
    with (
        dask_config.set({"distributed.deploy.lost-worker-timeout": "1s"}),
        Cluster("local", 1, sandboxed=False) as pool,
    ):
        assert [result().student for _, result in pool.ended([job("ada")])] == ["ada"]
    assert len(set(starts)) == 2
