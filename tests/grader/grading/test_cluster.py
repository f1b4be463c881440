"""A class graded by the workers of a cluster, which share nothing but a network."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator

import msgspec
import pytest
from dask import config as dask_config

from autograder.grader.grading import cluster as clusters
from autograder.grader.grading.cluster import Cluster
from autograder.grader.grading.pool import ClusterError
from autograder.grader.kernels.probe import probe
from tests.grader.grading.clusters import Certificate, Dask, copy_of_the_checkout, named
from tests.grader.grading.eight import all_are_graded_once, command, count, grade, journal
from tests.grader.grading.jobs import job_of


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory) -> Iterator[Dask]:
    """A scheduler that speaks to nobody without the certificate."""
    # A short path, for there are sockets below it.
    folder = tmp_path_factory.mktemp("d")
    running = Dask(folder, Certificate(folder))
    yield running
    running.close()


@pytest.fixture
def dask(scheduler: Dask) -> Iterator[Dask]:
    """The same, without a worker."""
    yield scheduler
    scheduler.end_workers()


@pytest.mark.slow
def test_two_workers_without_a_shared_file_system(class_of_eight, dask):
    """Each has a checkout of its own, and sees neither the course nor the other's folders."""
    if probe().refusal:
        pytest.skip(probe().refusal)
    places = {name: dask.folder(name) for name in ("left", "right")}
    for name, folder in places.items():
        checkout = copy_of_the_checkout(folder / "checkout")
        others = tuple(place for other, place in places.items() if other != name)
        dask.work(name, checkout, (class_of_eight.root, *others))
    dask.wait_for_workers()
    with dask.client() as client:
        book = str(class_of_eight.root / "gradebook.db")
        assert set(client.run(os.path.exists, book).values()) == {False}
        done = grade(class_of_eight.root, dask.address, **dask.certificate.variables)
        assert done.returncode == 0, done.stderr
        counts = client.run(lambda dask_worker: dask_worker.state.executed_count).values()
    all_are_graded_once(class_of_eight)
    assert sum(counts) == 8
    assert all(counts)

    assert dask.address.startswith("tls://")
    assert "in the clear" not in done.stderr
    again = grade(class_of_eight.root, dask.address)
    assert again.returncode == 0, "nothing was left to do, so nobody was called"


@pytest.mark.slow
def test_who_has_no_certificate_is_told_so_and_gets_nothing(class_of_eight, dask):
    refused = grade(class_of_eight.root, dask.address)
    assert refused.returncode == 2
    assert f"The cluster {dask.address} cannot be used: " in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not journal(class_of_eight).exists()


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(class_of_eight, dask):
    for name in ("left", "right"):
        dask.work(name)
    dask.wait_for_workers()
    grader = subprocess.Popen(
        command(class_of_eight.root, dask.address),
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **dask.certificate.variables},
    )
    while count(class_of_eight) < 2:
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    dask.workers["left"].send_signal(signal.SIGKILL)
    assert count(class_of_eight) < 8
    _, said = grader.communicate()
    assert grader.returncode == 0, said
    all_are_graded_once(class_of_eight)


