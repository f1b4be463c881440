"""The kernels of the book, as Jupyter starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from autograder.grader.book import execution, kernel

WAIT = 60.0


@contextmanager
def started(folder: Path, address: str) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel `python3` of the book, in `folder`."""
    spec = folder / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps(execution.KERNEL))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        manager = KernelManager(kernel_name="python3")
        environment = {**os.environ, kernel.ADDRESS: address, "OF_THE_PAGE": "yes"}
        manager.start_kernel(env=environment, cwd=str(folder))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(WAIT)
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def value(client: BlockingKernelClient, expression: str) -> str:
    reply = client.execute("", user_expressions={"it": expression}, reply=True, timeout=WAIT)
    return reply["content"]["user_expressions"]["it"]["data"]["text/plain"]


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def wait_until_gone(pid: int) -> None:
    end = time.monotonic() + WAIT
    while not gone(pid):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with execution.forking(["a_module.that_is_not_there", "colorsys"]) as address:
        yield address


def test_a_kernel_has_what_the_pages_import_and_stands_in_the_page(address, tmp_path) -> None:
    (tmp_path / "beside_the_page.py").write_text("one = 1")
    with started(tmp_path, address) as (manager, client):
        assert value(client, "'colorsys' in __import__('sys').modules") == "True"
        assert value(client, "__import__('os').getcwd()") == repr(str(tmp_path))
        assert value(client, "__import__('beside_the_page').one") == "1"
        assert value(client, "__import__('os').environ['OF_THE_PAGE']") == "'yes'"
        pid = int(value(client, "__import__('os').getpid()"))
        assert pid != manager.provisioner.pid
        client.shutdown()
        wait_until_gone(pid)
        wait_until_gone(manager.provisioner.pid)


def test_a_kernel_that_computes_is_interrupted(address, tmp_path) -> None:
    with started(tmp_path, address) as (manager, client):
        asked = client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=WAIT)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=WAIT)
        assert reply["parent_header"]["msg_id"] == asked
        assert reply["content"]["ename"] == "KeyboardInterrupt"


def test_a_kernel_ends_with_the_process_that_jupyter_knows(address, tmp_path) -> None:
    with started(tmp_path, address) as (manager, client):
        pid = int(value(client, "__import__('os').getpid()"))
        psutil.Process(manager.provisioner.pid).kill()
        wait_until_gone(pid)


def test_where_nobody_forks_a_kernel_is_started_as_always(tmp_path) -> None:
    with started(tmp_path, "") as (manager, client):
        assert value(client, "'colorsys' in __import__('sys').modules") == "False"
        assert int(value(client, "__import__('os').getpid()")) == manager.provisioner.pid


def test_who_forks_ends_with_who_started_it(tmp_path) -> None:
    program = (
        "import os, psutil\n"
        "from autograder.grader.book.execution import forking\n"
        "with forking(['torch']):\n"
        "    print(psutil.Process().children()[0].pid, flush=True)\n"
        "    os._exit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    wait_until_gone(int(done.stdout))


def test_where_who_should_fork_has_ended_a_kernel_begins_by_itself(tmp_path) -> None:
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "executable", "/bin/false")
            address = stack.enter_context(execution.forking([]))
        manager, client = stack.enter_context(started(tmp_path, address))
        assert value(client, "__import__('os').getpid()") == str(manager.provisioner.pid)
