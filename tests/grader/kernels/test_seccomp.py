"""The filter of system calls: its numbers are those of the kernel's own headers."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from autograder.grader.kernels.inside import seccomp

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    # The header of all processors without numbers of their own; it is there on each of them.
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_the_kernels(machine: str) -> None:
    header = HEADERS[machine]
    if machine == "x86_64" != os.uname().machine:
        pytest.skip("The numbers of x86_64 are compared on such a processor.")
    if not header.is_file():
        pytest.skip(f"{header} is not here; packages.apt names the package.")
    defined = dict(re.findall(r"^#define __NR_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE))
    numbers = seccomp.numbers_of(machine)
    assert len(numbers) == 64
    assert {name: str(number) for name, number in numbers.items()} == {
        name: defined.get(name, "not defined") for name in numbers
    }


def test_a_processor_without_numbers_is_named() -> None:
    with pytest.raises(OSError, match="for x86_64 and aarch64, not for riscv64"):
        seccomp.program("riscv64")
