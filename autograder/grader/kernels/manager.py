"""jupyter_client's manager and client, without their waiting."""

from __future__ import annotations

import sys
import time
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase, LocalProvisioner
from traitlets import Bool, Dict, Instance, Type, Unicode

from autograder.grader.kernels.exchange import LARGEST_MESSAGE, QUEUED
from autograder.grader.kernels.inside.limits import Limits
from autograder.grader.kernels.provisioner import SandboxProvisioner
from autograder.grader.kernels.usage import Usage, descendants, of_processes

_FIRST_WORD = 0.05  # seconds in which a kernel's broadcast comes, once it is subscribed to
_SILENCE = 1.0


class PromptClient(AsyncKernelClient):  # type: ignore[misc]
    """A client that is ready when the kernel is, not 0.2 seconds of silence later."""

    def _make_url(self, channel: str) -> str:
        """As jupyter_client's own; for a sandboxed kernel, an address that it cannot redirect."""
        provisioner = getattr(self.parent, "provisioner", None)
        if isinstance(provisioner, SandboxProvisioner):
            return provisioner.address(getattr(self, f"{channel}_port"))
        return str(super()._make_url(channel))

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        """As jupyter_client's own, for a socket that takes no more than it should."""
        self.context.setsockopt(zmq.MAXMSGSIZE, LARGEST_MESSAGE)
        self.context.setsockopt(zmq.RCVHWM, QUEUED)
        return super()._create_connected_socket(channel, identity)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ask until one question has both its reply and its "idle" broadcast.

        Nothing of an earlier question can then come in between: the next message on iopub
        belongs to what is asked next.

        Raises:
            RuntimeError: the kernel died, or gave no answer in `timeout` seconds.
        """
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while time.monotonic() < end:
            asked = self.kernel_info()
            if await self._answered(asked):
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel died before it answered")
        raise RuntimeError(f"the kernel gave no answer in {timeout:g} seconds")

    async def _answered(self, asked: str) -> bool:
        try:
            while True:
                reply = await self.get_shell_msg(timeout=_SILENCE)
                if reply["parent_header"].get("msg_id") == asked:
                    break
            self._handle_kernel_info_reply(reply)
            while True:
                said = await self.get_iopub_msg(timeout=_FIRST_WORD)
                idle = said["content"].get("execution_state") == "idle"
                if idle and said["parent_header"].get("msg_id") == asked:
                    return True
        except Empty:
            return False


class SandboxKernelManager(AsyncKernelManager):  # type: ignore[misc]
    """A manager whose kernel runs in a sandbox, and ends at once when it is to end."""

    client_class = "autograder.grader.kernels.manager.PromptClient"
    client_factory = Type(klass="autograder.grader.kernels.manager.PromptClient")

    provisioner: KernelProvisionerBase | None = None

    sandboxed = Bool(True, help="Whether the kernel runs in a sandbox.")
    limits = Instance(Limits, args=(), help="What the kernel may use.")
    warm = Unicode("", help="The address of a warm process, or nothing for a cold start.")
    files = Unicode("", help="A folder that is copied into the working directory.")
    variables = Dict(help="Environment variables beside those that every kernel has.")

    async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:
        # jupyter_client's own factory knows entry points, not objects such as the limits.
        if self.provisioner is None:
            shared = {
                "kernel_id": self.kernel_id,
                "kernel_spec": self.kernel_spec,
                "parent": self,
            }
            confined = {
                "limits": self.limits,
                "warm": self.warm,
                "files": self.files,
                "variables": self.variables,
            }
            self.provisioner = (
                SandboxProvisioner(**confined, **shared)
                if self.sandboxed
                else LocalProvisioner(**shared)
            )
        command, kw = await super()._async_pre_start_kernel(**kw)
        return command, kw

    pre_start_kernel = _async_pre_start_kernel

    def usage(self) -> Usage | None:
        """What the kernel's processes have had of the processors; None where that is not known."""
        if isinstance(self.provisioner, SandboxProvisioner):
            return self.provisioner.usage()
        pid = getattr(self.provisioner, "pid", None)
        return of_processes(descendants(pid)) if pid and sys.platform == "linux" else None

    def _connect_control_socket(self) -> None:
        """Connect to nothing: by this socket a kernel is asked to end, and ours is ended."""

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End the kernel at once: nothing in a graded kernel is worth an orderly end."""
        if self.provisioner is not None:
            await self.provisioner.kill(restart=restart)
            await self.provisioner.wait()  # for the unsandboxed kernel, which only got a signal
        await self._async_cleanup_resources(restart=restart)

    shutdown_kernel = _async_shutdown_kernel
