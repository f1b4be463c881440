"""A Dask scheduler and workers as processes, each with folders of its own, for the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from dask import config as dask_config
from distributed import Client, Security, get_worker

from autograder.grader.checkout import ROOT as CHECKOUT
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels.probe import probe

STARTING = 60.0


class Certificate:
    """One certificate for scheduler, workers and grader, which trust it and nothing else.

    Args:
        folder: where it is kept.

    Attributes:
        settings: names it to Dask in a process of ours.
        variables: name it to Dask in a process that is started with them.
    """

    def __init__(self, folder: Path) -> None:
        made = Security.temporary()
        cert, key = folder / "cert.pem", folder / "key.pem"
        for file, pem in ((cert, made.tls_ca_file), (key, made.tls_client_key)):
            file.write_text(pem)
            file.chmod(0o600)
        roles = ("scheduler", "worker", "client")
        tls = "distributed.comm.tls"
        self.settings = {f"{tls}.ca-file": str(cert)}
        self.settings |= {f"{tls}.{role}.cert": str(cert) for role in roles}
        self.settings |= {f"{tls}.{role}.key": str(key) for role in roles}
        self.variables = {
            f"DASK_{name.replace('.', '__').replace('-', '_').upper()}": value
            for name, value in self.settings.items()
        }


class Dask:
    """A scheduler on 127.0.0.1 and its workers.

    Args:
        root: a folder for all that they write.
        certificate: what they show to one another; without it they speak in the clear.
    """

    def __init__(self, root: Path, certificate: Certificate | None = None) -> None:
        self._root = root
        self.certificate = certificate
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        file = self.folder("scheduler") / "address.json"
        protocol = ("--protocol", "tls") if certificate else ()
        self.scheduler = subprocess.Popen(
            [
                *(sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0"),
                *("--no-dashboard", "--scheduler-file", str(file), *protocol),
            ],
            cwd=file.parent,
            env=self._environment("scheduler", CHECKOUT),
            stderr=(file.parent / "log").open("wb"),
        )
        end = time.monotonic() + STARTING
        while not file.exists() or not file.read_text():
            assert time.monotonic() < end, (file.parent / "log").read_text()
            time.sleep(0.05)
        self.address: str = json.loads(file.read_text())["address"]

    def folder(self, name: str) -> Path:
        """A folder that nobody else uses."""
        folder = self._root / name
        (folder / "tmp").mkdir(parents=True, exist_ok=True)
        return folder

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client of the scheduler, in this process."""
        with (
            dask_config.set(self.certificate.settings if self.certificate else {}),
            Client(self.address) as client,
        ):
            yield client

    def wait_for_workers(self) -> None:
        """Wait until the scheduler knows every worker."""
        with self.client() as client:
            client.wait_for_workers(len(self.workers), timeout=STARTING)

    def work(
        self,
        name: str,
        checkout: Path = CHECKOUT,
        hidden: tuple[Path, ...] = (),
        options: tuple[str, ...] = (),
    ) -> None:
        """Start a worker of two threads.

        Args:
            name: its name, and its folder's.
            checkout: whose code it runs.
            hidden: folders that it shall not see, as on another host.
            options: what else it is told.
        """
        folder = self.folder(name)
        masks = [option for place in hidden for option in ("--tmpfs", str(place))]
        view = [probe().bwrap, "--die-with-parent", "--dev-bind", "/", "/"] if masks else []
        view += masks
        if view and os.geteuid() == 0:
            view += ["--cap-add", "ALL"]
        self.workers[name] = subprocess.Popen(
            [
                *(*view, sys.executable, "-m", "dask", "worker", self.address, "--name", name),
                *("--nthreads", "2", "--no-nanny", "--no-dashboard", *options),
                *("--local-directory", str(folder / "local")),
            ],
            cwd=folder,
            env=self._environment(name, checkout),
            stderr=(folder / "log").open("wb"),
        )

    def end_workers(self) -> None:
        """End the workers, and wait until the scheduler has noticed."""
        for process in self.workers.values():
            process.kill()
            process.wait()
        self.workers.clear()
        with self.client() as client:
            end = time.monotonic() + STARTING
            while client.scheduler_info(n_workers=-1)["workers"]:
                assert time.monotonic() < end, self.log("scheduler")
                time.sleep(0.05)

    def log(self, name: str) -> str:
        """What a process has said."""
        return (self.folder(name) / "log").read_text()

    def close(self) -> None:
        """End them all."""
        for process in (*self.workers.values(), self.scheduler):
            process.kill()
            process.wait()

    def _environment(self, name: str, checkout: Path) -> dict[str, str]:
        folder = self.folder(name)
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(checkout),
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            **(self.certificate.variables if self.certificate else {}),
        }


def copy_of_the_checkout(folder: Path) -> Path:
    """A checkout of those who teach, with what a worker needs of it."""
    for part in ("autograder", "solutions"):
        shutil.copytree(
            CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


# In the place of `work`; a worker that imports this module imports little else.


def named(data: bytes, key: str, sandboxed: bool) -> bytes:
    """A result whose student is the worker that gave it."""
    return _graded(key, get_worker().name)


def deadly(data: bytes, key: str, sandboxed: bool) -> bytes:
    """What ends its worker, and else takes long enough to be ended by it."""
    student = msgspec.msgpack.decode(data)["student"]
    if student == "deadly":
        os._exit(1)
    time.sleep(1)
    return _graded(key, student)


def deadly_once(data: bytes, key: str, sandboxed: bool) -> bytes:
    """What ends its worker when it is asked first."""
    died = Path(os.environ["DIED"])
    if not died.exists():
        died.touch()
        os._exit(1)
    return _graded(key, msgspec.msgpack.decode(data)["student"])


def _graded(key: str, student: str) -> bytes:
    return msgspec.msgpack.encode(Graded(key=key, student=student, verdicts=[], notebook=""))
