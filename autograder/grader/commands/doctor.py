"""What this machine, this installation and this course are, for `autograder doctor`."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from autograder.grader.grading.files import course_root
from autograder.grader.kernels.gpu import probe_gpu
from autograder.grader.kernels.probe import probe

PACKAGES = ("numpy", "torch", "tensorflow-cpu", "keras", "nbgrader", "jupyter_client", "ipykernel")
"""Packages whose versions are told."""

DISTRIBUTION = "cells-to-cudnn"


def installed(name: str) -> str | None:
    """The version of a distribution, or None where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def examine(folder: Path) -> dict[str, Any]:
    """What was found, as JSON has it.

    Args:
        folder: the course folder, or one within it; anything else is no course.

    Returns:
        `ready`, whether a class can be graded here; `sentences`, for people; memory and disk in
        bytes; `course`, the path of the course or None.
    """
    machine = probe()
    course = course_root(folder)
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "ready": not machine.refusal,
        "sentences": [*machine.sentences(), probe_gpu().sentence()],
        "version": installed(DISTRIBUTION),
        "python": platform.python_version(),
        "packages": {name: installed(name) for name in PACKAGES},
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "memory": pages * page,
        "disk_free": shutil.disk_usage(course or Path.cwd()).free,
        "course": str(course) if course else None,
    }


def sentences(found: dict[str, Any]) -> list[str]:
    """What `examine` found, in sentences."""
    names = ", ".join(f"{name} {v}" for name, v in found["packages"].items() if v)
    missing = [name for name, v in found["packages"].items() if not v]
    gib = 2**30
    told = [
        *found["sentences"],
        f"There are {found['cores']} cores, {found['memory'] / gib:.1f} GiB of memory, and "
        f"{found['disk_free'] / gib:.1f} GiB free on the disk.",
        f"Python {found['python']}; {names}.",
        f"The course is {found['course']}."
        if found["course"]
        else "This is no course folder; name one with --course.",
    ]
    if missing:
        told.append(f"Not installed: {', '.join(missing)}.")
    return told
