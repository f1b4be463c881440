"""Grade on a Dask cluster: on this machine, behind the address of a scheduler, or by SLURM.

A worker gets a job as bytes and gives its result as bytes. It is a process of a checkout of those
who teach, with a thread for each submission that it grades at a time; student code runs in
sandboxed kernels of its host, never in the worker itself. Everything about the cluster that can
be set is set in Dask's own configuration.
"""

from __future__ import annotations

import ipaddress
import logging
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import dask
import msgspec
from distributed import Client, KilledWorker, LocalCluster, Security, as_completed
from distributed.comm import get_address_host
from distributed.gc import disable_gc_diagnosis
from tornado.ioloop import PeriodicCallback

from autograder import own
from autograder.exercises import assignments
from autograder.grader import references
from autograder.grader.grading.job import Job, Kernels, grade
from autograder.grader.grading.pool import ClusterError, NotGradedError, preload
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels import sandbox
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.warm import WarmProcess

CONNECTING = 30
"""Seconds for which a scheduler is called."""

LOOKING = 5
"""Seconds between two looks at whether the workers of a cluster of our own are there."""

UNINTERRUPTED = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"
"""What a worker on this machine runs first: Ctrl-C is for the grader, which ends the worker."""


class Cluster:
    """The workers of a Dask cluster.

    What is lost with a worker is run again on another, by Dask; what has lost too many workers
    (`distributed.scheduler.allowed-failures`) is given up.

    Args:
        where: `local`, `slurm`, or the address of a scheduler.
        count: how many submissions this machine grades at a time, or how many workers SLURM is
            asked for; where a scheduler has an address, its workers are there already.
        sandboxed: whether kernels are confined.

    Raises:
        ClusterError: where there is no such cluster.
    """

    def __init__(self, where: str, count: int, sandboxed: bool) -> None:
        # What Dask logs about lost workers and connections is told here in sentences.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        self._where = where
        self._sandboxed = sandboxed
        self._open = ExitStack()
        try:
            own = where in ("local", "slurm")
            cluster = self._open.enter_context(_started(where, count)) if own else where
            self._client = self._open.enter_context(Client(cluster, timeout=CONNECTING))
            # Ctrl-C that comes in its callback, at a collection of garbage, would be swallowed.
            disable_gc_diagnosis(force=True)
        except (ImportError, OSError, ValueError, TypeError) as error:
            self._open.close()
            said = " ".join(str(error).split())
            raise ClusterError(f"The cluster {where} cannot be used: {said}") from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def cautions(self, runner: str) -> list[str]:
        """What the person should know before work of `runner` is sent, in sentences."""
        info = self._client.scheduler_info(n_workers=-1)
        workers = info["workers"]
        told = []
        fit = [w for w in workers.values() if runner != "gpu" or w["resources"].get("GPU")]
        if not fit and self._where == "slurm":
            told.append("SLURM has not started a worker yet; the work waits, and squeue says why.")
        elif not fit:
            option = " --resources GPU=1" if runner == "gpu" else ""
            told.append(
                "No worker is there for this yet; the work waits. Workers are started, on hosts "
                f"with a checkout of the course, by: dask worker {info['address']}{option}"
            )
        clear = [a for a in (info["address"], *workers) if _in_the_clear(a)]
        if clear:
            told.append(
                "Students' work and the secret seed cross the network in the clear, to "
                f"{', '.join(clear)}, and whoever reaches that port can run code there. Use a "
                "tls:// address, with certificates as Dask's configuration names them under "
                "distributed.comm.tls."
            )
        return told

    def ended(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Callable[[], Graded]]]:
        """See `Pool`."""
        lost: list[Job] = []
        for job, future in self._futures(jobs, ""):
            if future.status == "error" and isinstance(future.exception(), KilledWorker):
                lost.append(job)
            else:
                yield job, partial(_result, future)
        # A worker that ends takes with it what its other threads had at hand. Only what ends
        # workers when it runs alone is at fault.
        for job in lost:
            for _, future in self._futures([job], "-alone"):
                yield job, partial(_result, future)

    def _futures(self, jobs: Sequence[Job], name: str) -> Iterator[tuple[Job, Any]]:
        """Run the jobs; Dask's future of each when it has ended."""
        futures = {
            self._client.submit(
                work,
                msgspec.msgpack.encode(job),
                job.key,
                self._sandboxed,
                key=f"grade-{job.key}{name}",
                resources={"GPU": 1} if job.runner == "gpu" else None,
            ): job
            for job in jobs
        }
        for future in as_completed(list(futures)):
            # A result that nobody holds any more is given up by the cluster.
            yield futures.pop(future), future


