"""What attacks try to reach, made for the occasion: addresses that count callers, and secrets."""

from __future__ import annotations

import hashlib
import json
import random
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import autograder
from autograder.exercises import exercises
from autograder.exercises.program import arrays_in
from autograder.grader.grading.course import Course


@contextmanager
def world(course: Course, canary: Path) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The names that attacks may use, and the list of those who called.

    Args:
        course: the course in which the attacks are handed in.
        canary: a folder of nobody's, whose content must stay as it is.
    """
    token = secrets.token_hex(16)
    (canary / "secret.txt").write_text(token)
    canary.chmod(0o777)
    abstract = f"autograder-attacks-{secrets.token_hex(4)}"
    calls: list[str] = []
    with ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        hidden = stack.enter_context(socket.socket(socket.AF_UNIX))
        hidden.bind(f"\0{abstract}")
        named = stack.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(str(canary / "socket"))
        for server in (hidden, named):
            server.listen()
        for server in (tcp, udp, hidden, named):
            threading.Thread(target=_listen, args=(server, calls), daemon=True).start()
        seed = course.seed("lstm")
        yield (
            {
                "TOKEN": token,
                "SEED": str(seed),
                "HIDDEN": " ".join(_hidden(seed)),
                "COURSE": str(course.root),
                "OTHER": str(course.path("submitted", "honest-1", "lstm") / "lstm.ipynb"),
                "CHECKOUT": str(Path(autograder.__file__).parents[1]),
                "CANARY": str(canary),
                "TCP": str(tcp.getsockname()[1]),
                "UDP": str(udp.getsockname()[1]),
                "ABSTRACT": abstract,
                "SOCKET": str(canary / "socket"),
                "SLEEP": str(random.randint(10_000_000, 99_999_999)),
            },
            calls,
        )


def digests(*folders: Path) -> Mapping[str, str]:
    """A digest of every ordinary file below the folders."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 26
    }


def _listen(server: socket.socket, calls: list[str]) -> None:
    while True:
        try:
            if server.type == socket.SOCK_DGRAM:
                server.recvfrom(100)
            else:
                server.accept()[0].close()
        except OSError:
            return
        calls.append(f"{server.family.name} {server.type.name}")


def _hidden(seed: int) -> list[str]:
    """The hidden inputs of the first exercise, as Python writes them without loss."""
    program = exercises("lstm")[0].draw(seed)
    numbers = [float(v) for call in program.calls for a in arrays_in(call.args) for v in a.ravel()]
    return [value.hex() for value in numbers if abs(value) not in (0.0, 1.0, 50.0, 1000.0)]


def as_json(path: Path) -> list[dict[str, object]]:
    """The verdicts that the command has written."""
    return list(json.loads(path.read_text()))
