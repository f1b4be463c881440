"""A Dask scheduler and workers as processes, each with folders of its own, for the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
from distributed import get_worker

import autograder
from autograder.grader.grading.verdict import Graded
from autograder.grader.kernels.probe import probe

CHECKOUT = Path(autograder.__file__).parents[1]
STARTING = 60.0


class Dask:
    """A scheduler on 127.0.0.1 and its workers.

    Args:
        root: a folder for all that they write.
        tls: the options that name the certificates, or none.
    """

    def __init__(self, root: Path, tls: tuple[str, ...] = ()) -> None:
        self._root = root
        self._tls = tls
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        file = self.folder("scheduler") / "address.json"
        protocol = ("--protocol", "tls") if tls else ()
        self.scheduler = subprocess.Popen(
            [
                *(sys.executable, "-m", "dask", "scheduler", "--host", "127.0.0.1", "--port", "0"),
                *("--no-dashboard", "--scheduler-file", str(file), *protocol, *tls),
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
        view = [probe().bwrap, "--dev-bind", "/", "/", *masks] if masks else []
        if view and os.geteuid() == 0:
            view += ["--cap-add", "ALL"]
        self.workers[name] = subprocess.Popen(
            [
                *(*view, sys.executable, "-m", "dask", "worker", self.address, "--name", name),
                *("--nthreads", "2", "--no-nanny", "--no-dashboard", *self._tls, *options),
                *("--local-directory", str(folder / "local")),
            ],
            cwd=folder,
            env=self._environment(name, checkout),
            stderr=(folder / "log").open("wb"),
        )

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
        }


def copy_of_the_checkout(folder: Path) -> Path:
    """A checkout of those who teach, with what a worker needs of it."""
    for part in ("autograder", "solutions"):
        shutil.copytree(
            CHECKOUT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


def named(data: bytes, key: str, sandboxed: bool) -> bytes:
    """In the place of `work`: a result whose student is the worker that gave it."""
    return msgspec.msgpack.encode(
        Graded(key=key, student=get_worker().name, verdicts=[], notebook="")
    )
