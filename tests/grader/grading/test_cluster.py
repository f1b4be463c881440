"""A class graded by the workers of a cluster, which share nothing but a network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import pytest
from dask import config as dask_config
from nbgrader.api import Gradebook

from autograder.grader.grading import cluster as clusters
from autograder.grader.grading.cluster import Cluster
from autograder.grader.grading.handed_in import HandedIn
from autograder.grader.grading.job import Job
from autograder.grader.grading.pool import ClusterError, NotGradedError
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels.probe import probe
from autograder.grader.release.sample import sample
from autograder.grader.release.source import text
from tests.grader.grading import slurm
from tests.grader.grading.clusters import Dask, copy_of_the_checkout, named

POINTS = {"right": 12.0, "wrong": 9.0}
distributed = pytest.importorskip("distributed")


@pytest.fixture
def class_of_eight(course, submit):
    known = sample("lstm")
    wrong = next(n for name, n in known.items() if name.startswith("lstm-step-forward-"))
    for number in range(4):
        submit(f"right-{number}", known["reference"])
        submit(f"wrong-{number}", wrong)
    return course


@pytest.fixture
def dask(tmp_path_factory):
    started = []

    def start(*tls: str) -> Dask:
        # A short path, for there are sockets below it.
        started.append(Dask(tmp_path_factory.mktemp("d"), tls))
        return started[-1]

    yield start
    for each in started:
        each.close()


def command(root, where: str) -> list[str]:
    """The command that grades the course; `where` is empty for no cluster."""
    return [
        *(sys.executable, "-m", "autograder.grader.cli", "grade", "lstm", "--course", str(root)),
        *(("--cluster", where) if where else ()),
    ]


def grade(root, where: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(root, where),
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        cwd=root,  # where Dask keeps its certificates while a SLURM job needs them
    )


def lines(course) -> list[dict]:
    journal = course.root / ".autograder" / "lstm.jsonl"
    return [json.loads(line) for line in journal.read_bytes().splitlines()]


def all_are_graded_once(course) -> None:
    students = [line["student"] for line in lines(course)]
    assert len(students) == len(set(students)) == 8
    with Gradebook(course.directory.db_url, course.directory.course_id) as book:
        scores = {s.student_id: s.score for s in book.find_assignment("lstm").submissions}
    assert scores == {student: POINTS[student.partition("-")[0]] for student in students}


def job(student: str, notebook: bytes = b"no notebook") -> Job:
    return Job(
        student=student,
        assignment="lstm",
        handed_in=HandedIn(notebook),
        released=text("lstm"),
        seed=1,
    )


@pytest.mark.slow
def test_two_workers_without_a_shared_file_system(class_of_eight, dask, tmp_path):
    """Each has a checkout of its own, and sees neither the course nor the other's folders."""
    if probe().refusal:
        pytest.skip(probe().refusal)
    running = dask()
    places = {name: running.folder(name) for name in ("left", "right")}
    for name, folder in places.items():
        checkout = copy_of_the_checkout(folder / "checkout")
        others = tuple(place for other, place in places.items() if other != name)
        running.work(name, checkout, (class_of_eight.root, *others))
    with distributed.Client(running.address) as client:
        client.wait_for_workers(2, timeout=60)
        assert set(
            client.run(os.path.exists, str(class_of_eight.root / "gradebook.db")).values()
        ) == {False}
        done = grade(class_of_eight.root, running.address)
        assert done.returncode == 0, done.stderr
        counts = client.run(lambda dask_worker: dask_worker.state.executed_count).values()
    all_are_graded_once(class_of_eight)
    assert sum(counts) == 8
    assert all(counts)


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_nothing(class_of_eight, dask):
    running = dask()
    for name in ("left", "right"):
        running.work(name)
    with distributed.Client(running.address) as client:
        client.wait_for_workers(2, timeout=60)
    grader = subprocess.Popen(
        command(class_of_eight.root, running.address), stderr=subprocess.PIPE, text=True
    )
    journal = class_of_eight.root / ".autograder" / "lstm.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 2:
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    running.workers["left"].send_signal(signal.SIGKILL)
    assert journal.read_bytes().count(b"\n") < 8
    _, said = grader.communicate()
    assert grader.returncode == 0, said
    all_are_graded_once(class_of_eight)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["", "local"])
