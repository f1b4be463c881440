"""Sandboxed kernels, cold or forked by a warm process, for nbclient and jupyter_client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.grader.kernels.inside.limits import Limits

if TYPE_CHECKING:
    from autograder.grader.kernels.manager import SandboxKernelManager
    from autograder.grader.kernels.warm import WarmProcess

__all__ = ["Limits", "kernel_manager"]


def kernel_manager(
    *,
    sandboxed: bool = True,
    warm: WarmProcess | str | None = None,
    limits: Limits | None = None,
    files: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> SandboxKernelManager:
    """A manager for one kernel, not yet started.

    Args:
        sandboxed: whether the kernel is confined; without it, a student's code may do on this
            machine whatever the grader may.
        warm: the warm process that forks it, or its address, or None for a cold start.
        limits: what it may use.
        files: a folder whose files are copied into the kernel's working directory.
        variables: what its environment holds beside the few that every kernel has; without a
            sandbox it has all of the grader's instead.

    Returns:
        A manager whose `start_kernel` raises `SandboxError`, in a sentence, where this machine
        has no sandbox.
    """
    # Processes inside the sandbox import this package too, and need no jupyter_client.
    from autograder.grader.kernels.manager import SandboxKernelManager

    return SandboxKernelManager(
        kernel_name="python3",
        sandboxed=sandboxed,
        warm=warm if isinstance(warm, str) else warm.address if warm else "",
        limits=limits or Limits(),
        files=str(files) if files else "",
        variables=dict(variables or {}),
    )
