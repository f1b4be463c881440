"""What a student's code can see and reach from its kernel: nothing that is not its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import threading
from pathlib import Path

import pytest

import autograder
from autograder.grader.kernels import Limits, sandbox

CHECKOUT = Path(autograder.__file__).parent.parent


def test_it_computes(kernels) -> None:
    told = kernels.tell(
        "import numpy as np, torch\n"
        "print(np.ones((3, 3)).sum(), torch.ones(4).sum().item())\n"
        "print(torch.nn.LSTM(2, 3)(torch.ones(5, 1, 2))[0].shape)"
    )
    assert told == "9.0 4.0\ntorch.Size([5, 1, 3])"


def test_keras_and_a_figure(kernels) -> None:
    told = kernels.tell(
        "import keras, numpy as np, matplotlib.pyplot as plt\n"
        "print(keras.layers.Dense(2)(np.ones((1, 3), 'float32')).shape)\n"
        "plt.plot([1, 2]); plt.savefig('a.png'); plt.close()\n"
        "import os; print(os.path.getsize('a.png') > 0)"
    )
    assert told.splitlines()[0] in ("(1, 2)", "torch.Size([1, 2])")
    assert told.splitlines()[-1] == "True"


def test_of_the_checkout_only_the_package_is_seen(kernels) -> None:
    told = kernels.tell(f"import os; print(sorted(os.listdir({str(CHECKOUT)!r})))")
    seen = set(eval(told))
    assert "autograder" in seen
    assert seen <= {"autograder", ".venv"}


def test_of_the_grader_only_what_runs_inside_is_seen(kernels) -> None:
    grader = Path(autograder.__file__).parent / "grader"
    told = kernels.tell(
        "import importlib, os\n"
        f"for folder in ({str(grader)!r}, {str(grader / 'kernels')!r}):\n"
        "    print(os.listdir(folder))\n"
        f"print(os.path.exists({str(grader / 'kernels' / 'inside' / 'confine.py')!r}))\n"
        "for name in ('judge', 'judge.judge', 'references', 'grading.submission', 'manifest'):\n"
        "    try:\n"
        "        importlib.import_module(f'autograder.grader.{name}')\n"
        "        print('imported', name)\n"
        "    except ImportError:\n"
        "        pass"
    )
    assert told.splitlines() == ["['kernels']", "['inside']", "True"]


def test_nobody_elses_files_are_seen(kernels, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    told = kernels.tell(
        "import os\n"
        f"print(os.path.exists({str(tmp_path)!r}))\n"
        "print(os.listdir('/home'), os.listdir('/tmp'), os.listdir('/home/student'))\n"
        "print(sorted(os.listdir('/etc')))\n"
        "print([p for p in ('/var', '/mnt', '/srv', '/opt', '/boot') if os.path.exists(p)])"
    )
    lines = told.splitlines()
    assert lines[0] == "False"
    assert "secret" not in told
    assert eval(lines[1].replace("] [", "], ["))[0] == ["student"]
    assert "shadow" not in lines[2]
    assert lines[3] == "[]"


def test_root_s_home_holds_nothing_but_the_way_to_the_environment(kernels) -> None:
    told = kernels.tell(
        "import os\n"
        "print([f for p, d, f in os.walk('/root') if f and '/lib/' not in p + '/'][:1] "
        "if os.path.exists('/root') and '.pyenv' not in os.listdir('/root') else [])\n"
        "print(os.listdir('/root') if os.path.exists('/root') else [])"
    )
    first, second = told.splitlines()
    assert first == "[]"
    assert set(eval(second)) <= {".pyenv"}


def test_the_graders_environment_is_not_handed_on(kernels, monkeypatch) -> None:
    monkeypatch.setenv("A_TOKEN", "secret-5a1e")
    told = kernels.tell(
        "import os, glob\n"
        "print(dict(os.environ))\n"
        "for name in glob.glob('/proc/[0-9]*/environ'):\n"
        "    try:\n"
        "        print(open(name).read())\n"
        "    except OSError:\n"
        "        pass"
    )
    assert "HOME" in told
    assert "secret-5a1e" not in told
    assert "A_TOKEN" not in told


def test_no_other_process_is_seen(kernels) -> None:
    async def two() -> tuple[str, str]:
        async with kernels.start() as first, kernels.start() as second:
            await first.tell("import os; open('/tmp/mine', 'w').write('x')")
            code = (
                "import os\n"
                "print(sorted(int(p) for p in os.listdir('/proc') if p.isdigit()))\n"
                "print(os.listdir('/tmp'), os.path.exists('/tmp/mine'))"
            )
            return await first.tell(code), await second.tell(code)

    first, second = asyncio.run(two())
    for told in (first, second):
        assert max(eval(told.splitlines()[0])) < 10
    assert first.endswith("True")
    assert second.endswith("False")


def test_no_network(kernels) -> None:
    """Neither the machine's loopback, nor its abstract sockets, nor a family that leaves."""
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0autograder-test-{os.getpid()}")
    abstract.listen()
    server = socket.create_server(("127.0.0.1", 0))
    reached = []
    threading.Thread(target=lambda: reached.append(server.accept()), daemon=True).start()
    told = kernels.tell(
        "import socket\n"
        "def attempt(family, address):\n"
        "    try:\n"
        "        s = socket.socket(family); s.settimeout(2); s.connect(address)\n"
        "        print('reached', address)\n"
        "    except OSError as error:\n"
        "        print('refused')\n"
        f"attempt(socket.AF_INET, ('127.0.0.1', {server.getsockname()[1]}))\n"
        "attempt(socket.AF_INET, ('192.0.2.1', 80))\n"
        f"attempt(socket.AF_UNIX, '\\0autograder-test-{os.getpid()}')\n"
        "attempt(socket.AF_VSOCK, (2, 1024))\n"
        "attempt(socket.AF_PACKET, ('lo', 0))"
    )
    server.close()
    abstract.close()
    assert told.split() == ["refused"] * 5
    assert not reached


