"""Messages between the grader and a process that is about to become a kernel.

One packet is one JSON object, with open files beside it where there are any. The operating
system, not the sender, says which process sent a packet, in the receiver's own numbering.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LARGEST = 64 * 1024
_CREDENTIALS = struct.Struct("3i")
_MOST_FILES = 4


@dataclass(frozen=True)
class Packet:
    """What arrived: the object, the open files, and the sender's process number."""

    body: dict[str, Any]
    files: tuple[int, ...]
    pid: int


def open_socket() -> socket.socket:
    """An unconnected end that learns the process number of whoever writes to it."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return end


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends; the first learns the process number of whoever writes to it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def send(end: socket.socket, body: dict[str, Any], files: Sequence[int] = ()) -> None:
    """Send one packet."""
    socket.send_fds(end, [json.dumps(body).encode()], files)


def receive(end: socket.socket) -> Packet:
    """Receive one packet.

    Raises:
        EOFError: the other side is gone.
        TimeoutError: the socket has a timeout and it has passed.
        ValueError: what came is not a packet.
    """
    room = socket.CMSG_SPACE(_CREDENTIALS.size) + socket.CMSG_SPACE(4 * _MOST_FILES)
    data, ancillary, flags, _ = end.recvmsg(_LARGEST, room, socket.MSG_CMSG_CLOEXEC)
    files = array.array("i")
    pid = 0
    for level, kind, payload in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            files.frombytes(payload[: len(payload) - len(payload) % files.itemsize])
        elif (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid = _CREDENTIALS.unpack(payload)[0]
    try:
        if not data:
            raise EOFError("the process on the other side is gone")
        body = json.loads(data)
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC) or not isinstance(body, dict):
            raise ValueError("a packet that is cut off or is not an object")
    except Exception:
        for file in files:
            os.close(file)
        raise
    return Packet(body, tuple(files), pid)
