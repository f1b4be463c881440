"""What leans on the inside of ipykernel, and says so when that has moved."""

from __future__ import annotations

import inspect
import zlib
from importlib.metadata import version

from ipykernel.ipkernel import IPythonKernel

from autograder.grader.kernels.inside import no_debugger


def test_it_was_tried_on_the_version_that_is_installed() -> None:
    assert version("ipykernel") == no_debugger.TRIED, (
        "ipykernel has moved. Look whether IPythonKernel.__init__ still lists the modules of `sys` "
        "for its debugger alone, then write the version into kernels/inside/no_debugger.py."
    )
    assert inspect.getsource(IPythonKernel).count("sys.modules") == 1


def test_a_kernel_lists_no_modules(kernels) -> None:
    assert kernels.tell("print(get_ipython().kernel._kernel_modules)") == "[]"


def test_all_else_of_sys_is_as_it_was(kernels) -> None:
    told = kernels.tell(
        "import sys\n"
        "print(get_ipython().kernel.language_info['version'] == sys.version.split()[0])\n"
        "print('ipykernel' in sys.modules)"
    )
    assert told.split() == ["True", "True"]


def test_the_file_of_a_cell_is_named_by_its_text(kernels) -> None:
    cell = "import inspect; print(inspect.currentframe().f_code.co_filename)"
    folder, _, name = kernels.tell(cell).rpartition("/")
    assert "ipykernel_" in folder
    assert name == f"{zlib.crc32(cell.encode())}.py"