def test_nothing_can_be_written_but_its_own(kernels) -> None:
    places = ["/", "/etc", "/usr", "/usr/lib", "/dev", "/proc", "/sys", "/run", "/home"]
    places += [str(Path(autograder.__file__).parent), *autograder.__path__]
    told = kernels.tell(
        "import os, sys\n"
        f"for place in {places!r} + [sys.prefix, sys.base_prefix]:\n"
        "    try:\n"
        "        open(os.path.join(place, 'written-by-a-student'), 'w')\n"
        "        print('wrote', place)\n"
        "    except OSError:\n"
        "        pass\n"
        "for place in ('/home/student', '/tmp', '/dev/shm'):\n"
        "    open(os.path.join(place, 'mine'), 'w').write('x')\n"
        "import tempfile; tempfile.TemporaryFile().write(b'x')\n"
        "print('done')"
    )
    assert told == "done"


def test_it_has_no_rights_and_cannot_get_any(kernels) -> None:
    told = kernels.tell(
        "import os\n"
        "status = dict(l.split(':', 1) for l in open('/proc/self/status').read().splitlines())\n"
        "print([status[n].strip() for n in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb')])\n"
        "print(status['NoNewPrivs'].strip(), status['Seccomp'].strip(), os.getuid() != 0)\n"
        "for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot('/tmp')):\n"
        "    try:\n"
        "        call(); print('done')\n"
        "    except OSError:\n"
        "        print('refused')"
    )
    first, second, *rest = told.splitlines()
    assert all(int(value, 16) == 0 for value in eval(first)[:3] + eval(first)[4:])
    assert second == "1 2 True"
    assert rest == ["refused"] * 3


@pytest.mark.parametrize("name", ["mount", "ptrace", "bpf", "keyctl", "unshare", "memfd_create"])
def test_refused_system_calls(kernels, name: str) -> None:
    numbers = {"mount": 165, "ptrace": 101, "bpf": 321, "keyctl": 250, "unshare": 272}
    number = numbers.get(name, 319)
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers in this test are those of x86_64")
    told = kernels.tell(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"print(libc.syscall({number}, 0, 0, 0, 0, 0), os.strerror(ctypes.get_errno()))"
    )
    assert told == "-1 Operation not permitted"


