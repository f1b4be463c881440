"""A class graded by the workers that a real SLURM starts."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.grader.grading import slurm
from tests.grader.grading.eight import all_are_graded_once, command, count, grade

pytestmark = pytest.mark.slow


@pytest.fixture
def queue(tmp_path):
    """A real SLURM, and the variables by which Dask finds it."""
    if slurm.why_not():
        pytest.skip(slurm.why_not())
    settings = tmp_path / "dask"
    settings.mkdir()
    (settings / "jobqueue.yaml").write_text(
        "jobqueue:\n  slurm:\n    cores: 1\n    memory: 1GB\n    interface: lo\n"
        f"    local-directory: {tmp_path}\n    log-directory: {tmp_path}\n"
        "    scheduler-options: {interface: lo}\n"
    )
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder:
        running = slurm.Slurm(Path(folder))
        try:
            yield (
                running,
                {"DASK_CONFIG": str(settings), "SLURM_CONF": str(running.configuration)},
            )
        finally:
            running.close()


def jobs(running: slurm.Slurm) -> list[str]:
    """The numbers of the jobs that are there."""
    return running.command("squeue", "-h", "-o", "%i").split()


def test_a_real_slurm_starts_the_workers(class_of_eight, queue, tmp_path):
    running, variables = queue
    done = grade(class_of_eight.root, "slurm", **variables)
    assert done.returncode == 0, done.stderr + running.logs()
    end = time.monotonic() + 30
    while (left := jobs(running)) and time.monotonic() < end:
        time.sleep(0.2)
    all_are_graded_once(class_of_eight)
    assert "SLURM has not started a worker yet" in done.stderr
    assert list(tmp_path.glob("dask-worker-*.err"))
    assert left == []


def test_a_job_that_slurm_ends_is_sent_again(class_of_eight, queue):
    """A job may be cancelled, or come to the end of its time."""
    running, variables = queue
    variables["DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT"] = "1s"
    grader = subprocess.Popen(
        [*command(class_of_eight.root, "slurm"), "--workers", "1"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **variables},
        cwd=class_of_eight.root,
    )
    while count(class_of_eight) < 2:
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    (cancelled,) = jobs(running)
    running.command("scancel", cancelled)
    assert count(class_of_eight) < 8
    _, said = grader.communicate(timeout=240)
    assert grader.returncode == 0, said + running.logs()
    all_are_graded_once(class_of_eight)
