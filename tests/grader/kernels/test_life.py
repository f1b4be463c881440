"""A kernel's life as jupyter_client and nbclient lead it: start, interrupt, restart, end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time

import nbformat
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from autograder.grader.kernels import kernel_manager, probe, sandbox
from autograder.grader.kernels.inside import channel
from autograder.grader.kernels.provisioner import SandboxProvisioner
from autograder.grader.kernels.sandbox import SandboxError
from autograder.grader.kernels.warm import WarmProcess
from tests.grader.kernels.conftest import Kernels


def test_interrupt_reaches_the_kernel_and_no_other(kernels) -> None:
    async def story() -> tuple[str, str]:
        async with kernels.start() as first, kernels.start() as second:
            endless = asyncio.create_task(first.tell("import time\ntime.sleep(100)"))
            other = asyncio.create_task(second.tell("import time\ntime.sleep(1); print('slept')"))
            await asyncio.sleep(0.5)
            await first.manager.interrupt_kernel()
            return await endless, await other

    first, second = asyncio.run(story())
    assert first.startswith("KeyboardInterrupt")
    assert second == "slept"


def test_a_restart_forgets(kernels) -> None:
    async def story() -> tuple[str, str]:
        async with kernels.start() as kernel:
            before = await kernel.tell("x = 1; print('x' in globals())")
            kernel.client.stop_channels()
            await kernel.manager.restart_kernel(now=True)
            kernel.client = kernel.manager.client()
            kernel.client.start_channels()
            await kernel.client.wait_for_ready(timeout=60)
            after = await kernel.tell("print('x' in globals())")
            kernel.client.stop_channels()
            return before, after

    assert asyncio.run(story()) == ("True", "False")


def test_a_kernel_visits_no_modules_and_no_loggers_while_it_starts(kernels) -> None:
    """In a fork, each of them would be a page to copy."""
    code = (
        "import logging\n"
        "shell = get_ipython()\n"
        "log = logging.getLogger('KernelApp')\n"
        "print(shell.kernel._kernel_modules, log.disabled, log.handlers)\n"
    )
    assert kernels.tell(code) == "[] True []"


def test_a_shell_made_ahead_knows_its_own_kernel(kernels) -> None:
    code = (
        "shell = get_ipython()\n"
        "print(shell.kernel is shell.parent, shell.kernel.shell is shell, shell.starting_dir,\n"
        "      shell.ipython_dir, shell.profile_dir.location)\n"
    )
    told = "True True /home/student /tmp/ipython /tmp/ipython/profile_default"
    assert kernels.tell(code) == told


def test_a_module_beside_the_notebook_is_imported_behind_python_s_own(kernels, tmp_path) -> None:
    (tmp_path / "own_helper.py").write_text("SAYS = 'helped'")
    (tmp_path / "random.py").write_text("raise SystemExit('shadow')")
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('started')")
    told = kernels.tell(
        "import own_helper, random, sys\n"
        "print(own_helper.SAYS, random.random() < 1, sys.path.count(''))",
        files=tmp_path,
    )
    assert told == "helped True 1"


def test_each_cell_is_transformed_once_and_anew(kernels) -> None:
    """A student's own transformer may count, and the same cell may come again."""

    async def story() -> list[str]:
        async with kernels.start() as kernel:
            await kernel.tell(
                "seen = []\n"
                "def note(lines):\n"
                "    seen.append(len(lines))\n"
                "    return lines\n"
                "get_ipython().input_transformers_post.append(note)\n"
            )
            plain = "print(len(seen))"
            waits = f"import asyncio\nawait asyncio.sleep(0)\n{plain}"
            return [await kernel.tell(cell) for cell in (plain, plain, waits, waits, plain)]

    assert asyncio.run(story()) == ["1", "2", "3", "4", "5"]


