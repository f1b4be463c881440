"""One request to a kernel, and what comes back until it is answered, under limits.

A student's code can write on its kernel's sockets whatever it likes: messages that are none, that
answer other requests, that never end. What is malformed is passed over, what is too much ends
the exchange, and the kernel's time and life are looked at whatever arrives. Of JSON, which can
take thirty times its own room, no more is read than what is to be known from it.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hmac import compare_digest
from typing import Any, TypeVar

import msgspec
import zmq
import zmq.asyncio

from autograder.grader.kernels.inside.limits import MIB
from autograder.grader.kernels.patience import LOOK, Patience

LARGEST_MESSAGE = 24 * MIB
"""Bytes of one part of a message; whoever sends a larger one is cut off."""

LARGEST_BROADCAST = 4 * MIB
"""Bytes of a broadcast's content that is read: all that is kept of a cell takes less."""

LARGEST_HEADER = 64 * 1024
"""Bytes of a header that is read."""

TOO_LONG = "too long"
"""The type by which a broadcast is told whose content is not read."""

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


T = TypeVar("T")


class DiedError(Exception):
    """The kernel ended while it was at work."""


class FloodError(Exception):
    """The kernel sent more than is received."""


Hear = Callable[[str, Mapping[str, Any]], None]
"""Takes the type and the content of a broadcast that belongs to the request."""


class _Shown(msgspec.Struct):
    plain: str = msgspec.field(name="text/plain", default="")


class _Value(msgspec.Struct):
    status: str = ""
    data: _Shown = msgspec.field(default_factory=_Shown)


class _Values(msgspec.Struct):
    answers: _Value | None = None


class Reply(msgspec.Struct):
    """A kernel's reply to a request, as far as it is read.

    Attributes:
        status: "ok" where the code ran to its end.
        ename: the name of the exception, else.
        evalue: its text.
        values: what `user_expressions` gave under the name "answers".
    """

    status: str = ""
    ename: str = ""
    evalue: str = ""
    values: _Values = msgspec.field(name="user_expressions", default_factory=_Values)

    @property
    def answers(self) -> str | None:
        """The text of the expression "answers", or None where it gave none."""
        found = self.values.answers
        return found.data.plain if found is not None and found.status == "ok" else None


async def execute(
    client: Any,
    alive: Callable[[], Awaitable[bool]],
    code: str,
    hear: Hear,
    patience: Patience,
    **options: Any,
) -> Reply:
    """Run code in a kernel.

    Args:
        client: jupyter_client's, whose shell and iopub channels are started.
        alive: whether the kernel's process runs.
        code: what to run.
        hear: is told of every broadcast that belongs to this request.
        patience: how long it may take.
        options: further fields of jupyter's `execute_request`.

    Returns:
        The reply; whoever reads it has to expect anything in it.

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
    reply: Reply | None = None
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
            if socket is client.iopub_channel.socket:
                broadcast = _broadcast(content)
                if broadcast is None:
                    hear(TOO_LONG, {})
                elif kind == "status":
                    idle = idle or broadcast.get("execution_state") == "idle"
                elif kind:
                    hear(kind, broadcast)
            elif kind == "execute_reply" and reply is None:
                reply, end = _decoded(content, Reply), time.monotonic() + LAST_WORDS
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


class _Header(msgspec.Struct):
    msg_id: str = ""
    msg_type: str = ""


def _read(session: Any, parts: list[bytes], asked: str) -> tuple[str, bytes]:
    """The type and content of a message that answers the request `asked`, or "" and nothing.

    jupyter_client's own reader takes the whole message apart, and looks for dates in it.
    """
    try:
        fingerprint, *signed = session.feed_identities(parts)[1][:5]
        header, parent, _, content = signed
        if max(len(header), len(parent)) > LARGEST_HEADER:
            return "", b""
        if not compare_digest(fingerprint, session.sign(signed)):
            return "", b""
    except (ValueError, LookupError, TypeError):
        return "", b""
    if _decoded(parent, _Header).msg_id != asked:
        return "", b""
    return _decoded(header, _Header).msg_type, content


def _broadcast(content: bytes) -> Mapping[str, Any] | None:
    """What a broadcast holds; nothing where it is no object, and None where it is too long."""
    if len(content) > LARGEST_BROADCAST:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(text: bytes, kind: type[T]) -> T:
    """The JSON in `text`, or what stands for it where it is of another form."""
    try:
        return msgspec.json.decode(text.decode("utf-8", "replace"), type=kind)
    except (ValueError, RecursionError):
        return kind()