def work(data: bytes, key: str, sandboxed: bool) -> bytes:
    """Grade one submission, on a worker.

    Args:
        data: the job, in MessagePack.
        key: the job's key, as the grader has computed it.
        sandboxed: whether the kernel is confined.

    Returns:
        The graded submission, in MessagePack.

    Raises:
        NotGradedError: where this worker would not decide as the grader does.
        SandboxError: where this host has no sandbox.
    """
    job = _decoded(data)
    if job.assignment not in assignments():
        raise NotGradedError(UNKNOWN.format(assignment=job.assignment, variable=own.VARIABLE))
    references.text(job.assignment)
    if job.key != key:
        raise NotGradedError(DIFFERENT)
    if sandboxed and (refusal := probe().refusal):
        raise SandboxError(refusal)
    kernels = Kernels(sandboxed, _HOST.address(preload(job)) if sandboxed else "")
    return msgspec.msgpack.encode(grade(job, kernels))


DIFFERENT = (
    "it was sent to a worker whose course, or whose numpy or torch, is of another version than "
    "the grader's; bring both to the same commit and packages, start the worker again, and run "
    "the same command again"
)

UNKNOWN = (
    "it was sent to a worker that has no assignment {assignment}. Where it is of your own folder, "
    "copy the folder to the worker's host, start the worker again with {variable}=FOLDER in its "
    "environment, and run the same command again"
)


class _Host:
    """The warm process of a worker, made with its first job and anew when it has ended.

    It lives as long as the worker, and is shared by all its threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._modules: list[str] = []
        self._warm: WarmProcess | None = None

    def address(self, modules: Sequence[str]) -> str:
        """The address of a warm process that has imported `modules`, or "" if none can be had."""
        with self._lock:
            missing = [m for m in modules if m not in self._modules]
            if missing or (self._warm is not None and not self._warm.alive):
                self._modules += missing
                self._renew()
            return self._warm.address if self._warm is not None else ""

    def _renew(self) -> None:
        if self._warm is not None:
            self._warm.close()
        self._warm = warm = WarmProcess(self._modules)
        try:
            warm.wait()
        except SandboxError:
            # Without one, kernels start cold: slower, and as safe.
            warm.close()
            self._warm = None


_HOST = _Host()


def _decoded(data: bytes) -> Job:
    try:
        return msgspec.msgpack.decode(data, type=Job)
    except msgspec.MsgspecError:
        raise NotGradedError(DIFFERENT) from None


def _result(future: Any) -> Graded:
    """What a worker gave.

    Raises:
        NotGradedError: where it was lost.
    """
    try:
        return msgspec.msgpack.decode(future.result(), type=Graded)
    except KilledWorker:
        raise NotGradedError(
            "the workers that graded it ended, one after the other; their logs may say why"
        ) from None
    except CancelledError:
        raise NotGradedError(
            "the connection to the cluster was lost; run the same command again"
        ) from None
    except ImportError as error:
        raise NotGradedError(
            f"a worker lacks a package ({error}); start it in the environment of a checkout of "
            "the course, and run the same command again"
        ) from None


def _started(where: str, count: int) -> Any:
    """A cluster of our own, encrypted; one process a host, so that there is one warm process."""
    security: Any = Security()
    if security.tls_ca_file is None:
        security = True  # certificates that live as long as the cluster
    if where == "local":
        local = LocalCluster(
            n_workers=1,
            threads_per_worker=count,
            preload=[UNINTERRUPTED],
            resources={"GPU": 1} if sandbox.gpu_devices() else {},
            security=security,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,
        )
        # A worker that ends while its nanny still starts it is not started again by the nanny.
        _keep(local, 1)
        return local
    if shutil.which("sbatch") is None:
        raise FileNotFoundError("sbatch is not here; start from a host that submits SLURM's jobs")
    interrupt = signal.getsignal(signal.SIGINT)
    from dask_jobqueue import SLURMCluster

    # That import takes Ctrl-C for itself, and ends the process as if all were done.
    signal.signal(signal.SIGINT, interrupt)
    setting = dask.config.get("jobqueue.slurm")
    cluster = SLURMCluster(
        processes=setting.get("processes") or 1,
        security=security,
        # Where the workers find the certificates; Dask's own choice, but it warns of it.
        shared_temp_directory=setting.get("shared-temp-directory") or str(Path.cwd()),
        silence_logs=logging.CRITICAL,
    )
    cluster.scale(count)
    _keep(cluster, count)  # jobs are cancelled, and come to the end of their time
    return cluster


def _keep(cluster: Any, count: int) -> None:
    """Start again, as long as the cluster lives, what has ended of its `count` workers."""
    again = PeriodicCallback(partial(cluster.scale, count), 1000 * LOOKING)
    cluster.loop.add_callback(again.start)


def _in_the_clear(address: str) -> bool:
    """Whether what is sent to `address` can be read on a network."""
    if not address.startswith(("tcp://", "ws://")):
        return False
    host = get_address_host(address)
    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return bool(host != "localhost")