def test_output_of_every_kind_comes_before_the_reply(kernels) -> None:
    """A flush that has nothing to send waits for nothing; one that has, waits."""
    code = (
        "import sys, threading\n"
        "print('a', flush=True)\n"
        "sys.stderr.write('b')\n"
        "thread = threading.Thread(target=print, args=('c',))\n"
        "thread.start()\n"
        "thread.join()\n"
    )

    async def story() -> list[str]:
        async with kernels.start() as kernel:
            return [await kernel.tell(code) for _ in range(20)]

    for told in asyncio.run(story()):
        assert sorted(told.replace("\n", "")) == ["a", "b", "c"]


def test_a_reset_forgets_names_and_no_modules(kernels) -> None:
    code = (
        "import colorsys\n"
        "get_ipython().reset(aggressive=True)\n"
        "import sys\n"
        "print('colorsys' in sys.modules, 'colorsys' in globals())\n"
    )
    assert kernels.tell(code).endswith("True False")


def test_a_kernel_that_ends_itself_is_seen_to_be_dead(kernels) -> None:
    async def story() -> bool:
        async with kernels.start() as kernel:
            kernel.client.execute("import os; os._exit(0)")
            for _ in range(100):
                if not await kernel.manager.is_alive():
                    return True
                await asyncio.sleep(0.05)
            return False

    assert asyncio.run(story())


def test_open_files_do_not_grow(kernels) -> None:
    async def story() -> list[int]:
        counts = []
        for _ in range(4):
            async with kernels.start() as kernel:
                await kernel.tell("1")
            counts.append(len(os.listdir("/proc/self/fd")))
        return counts

    first, *_, last = asyncio.run(story())
    assert last <= first


def test_nbclient_runs_a_notebook(kernels) -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("import os; print(os.getcwd())"),
            nbformat.v4.new_code_cell("1 + 1"),
        ]
    )
    manager = kernel_manager(warm=kernels.warm)
    NotebookClient(notebook, km=manager, timeout=60).execute()
    asyncio.run(manager.shutdown_kernel(now=True))
    assert notebook.cells[0].outputs[0].text == "/home/student\n"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "2"


def test_the_sandbox_dies_with_the_grader(kernels) -> None:
    """Killed by a signal that no handler sees; bubblewrap and the kernel go with it."""
    address = kernels.warm.address if kernels.warm else ""
    grader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import asyncio, sys, time\n"
            "from autograder.grader.kernels import kernel_manager\n"
            "async def main():\n"
            "    manager = kernel_manager(warm=sys.argv[1])\n"
            "    await manager.start_kernel()\n"
            "    print(manager.provisioner._kernel.bwrap.pid, flush=True)\n"
            "    time.sleep(100)\n"
            "asyncio.run(main())",
            address,
        ],
        stdout=subprocess.PIPE,
    )
    bwrap = psutil.Process(int(grader.stdout.readline()))
    inside = bwrap.children(recursive=True)
    assert inside
    grader.kill()
    grader.wait()
    grader.stdout.close()
    _gone, left = psutil.wait_procs([bwrap, *inside], timeout=10)
    assert left == []


def test_without_a_sandbox_it_refuses(monkeypatch) -> None:
    missing = probe.Machine("", False, "No sandbox: bubblewrap is not installed.", None)
    monkeypatch.setattr("autograder.grader.kernels.provisioner.probe", lambda: missing)
    with pytest.raises(SandboxError, match="bubblewrap is not installed"):
        asyncio.run(kernel_manager().start_kernel())


def test_unsafe_is_an_ordinary_kernel(monkeypatch) -> None:
    missing = probe.Machine("", False, "No sandbox: bubblewrap is not installed.", None)
    monkeypatch.setattr("autograder.grader.kernels.provisioner.probe", lambda: missing)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os; os.getpid()")])
    manager = kernel_manager(sandboxed=False)
    NotebookClient(notebook, km=manager, timeout=60).execute()
    asyncio.run(manager.shutdown_kernel(now=True))
    assert int(notebook.cells[0].outputs[0].data["text/plain"]) > 10


def test_an_environment_that_holds_the_checkout_is_refused(monkeypatch) -> None:
    checkout = os.path.dirname(os.path.dirname(sandbox.autograder.__file__))
    monkeypatch.setattr(sys, "prefix", checkout)
    with pytest.raises(SandboxError, match="contains the course's checkout"):
        sandbox.visible()