@pytest.mark.slow
def test_a_lost_scheduler_is_told_and_the_rest_is_graded_later(class_of_eight, tmp_path_factory):
    running = Dask(tmp_path_factory.mktemp("d"))
    try:
        running.work("left")
        grader = subprocess.Popen(
            command(class_of_eight.root, running.address),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        while count(class_of_eight) < 1:
            assert grader.poll() is None, grader.communicate()
            time.sleep(0.02)
        running.scheduler.send_signal(signal.SIGKILL)
        _, said = grader.communicate()
    finally:
        running.close()
    assert grader.returncode == 1
    assert "the connection to the cluster was lost; run the same command again" in said
    assert "Traceback" not in said
    done = grade(class_of_eight.root, "local")
    assert done.returncode == 0, done.stderr
    all_are_graded_once(class_of_eight)


@pytest.mark.slow
def test_a_worker_that_would_decide_otherwise_refuses(class_of_eight, dask):
    """One has another version of the course, and one has no references."""
    old = copy_of_the_checkout(dask.folder("old") / "checkout")
    with (old / "solutions" / "lstm" / "reference.py").open("a") as module:
        module.write("\n# as it was last year\n")
    wheel = copy_of_the_checkout(dask.folder("wheel") / "checkout")
    (wheel / "solutions" / "lstm" / "reference.py").unlink()
    dask.work("old", old)
    dask.work("wheel", wheel)
    dask.wait_for_workers()
    done = grade(class_of_eight.root, dask.address, **dask.certificate.variables)
    assert done.returncode == 1
    assert re.search(rf"(right|wrong)-\d: {re.escape(clusters.DIFFERENT)}", done.stderr), (
        done.stderr
    )
    assert "There is no solutions/lstm/reference.py in this checkout" in done.stderr
    assert "Not done for 8:" in done.stderr
    assert not journal(class_of_eight).exists()


@pytest.mark.slow
def test_work_for_a_gpu_goes_to_workers_that_have_one(dask, monkeypatch):
    monkeypatch.setattr(clusters, "work", named)
    dask.work("without")
    dask.work("with", options=("--resources", "GPU=1"))
    dask.wait_for_workers()
    job = job_of("lstm", b"no notebook")
    with (
        dask_config.set(dask.certificate.settings),
        Cluster(dask.address, 1, sandboxed=False) as pool,
    ):
        assert pool.cautions("gpu") == []
        jobs = [msgspec.structs.replace(job, student=str(n)).on_gpu() for n in range(6)]
        assert [result().student for _, result in pool.ended(jobs)] == ["with"] * 6


def test_a_cluster_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(clusters, "CONNECTING", 1)
    with pytest.raises(ClusterError, match=r"tcp://127.0.0.1:9 cannot be used"):
        Cluster("tcp://127.0.0.1:9", 1, sandboxed=True)


@pytest.mark.parametrize(
    ("sbatch", "sentence"),
    [("/usr/bin/sbatch", "cores and memory"), (None, "sbatch is not here")],
)
def test_slurm_that_cannot_be_used_is_told(monkeypatch, sbatch, sentence):
    monkeypatch.setattr(clusters.shutil, "which", lambda _: sbatch)
    with pytest.raises(ClusterError, match=rf"The cluster slurm cannot be used: .*{sentence}"):
        Cluster("slurm", 1, sandboxed=True)


def described(where: str, *workers: str) -> Cluster:
    """A cluster of which nothing is known but the addresses."""

    class Client:
        def scheduler_info(self, n_workers: int) -> dict:
            return {"address": where, "workers": {w: {"resources": {}} for w in workers}}

    pool = object.__new__(Cluster)
    pool._where, pool._client = where, Client()
    return pool


@pytest.mark.parametrize(
    ("address", "worker", "sentence"),
    [
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:40000", ""),
        ("tcp://localhost:8786", "tcp://[::1]:40000", ""),
        ("tls://10.0.0.1:8786", "tls://10.0.0.2:40000", ""),
        ("tcp://10.0.0.1:8786", "tls://10.0.0.2:40000", "in the clear, to tcp://10.0.0.1:8786,"),
        ("tcp://127.0.0.1:8786", "tcp://10.0.0.2:40000", "in the clear, to tcp://10.0.0.2:40000,"),
        ("tcp://head.example:8786", "tls://10.0.0.2:1", "in the clear, to tcp://head.example:"),
    ],
)
def test_what_crosses_in_the_clear_is_told(address, worker, sentence):
    cautions = described(address, worker).cautions("cpu")
    assert (sentence in cautions[0]) if sentence else cautions == []


def test_work_that_waits_for_a_worker_is_told():
    pool = described("tls://10.0.0.1:8786", "tls://10.0.0.2:1")
    assert pool.cautions("cpu") == []
    (caution,) = pool.cautions("gpu")
    assert "dask worker tls://10.0.0.1:8786 --resources GPU=1" in caution
