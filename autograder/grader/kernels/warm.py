"""The warm process of a host, as its users hold it."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, cast

from autograder.grader.kernels import sandbox
from autograder.grader.kernels.sandbox import SandboxError

_LONGEST_ADDRESS = 107  # bytes, of a socket's path
_BACKLOG = 128

# What a kernel imports up to its first answer, much of it only when it is needed.
KERNEL = (
    "autograder.grader.kernels.inside.app",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
FRAMEWORKS = (
    "numpy",
    "numpy.random",  # numpy itself imports these two when they are first named
    "numpy.ma",
    "torch",
    "torch.fx.experimental.symbolic_shapes",  # with the first gradient
    "torch._dynamo",  # with the first optimiser
    "tensorflow",
    "keras",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",  # with the first figure
)


class WarmProcess:
    """One process a host, which has imported the frameworks and forks kernels.

    Used as `with WarmProcess() as warm:`, and by other processes of the same user through its
    `address`. The kernels that it has forked do not end with it.

    Attributes:
        address: the path of the socket on which it listens.
    """

    def __init__(
        self,
        preload: Sequence[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; it imports while the caller goes on.

        Args:
            preload: the modules to import; by default, the kernel's own and the frameworks,
                those of them that are installed.
            environment: variables that the imports need, KERAS_BACKEND for one.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="autograder-")
        self.address = str(Path(self._folder.name) / "warm")
        if len(os.fsencode(self.address)) > _LONGEST_ADDRESS:
            self._folder.cleanup()
            raise SandboxError(
                f"the folder for temporary files is too deep for a socket: {self._folder.name} "
                "(set TMPDIR to a shorter one)"
            )
        modules = [*KERNEL, *FRAMEWORKS] if preload is None else list(preload)
        self._modules = [m for m in modules if _installed(m)]
        self._variables = sandbox.variables({**self._own_places(), **(environment or {})})
        self._start()

    def _start(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(self.address)
            listener.listen(_BACKLOG)
            listening = str(listener.fileno())
            program = [sys.executable, "-P", "-m", "autograder.grader.kernels.inside.forkserver"]
            self._process = subprocess.Popen(  # noqa: S603 - the command is our own
                [*program, json.dumps(self._modules), listening],
                env=self._variables,
                pass_fds=[listener.fileno()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
            )
        self._word: str | None = None

    def revive(self) -> None:
        """Start it anew at its address, where it has ended; callers find it there again."""
        if self.alive:
            return
        self._close_pipes()
        # One that came to an end took the folder away, and one that was killed left it.
        Path(self._folder.name).mkdir(mode=0o700, exist_ok=True)
        Path(self.address).unlink(missing_ok=True)
        self._start()

    def wait(self) -> None:
        """Return when everything is imported.

        Raises:
            SandboxError: the process cannot fork kernels; the message says why.
        """
        if self._word is None:
            line = cast("IO[bytes]", self._process.stdout).readline()
            self._word = line.decode(errors="replace").strip() or "it ended while importing"
        if self._word != "ready":
            raise SandboxError(f"no warm process can be had: {self._word}")

    def _own_places(self) -> dict[str, str]:
        """The folders of a kernel's environment, which are outside here and not private."""
        names = ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR")
        return dict.fromkeys(names, self._folder.name)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; it forks no more, and kernels that run go on."""
        self._close_pipes()
        try:
            self._process.wait(1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            cast("IO[bytes]", pipe).close()

    def __enter__(self) -> WarmProcess:
        """Wait until it is ready."""
        try:
            self.wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module.partition(".")[0]) is not None
