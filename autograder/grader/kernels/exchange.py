"""One request to a kernel, and what comes back until it is answered, under limits.

A student's code can write on its kernel's sockets whatever it likes: messages that are none, that
answer other requests, that never end. What is malformed is passed over, what is too much ends
the exchange, and the kernel's time and life are looked at whatever arrives.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Any

import zmq
import zmq.asyncio

from autograder.grader.kernels.inside.limits import MIB
from autograder.grader.kernels.patience import LOOK, Patience

LARGEST_MESSAGE = 24 * MIB
"""Bytes of one part of a message; whoever sends a larger one is cut off."""

MOST_MESSAGES = 20_000
"""Messages that are received before one request is answered."""

MOST_BYTES = 32 * MIB
"""Bytes that are received before one request is answered."""

MOST_MEMORY = 1024 * MIB
"""Bytes by which this process may grow meanwhile, whatever the cause."""

QUEUED = 64
"""Messages that wait to be received; of what is broadcast beyond that, some is lost."""

LAST_WORDS = 1.0
"""Seconds for which broadcasts are awaited when the request is answered."""


class DiedError(Exception):
    """The kernel ended while it was at work."""


class FloodError(Exception):
    """The kernel sent more than is received."""


Hear = Callable[[str, Mapping[str, Any]], None]
"""Takes the type and the content of a broadcast that belongs to the request."""


async def execute(
    client: Any,
    alive: Callable[[], Awaitable[bool]],
    code: str,
    hear: Hear,
    patience: Patience,
    **options: Any,
) -> Mapping[str, Any]:
    """Run code in a kernel.

    Args:
        client: jupyter_client's, whose shell and iopub channels are started.
        alive: whether the kernel's process runs.
        code: what to run.
        hear: is told of every broadcast that belongs to this request.
        patience: how long it may take.
        options: further fields of jupyter's `execute_request`.

    Returns:
        The content of the reply; whoever reads it has to expect anything in it.

    Raises:
        TimedOutError, BusyError, DiedError, FloodError: the kernel is then of no further use.
    """
    asked = client.execute(
        code, store_history=False, allow_stdin=False, stop_on_error=False, **options
    )
    channels = {c.socket: c for c in (client.shell_channel, client.iopub_channel)}
    poller = zmq.asyncio.Poller()
    for socket in channels:
        poller.register(socket, zmq.POLLIN)
    received = _Received()
    look, end = 0.0, float("inf")
    reply: Mapping[str, Any] | None = None
    idle = False
    while reply is None or not idle:
        if time.monotonic() >= look:
            if not await alive():
                raise DiedError("the kernel ended")
            received.weigh()
            if reply is None:
                patience.look()
            look = time.monotonic() + LOOK
        if reply is not None and time.monotonic() >= end:
            break
        for socket, _ in await poller.poll(int(1000 * LOOK)):
            parts = await socket.recv_multipart()
            received.count(parts)
            kind, content = _read(client.session, parts, asked)
            if kind == "status":
                idle = idle or content.get("execution_state") == "idle"
            elif socket is client.iopub_channel.socket:
                hear(kind, content)
            elif kind == "execute_reply" and reply is None:
                reply, end = content, time.monotonic() + LAST_WORDS
    return reply


class _Received:
    """What has arrived since a request was sent."""

    def __init__(self) -> None:
        self._messages = self._bytes = 0
        self._peak = _peak()

    def count(self, parts: Sequence[bytes]) -> None:
        self._messages += 1
        self._bytes += sum(map(len, parts))
        if self._messages > MOST_MESSAGES or self._bytes > MOST_BYTES:
            raise FloodError("it sent more than is received")

    def weigh(self) -> None:
        """Look at what is not received yet: a message without an end is kept by ZeroMQ."""
        if _peak() - self._peak > MOST_MEMORY:
            raise FloodError("it sent a message without an end")


def _peak() -> int:
    """The most memory that this process has had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _read(session: Any, parts: list[bytes], asked: str) -> tuple[str, Mapping[str, Any]]:
    """The type and content of a message that answers the request `asked`, or "" and nothing.

    jupyter_client's own reader also looks for dates, which takes ten times as long.
    """
    try:
        fingerprint, *signed = session.feed_identities(parts)[1][:5]
        header, parent, content = (json.loads(signed[part]) for part in (0, 1, 3))
        ours = compare_digest(fingerprint, session.sign(signed))
        if ours and parent["msg_id"] == asked and isinstance(content, dict):
            return str(header["msg_type"]), content
    except Exception:  # noqa: S110 - there is no telling what a forger makes the reader raise
        pass
    return "", {}