def test_a_warm_process_with_a_second_thread_forks_nothing(tmp_path, monkeypatch) -> None:
    (tmp_path / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    path = os.pathsep.join([sandbox.variables()["PYTHONPATH"], str(tmp_path)])
    warm = WarmProcess(["threaded"], {"PYTHONPATH": path})
    try:
        with pytest.raises(SandboxError, match="has 2 threads"):
            warm.wait()
    finally:
        warm.close()


def test_the_warm_process_survives_callers_that_go_away(warm_process) -> None:
    import socket

    for _ in range(5):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as end:
            end.connect(warm_process.address)
            end.send(b"nonsense")
    time.sleep(0.1)
    assert psutil.Process(warm_process.pid).is_running()


def test_the_warm_process_says_why_it_cannot_fork(warm_process) -> None:
    """As where a sandbox has ended before its kernel was made."""
    gone = subprocess.Popen(["/usr/bin/true"])
    handle = os.pidfd_open(gone.pid)
    gone.wait()
    with channel.open_socket() as end:
        end.settimeout(30)
        end.connect(warm_process.address)
        channel.send(end, {"join": True}, [handle])
        said = channel.receive(end).body["failed"]
    os.close(handle)
    assert said.startswith("the warm process could not ")
    assert warm_process.alive


@pytest.mark.parametrize("killed", [True, False])
def test_a_warm_process_that_has_ended_forks_again_at_its_address(killed: bool) -> None:
    if probe.probe().refusal:
        pytest.skip(probe.probe().refusal)
    with WarmProcess([]) as warm:
        address, first = warm.address, warm.pid
        warm.revive()
        assert warm.pid == first
        # At the end of its standard input it ends by itself, and takes its folder away.
        warm._process.kill() if killed else warm._process.stdin.close()
        warm._process.wait(10)
        assert os.path.exists(os.path.dirname(address)) == killed
        warm.revive()
        assert (warm.address, warm.alive) == (address, True)
        code = "import sys; print('autograder.grader.kernels.inside.forkserver' in sys.orig_argv)"
        assert Kernels(warm).tell(code) == "True"
    assert not os.path.exists(os.path.dirname(address))


def test_the_warm_process_ends_with_its_owner() -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from autograder.grader.kernels.warm import WarmProcess\n"
            "warm = WarmProcess([]); warm.wait(); print(warm.pid, warm.address, flush=True)\n"
            "import time; time.sleep(100)",
        ],
        stdout=subprocess.PIPE,
    )
    pid, address = owner.stdout.readline().decode().split()
    warm = psutil.Process(int(pid))
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    assert psutil.wait_procs([warm], timeout=10)[1] == []
    assert not os.path.exists(os.path.dirname(address))


def test_under_jupyter_clients_own_manager_and_client(kernels) -> None:
    """As a kernelspec that names the provisioner has it: nothing else of ours is in use."""

    async def story() -> str:
        manager = AsyncKernelManager(kernel_name="python3")
        manager.provisioner = SandboxProvisioner(
            warm=kernels.warm.address if kernels.warm else "",
            variables={"KERAS_BACKEND": "torch"},
            kernel_spec=manager.kernel_spec,
            parent=manager,
        )
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        reply = await client.execute_interactive(
            "import os", user_expressions={"x": "os.getpid(), os.environ['KERAS_BACKEND']"}
        )
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not await manager.is_alive()
        return str(reply["content"]["user_expressions"]["x"]["data"]["text/plain"])

    pid, backend = eval(asyncio.run(story()))
    assert pid < 10
    assert backend == "torch"


def test_the_entry_point_names_the_provisioner() -> None:
    import tomllib
    from pathlib import Path

    text = (Path(sandbox.autograder.__file__).parent.parent / "pyproject.toml").read_text()
    points = tomllib.loads(text)["project"]["entry-points"]["jupyter_client.kernel_provisioners"]
    module, name = points["autograder-sandbox"].split(":")
    assert getattr(sys.modules[module], name) is SandboxProvisioner
