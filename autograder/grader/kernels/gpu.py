"""A kernel with a GPU: what it finds in its sandbox, and what is set before a student's code."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass

from autograder.grader.kernels import sandbox
from autograder.grader.kernels.inside.limits import WITH_GPU
from autograder.grader.kernels.probe import attempt, last_words, probe
from autograder.grader.kernels.sandbox import SandboxError

SHARE = 0.5
"""The share of a GPU's memory that a kernel may take; the judge may need some of the rest.

The bound is torch's own, against an oversight. A kernel has its GPU for itself, so who lifts the
bound takes memory from nobody but the judge, who then fails for that one submission.
"""

SETUP = f"""import torch

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False
torch.cuda.set_per_process_memory_fraction({SHARE})
"""
"""What a kernel with a GPU runs first: TF32 would keep 3 of the 7 digits of float32."""

_TRIAL = """
import sys, torch
from autograder.grader.kernels.inside.confine import confine
from autograder.grader.kernels.inside.limits import WITH_GPU
confine(WITH_GPU, int(sys.argv[1]) if sys.argv[1] else None)
if not torch.cuda.is_available():
    sys.exit(f"torch {torch.__version__} finds no GPU")
torch.ones(1, device="cuda").sum().item()
print(torch.cuda.get_device_name())
"""


def variables() -> dict[str, str]:
    """What the environment of a kernel with a GPU holds beside that of every kernel."""
    seen = os.environ.get("CUDA_VISIBLE_DEVICES")
    chosen = {} if seen is None else {"CUDA_VISIBLE_DEVICES": seen}
    return {**chosen, "TF_FORCE_GPU_ALLOW_GROWTH": "true"}


@dataclass(frozen=True)
class Gpu:
    """The GPU that a sandboxed kernel has, or why it has none.

    Attributes:
        name: what it is called, or "".
        refusal: why no kernel has one, in a sentence that says what to do, or "".
    """

    name: str = ""
    refusal: str = ""

    def sentence(self) -> str:
        """For `autograder doctor`."""
        if self.refusal:
            return self.refusal
        return f"CUDA: {self.name} computes in a sandbox, tried just now; --runner gpu uses it."


@functools.cache
def probe_gpu() -> Gpu:
    """Compute something on the GPU in a sandbox; the answer is kept for the life of the process."""
    machine = probe()
    if machine.refusal:
        return Gpu(refusal=machine.refusal)
    if not sandbox.gpu_devices():
        return Gpu(
            refusal="No CUDA: this machine has no /dev/nvidia0. Exercises that need it are "
            "deferred here; `autograder grade --runner gpu` completes them on a machine that has "
            "one."
        )
    try:
        done = attempt(machine.bwrap, _TRIAL, WITH_GPU, variables())
    except SandboxError as error:
        return Gpu(refusal=f"No CUDA in a sandbox: {error}.")
    if done.returncode == 0:
        return Gpu(name=done.stdout.strip())
    return Gpu(refusal=f"No CUDA in a sandbox, although there is a GPU: {last_words(done)}.")
