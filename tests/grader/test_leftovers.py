"""Nothing stays in the folder for temporary files, however a command ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.grader.kernels import sandbox

UNUSED = """
import os, sys, time
from autograder.grader.kernels.warm import WarmProcess
path, begun = sys.argv[1:]
warm = WarmProcess(["late"], {"PYTHONPATH": path})
while not os.path.exists(begun):
    time.sleep(0.05)
"""
"""As a grader that finds nothing left to grade: it ends while the warm process imports."""

AT_WORK = """
import tempfile, time
from autograder.grader.grading.pool import Workers
if __name__ == "__main__":
    with Workers(1, [], sandboxed=False) as workers:
        print(workers.executor().submit(tempfile.mkdtemp).result(60), flush=True)
        time.sleep(100)
"""
"""A grader one of whose workers has unpacked a student's files."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "t"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    return place


def left(place: Path) -> list[Path]:
    """What of ours is left when it has had time to go."""
    end = time.monotonic() + 30
    while list(place.glob("autograder-*")) and time.monotonic() < end:
        time.sleep(0.1)
    return list(place.glob("autograder-*"))


def test_a_warm_process_that_nobody_waits_for_takes_its_folder_away(place, tmp_path) -> None:
    begun = str(tmp_path / "begun")
    (tmp_path / "late.py").write_text(
        "import os, time\n"
        f"open({begun!r}, 'w').close()\n"
        "time.sleep(2)\n"
        "os.makedirs(os.environ['HOME'] + '/profile')\n"
    )
    path = os.pathsep.join([sandbox.variables()["PYTHONPATH"], str(tmp_path)])
    search = os.environ | {"PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", UNUSED, path, begun], check=True, env=search, timeout=60)
    time.sleep(3)  # until it has made its folder anew
    assert left(place) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_what_a_worker_unpacked_goes_with_the_grader(place, tmp_path, number) -> None:
    (tmp_path / "at_work.py").write_text(AT_WORK)
    grader = subprocess.Popen(
        [sys.executable, str(tmp_path / "at_work.py")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    unpacked = Path(grader.stdout.readline().decode().strip())
    assert unpacked.is_relative_to(place)
    grader.send_signal(number)
    grader.wait(60)
    grader.stdout.close()
    assert left(place) == []
