"""What a student's code can use up: its own share, and never the machine's."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import psutil
import pytest

from autograder.grader.kernels import Limits
from autograder.grader.kernels.files import copy_tree
from autograder.grader.kernels.inside.limits import MIB
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.sandbox import SandboxError


def children() -> set[int]:
    """Every process that descends from this one, through bubblewrap and the warm process."""
    return {process.pid for process in psutil.Process().children(recursive=True)}


def groups() -> list[Path]:
    place = probe().cgroups
    if place is None:
        return []
    return [g for f in place.folders.values() for g in f.glob(f"autograder-{os.getpid()}-*")]


def test_memory_by_malloc(kernels) -> None:
    told = kernels.tell("import numpy as np; x = np.ones(3 << 27); print('had it')")
    assert told.startswith(("MemoryError", "_ArrayMemoryError"))


def test_memory_shared_between_processes_is_counted_together(kernels) -> None:
    if probe().cgroups is None:
        pytest.skip("this user cannot make control groups, by which a kernel is counted as one")

    async def story() -> str:
        async with kernels.start(limits=Limits(memory=512 * MIB)) as kernel:
            kernel.client.execute(
                "import mmap, os\n"
                "for _ in range(8):\n"
                "    if os.fork() == 0:\n"
                "        m = mmap.mmap(-1, 200 << 20)\n"
                "        for i in range(0, 200 << 20, 4096): m[i] = 1\n"
                "        import time; time.sleep(60)\n"
                "m = mmap.mmap(-1, 600 << 20)\n"
                "for i in range(0, 600 << 20, 4096): m[i] = 1\n"
            )
            for _ in range(600):
                if kernel.handle.out_of_memory():
                    return "killed"
                await asyncio.sleep(0.05)
            return "not killed"

    assert asyncio.run(story()) == "killed"


def test_a_big_file(kernels) -> None:
    told = kernels.tell(
        "f = open('big', 'wb')\nfor _ in range(100): f.write(bytes(1 << 20)); f.flush()",
        limits=Limits(file_size=8 * MIB),
    )
    assert told == "OSError: [Errno 27] File too large"


def test_many_files(kernels) -> None:
    told = kernels.tell(
        "for i in range(100): open(f'/tmp/{i}', 'wb').write(bytes(1 << 20))",
        limits=Limits(disk=16 * MIB),
    )
    assert told == "OSError: [Errno 28] No space left on device"


def test_open_files(kernels) -> None:
    told = kernels.tell("kept = [open('/dev/null') for _ in range(600)]")
    assert told.startswith("OSError: [Errno 24]")


def test_a_fork_bomb_is_bounded_and_gone(kernels) -> None:
    before = children()

    async def story() -> int:
        async with kernels.start(limits=Limits(processes=64)) as kernel:
            kernel.client.execute(
                "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
            )
            most = 0
            for _ in range(20):
                await asyncio.sleep(0.1)
                most = max(most, len(children() - before))
            return most

    most = asyncio.run(story())
    assert 10 < most < 80
    assert children() <= before
    assert groups() == []


def test_processes_left_behind_are_gone(kernels) -> None:
    before = children()
    told = kernels.tell(
        "import subprocess\n"
        "many = 'setsid sleep 1000 & setsid sleep 1000 & sleep 1000'\n"
        "subprocess.Popen(['/bin/sh', '-c', many], start_new_session=True)\n"
        "print('started')"
    )
    assert told == "started"
    assert children() <= before
    assert groups() == []


def test_processor_time(kernels) -> None:
    async def story() -> int | None:
        async with kernels.start(limits=Limits(cpu=2)) as kernel:
            kernel.client.execute("import signal\nwhile True: pass")
            for _ in range(200):
                code = await kernel.manager.provisioner.poll()
                if code is not None:
                    return int(code)
                await asyncio.sleep(0.1)
            return None

    assert asyncio.run(story()) == 1


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    source.mkdir()
    home.mkdir()
    (source / "data.csv").symlink_to("/etc/passwd")
    handle = os.open(home, os.O_RDONLY)
    with pytest.raises(ValueError, match=r"data\.csv is a symbolic link"):
        copy_tree(source, handle, Limits(), None)
    os.close(handle)


def test_a_pipe_and_a_big_file_are_refused(tmp_path: Path) -> None:
    source, home = tmp_path / "source", tmp_path / "home"
    source.mkdir()
    home.mkdir()
    handle = os.open(home, os.O_RDONLY)
    os.mkfifo(source / "pipe")
    with pytest.raises(ValueError, match="pipe is not an ordinary file"):
        copy_tree(source, handle, Limits(), None)
    (source / "pipe").unlink()
    (source / "big").write_bytes(bytes(2 * MIB))
    with pytest.raises(ValueError, match="big has 2 MiB"):
        copy_tree(source, handle, Limits(file_size=MIB), None)
    os.close(handle)


def test_the_submissions_files_are_copied(kernels, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "data.csv").write_text("1,2")
    (tmp_path / "top.txt").write_text("top")
    told = kernels.tell(
        "import os\n"
        "print(open('sub/data.csv').read(), open('top.txt').read(), os.getcwd())\n"
        "open('top.txt', 'a').write('changed')\n"
        "open('sub/new', 'w').write('x')",
        files=tmp_path,
    )
    assert told == "1,2 top /home/student"
    assert (tmp_path / "top.txt").read_text() == "top"
    assert not (tmp_path / "sub" / "new").exists()


def test_nothing_is_left_of_a_start_that_failed(kernels, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    before, opened = children(), len(os.listdir("/proc/self/fd"))
    with pytest.raises(SandboxError, match="link is a symbolic link"):
        kernels.tell("1", files=tmp_path)
    time.sleep(0.05)
    assert children() <= before
    assert groups() == []
    assert len(os.listdir("/proc/self/fd")) <= opened