@pytest.mark.parametrize("flag", [0x00020000, 0x10000000, 0x20000000, 0x40000000])
def test_no_clone_into_a_new_namespace(kernels, flag: int) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers in this test are those of x86_64")
    told = kernels.tell(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"print(libc.syscall(56, {flag} | 17, 0, 0, 0, 0), os.strerror(ctypes.get_errno()))\n"
        "print(libc.syscall(435, 0, 0), os.strerror(ctypes.get_errno()))"
    )
    assert told == "-1 Operation not permitted\n-1 Function not implemented"


def test_no_open_file_of_the_grader_is_inherited(kernels, tmp_path: Path) -> None:
    secret = os.open(tmp_path / "inherited", os.O_RDWR | os.O_CREAT)
    os.set_inheritable(secret, True)
    try:

        async def two() -> str:
            async with kernels.start(), kernels.start() as second:
                return await second.tell(
                    "import os\n"
                    "for n in os.listdir('/proc/self/fd'):\n"
                    "    try:\n"
                    "        print(os.readlink('/proc/self/fd/' + n))\n"
                    "    except OSError:\n"
                    "        pass"
                )

        told = asyncio.run(two()).splitlines()
    finally:
        os.close(secret)
    own = ("/dev/null", "/home/student", "/tmp", "/proc", "anon_inode:", "socket:", "pipe:")
    assert told
    assert [name for name in told if not name.startswith(own)] == []


def test_random_numbers_are_a_kernels_own(kernels) -> None:
    code = (
        "import random, numpy as np, torch, tensorflow as tf, keras, uuid\n"
        "for value in (random.random(), np.random.rand(), torch.rand(1).item(),\n"
        "              float(tf.random.normal(())), float(keras.random.normal(())),\n"
        "              float(np.random.default_rng().random())):\n"
        "    print(value)"
    )
    first, second = (kernels.tell(code).splitlines() for _ in range(2))
    assert len(first) == len(second) == 6
    assert all(a != b for a, b in zip(first, second, strict=True))


def test_an_environment_below_tmp_is_seen(monkeypatch):
    """The private /tmp comes first, so that it does not hide a checkout that lies there."""
    monkeypatch.setattr(sandbox, "visible", lambda: ["/tmp/checkout/.venv"])
    argv = sandbox.build("bwrap", ["true"], Limits()).argv
    assert argv.index("/tmp") < argv.index("/tmp/checkout/.venv")


def test_connections_that_are_cut_lead_to_no_socket_of_the_host(kernels, tmp_path) -> None:
    """The kernel puts links in the places of its own sockets, and makes its client connect anew."""
    place = f"/tmp/{tmp_path.name}-{secrets.token_hex(4)}"  # short enough for a socket
    code = (
        "import os, socket, stat\n"
        "for name in os.listdir('/run/kernel'):\n"
        "    path = f'/run/kernel/{name}'\n"
        "    if stat.S_ISSOCK(os.lstat(path).st_mode):\n"
        "        os.unlink(path)\n"
        f"        os.symlink({place!r}, path)\n"
        "for number in map(int, os.listdir('/proc/self/fd')):\n"
        "    try:\n"
        "        with socket.socket(fileno=os.dup(number)) as end:\n"
        "            if end.family == socket.AF_UNIX and end.getpeername() is not None:\n"
        "                end.shutdown(socket.SHUT_RDWR)\n"
        "    except OSError:\n"
        "        pass\n"
    )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as host:
        host.bind(place)
        try:
            host.listen()
            host.settimeout(2)

            async def story() -> tuple[str, bool]:
                async with kernels.start() as kernel:
                    kernel.client.execute(code)
                    reached = False
                    with contextlib.suppress(TimeoutError):
                        connection, _ = await asyncio.to_thread(host.accept)
                        reached = True
                        connection.close()
                    return await kernel.tell("print('still here')"), reached

            assert asyncio.run(story()) == ("still here", False)
        finally:
            os.unlink(place)
