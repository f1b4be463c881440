"""What one kernel may use."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """The most that one kernel, with everything it starts, may take.

    Attributes:
        memory: bytes of data; of a process by rlimit, of the whole kernel where a cgroup is had.
        address_space: bytes of address space beyond what the process has when it starts, or None
            for a kernel with a GPU, whose driver reserves without using.
        processes: processes and threads together.
        open_files: open files of a process.
        file_size: bytes of one file.
        disk: bytes of each private file system: the working directory, `/tmp` and `/dev/shm`.
        cpu: seconds of processor time of a process.
        gpu: whether it may use the machine's GPUs.
    """

    memory: int = 2 * GIB
    address_space: int | None = 16 * GIB
    processes: int = 256
    open_files: int = 512
    file_size: int = 64 * MIB
    disk: int = 256 * MIB
    cpu: int = 600
    gpu: bool = False


WITH_GPU = Limits(memory=8 * GIB, address_space=None, gpu=True)
"""What a kernel with a GPU may use; the driver maps memory without asking how much there is."""