def test_ctrl_c_keeps_what_was_graded(class_of_eight, where):
    grader = subprocess.Popen(
        command(class_of_eight.root, where),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    journal = class_of_eight.root / ".autograder" / "lstm.jsonl"
    while not journal.exists() or b"\n" not in journal.read_bytes():
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


@pytest.mark.slow
def test_a_lost_scheduler_is_told_and_the_rest_is_graded_later(class_of_eight, dask, tmp_path):
    running = dask()
    running.work("left")
    grader = subprocess.Popen(
        command(class_of_eight.root, running.address),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = class_of_eight.root / ".autograder" / "lstm.jsonl"
    while not journal.exists() or b"\n" not in journal.read_bytes():
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    running.scheduler.send_signal(signal.SIGKILL)
    _, said = grader.communicate()
    assert grader.returncode == 1
    assert "the connection to the cluster was lost; run the same command again" in said
    assert "Traceback" not in said
    done = grade(class_of_eight.root, "local")
    assert done.returncode == 0, done.stderr
    all_are_graded_once(class_of_eight)


@pytest.mark.slow
def test_with_certificates_nothing_crosses_in_the_clear(class_of_eight, dask, tmp_path):
    made = distributed.Security.temporary()
    for name, pem in (("cert.pem", made.tls_ca_file), ("key.pem", made.tls_client_key)):
        (tmp_path / name).write_text(pem)
        (tmp_path / name).chmod(0o600)
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    running = dask("--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key)
    assert running.address.startswith("tls://")
    running.work("left")
    done = grade(
        class_of_eight.root,
        running.address,
        DASK_DISTRIBUTED__COMM__TLS__CA_FILE=cert,
        DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT=cert,
        DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY=key,
    )
    assert done.returncode == 0, done.stderr
    assert "in the clear" not in done.stderr
    all_are_graded_once(class_of_eight)

    # Who has no certificate is told so, and gets nothing.
    refused = grade(class_of_eight.root, running.address)
    assert refused.returncode == 0, "nothing was left to do, so nobody was called"
    (class_of_eight.root / ".autograder" / "lstm.jsonl").unlink()
    refused = grade(class_of_eight.root, running.address)
    assert refused.returncode == 2
    assert f"The cluster {running.address} cannot be used: " in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.slow
def test_a_worker_of_another_version_refuses(class_of_eight, dask):
    running = dask()
    checkout = copy_of_the_checkout(running.folder("old") / "checkout")
    with (checkout / "solutions" / "lstm" / "reference.py").open("a") as module:
        module.write("\n# as it was last year\n")
    running.work("old", checkout)
    done = grade(class_of_eight.root, running.address)
    assert done.returncode == 1
    assert f"right-0: {clusters.DIFFERENT}" in done.stderr
    assert "Not done for 8:" in done.stderr
    assert not (class_of_eight.root / ".autograder" / "lstm.jsonl").exists()


@pytest.mark.slow
def test_a_worker_without_the_references_says_so(class_of_eight, dask):
    running = dask()
    checkout = copy_of_the_checkout(running.folder("wheel") / "checkout")
    (checkout / "solutions" / "lstm" / "reference.py").unlink()
    running.work("wheel", checkout)
    done = grade(class_of_eight.root, running.address)
    assert done.returncode == 1
    assert "There is no solutions/lstm/reference.py in this checkout" in done.stderr


def deadly(data: bytes, key: str, sandboxed: bool) -> bytes:
    if msgspec.msgpack.decode(data, type=Job).student == "deadly":
        os._exit(1)
    time.sleep(1)
    return clusters.work(data, key, sandboxed)


@pytest.mark.slow
def test_what_ends_its_workers_fails_alone(monkeypatch):
    """It takes with it what runs beside it in the same worker; that is graded all the same."""
    monkeypatch.setattr(clusters, "work", deadly)
    # Python starts the workers by it; pytest-xdist's processes have none.
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
    found, failed = [], {}
    with Cluster("local", 2, sandboxed=False) as pool:
        for one, result in pool.ended([job("deadly"), job("neighbour")]):
            try:
                found.append(result().student)
            except NotGradedError as error:
                failed[one.student] = str(error)
    assert found == ["neighbour"]
    assert failed == {
        "deadly": "the workers that graded it ended, one after the other; their logs may say why"
    }


def deadly_once(data: bytes, key: str, sandboxed: bool) -> bytes:
    died = Path(os.environ["DIED"])
    if not died.exists():
        died.touch()
        os._exit(1)
    return msgspec.msgpack.encode(Graded(key=key, student="again", verdicts=[], notebook=""))


@pytest.mark.slow
def test_a_worker_that_its_nanny_gives_up_is_started_again(monkeypatch, tmp_path):
    """As where it ends while the nanny still starts it; nothing would ever come to an end."""
    monkeypatch.setattr(clusters, "work", deadly_once)
    monkeypatch.setattr(clusters, "LOOKING", 1)
    monkeypatch.setenv("DIED", str(tmp_path / "died"))
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None, raising=False)
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
        assert [result().student for _, result in pool.ended([job("ada")])] == ["again"]
    assert len(set(starts)) == 2


@pytest.mark.slow
def test_work_for_a_gpu_goes_to_workers_that_have_one(dask, monkeypatch):
    monkeypatch.setattr(clusters, "work", named)
    running = dask()
    running.work("without")
    running.work("with", options=("--resources", "GPU=1"))
    with Cluster(running.address, 1, sandboxed=False) as pool:
        pool._client.wait_for_workers(2, timeout=60)
        assert pool.cautions("gpu") == []
        jobs = [job(f"student-{number}").on_gpu() for number in range(6)]
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


@pytest.mark.slow
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


@pytest.mark.slow
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
    journal = class_of_eight.root / ".autograder" / "lstm.jsonl"
    while not journal.exists() or journal.read_bytes().count(b"\n") < 2:
        assert grader.poll() is None, grader.communicate()
        time.sleep(0.02)
    (cancelled,) = jobs(running)
    running.command("scancel", cancelled)
    assert journal.read_bytes().count(b"\n") < 8
    _, said = grader.communicate(timeout=240)
    assert grader.returncode == 0, said + running.logs()
    all_are_graded_once(class_of_eight)
