"""The jupyter_client kernel provisioner `autograder-sandbox`."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Dict, Instance, Unicode

from autograder.grader.kernels import sandbox, sandboxed_process
from autograder.grader.kernels.inside.become_kernel import SOCKETS
from autograder.grader.kernels.inside.limits import Limits
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.usage import Usage

_PORT_NAMES = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
PORTS = range(1, 1 + len(_PORT_NAMES))
_DIED, _KILLED = 1, -signal.SIGKILL


class SandboxProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """Runs an ordinary ipykernel in a sandbox, forked by a warm process where one is named.

    The command and the environment of the kernelspec are not used: what runs inside is what the
    sandbox starts. In a kernelspec, `metadata.kernel_provisioner.config` may set `warm`, `files`
    and `variables`.
    """

    limits = Instance(Limits, args=(), help="What the kernel may use.")
    warm = Unicode("", help="The address of a warm process, or nothing for a cold start.")
    files = Unicode("", help="A folder that is copied into the working directory.")
    variables = Dict(help="Environment variables beside those that every kernel has.")

    _kernel: sandboxed_process.Kernel | None = None

    @property
    def has_process(self) -> bool:
        """Whether a kernel was started and not yet waited for."""
        return self._kernel is not None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Say that nothing of the caller's own command and environment is used.

        Raises:
            SandboxError: this machine has no sandbox.
        """
        machine = probe()
        if machine.refusal:
            raise SandboxError(machine.refusal)
        return {**kwargs, "cmd": [], "env": {}}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        """Start the kernel, and return how to connect when its sockets are open.

        Raises:
            SandboxError: it could not be started; nothing is left of the attempt.
        """
        machine = probe()
        # Unlike the number of an open file, this name is never used again.
        name = secrets.token_hex(8)
        connection = {
            "transport": "ipc",
            "ip": f"{SOCKETS}/{name}",
            "key": secrets.token_hex(32),
            "signature_scheme": "hmac-sha256",
            **dict(zip(_PORT_NAMES, PORTS, strict=True)),
        }
        orders = sandboxed_process.LaunchSpec(
            machine.bwrap,
            machine.cgroups,
            connection,
            self.limits,
            sandbox.variables(self.variables),
            Path(self.files) if self.files else None,
            self.warm,
        )
        kernel = sandboxed_process.launch(orders)
        try:
            sockets = await asyncio.to_thread(sandboxed_process.finish, kernel, orders, PORTS)
        except BaseException:
            await asyncio.shield(asyncio.to_thread(_end, kernel))
            raise
        self._kernel = kernel
        outside = f"/proc/{os.getpid()}/fd/{sockets}/{name}"
        self.connection_info = {
            **connection,
            "ip": outside,
            "key": str(connection["key"]).encode(),
        }
        return self.connection_info

    def usage(self) -> Usage | None:
        """What the kernel's processes have had of the processors, or None without a kernel."""
        return None if self._kernel is None else self._kernel.usage()

    def address(self, port: int) -> str:
        """Where to connect to one of the kernel's sockets, and to nothing else whatever happens.

        The names in `connection_info` lie in a directory of the kernel's own. It may put links
        to sockets of this machine in their places, and cut its connections, so that a client
        that connects again would follow them.
        """
        if self._kernel is None:
            raise SandboxError("the kernel is gone")
        return f"ipc:///proc/{os.getpid()}/fd/{self._kernel.sockets[port]}"

    async def poll(self) -> int | None:
        """None while the kernel runs; -9 when its memory was used up, 1 when it ended else."""
        if self._kernel is None:
            return _DIED
        if self._kernel.alive():
            return None
        return _KILLED if self._kernel.out_of_memory() else _DIED

    async def wait(self) -> int | None:
        """Wait until the kernel has ended; then end what it has left behind."""
        while self._kernel is not None and self._kernel.alive():
            await asyncio.sleep(0.02)
        code = await self.poll()
        await self.kill()
        return code

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's own process; 0, as everywhere, only asks."""
        if self._kernel is not None and signum != 0:
            self._kernel.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """End every process of the sandbox, and return when all are gone."""
        kernel, self._kernel = self._kernel, None
        if kernel is not None:
            await asyncio.shield(asyncio.to_thread(_end, kernel))

    async def terminate(self, restart: bool = False) -> None:
        """As `kill`: there is nothing in a kernel that would be worth an orderly end."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing behind."""
        await self.kill(restart)


def _end(kernel: sandboxed_process.Kernel) -> None:
    try:
        kernel.kill()
    finally:
        kernel.release()
