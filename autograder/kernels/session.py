"""A student's kernel: it runs cells, answers programs, and is replaced when it dies or hangs."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from subprocess import DEVNULL
from typing import Any, TypeVar

from jupyter_client.manager import AsyncKernelManager
from nbformat.v4 import output_from_msg

from ..exercises import Answer, Program
from ..exercises.wire import MAX_BYTES, RefusedAnswerError, decode_answers, encode_program
from .sandbox import SandboxError

T = TypeVar("T")

STARTING = 60.0
"""Seconds in which a kernel has to start."""

GRACE = 2.0
"""Seconds that an interrupted kernel has to come back before it is killed."""

MAX_OUTPUT = 64 * 1024
"""Bytes of output that are kept of one cell."""

_REQUEST = (
    "__import__('autograder.exercises.respond', fromlist=['respond']).respond({!r}, globals())"
)


class TimedOutError(Exception):
    """The kernel took longer than it may."""


class DiedError(Exception):
    """The kernel ended while it was at work."""


@dataclass
class Ran:
    """What running a cell gave.

    Attributes:
        outputs: nbformat outputs, cut at `MAX_OUTPUT` bytes.
        error: the exception's name and text, or "".
        line: the line in the cell where it was raised, counted from 1, or 0.
    """

    outputs: list[Any] = field(default_factory=list)
    error: str = ""
    line: int = 0


class Session:
    """One kernel after another, with the same cells.

    A kernel that is gone is replaced at the next request, and every cell that was run to its
    end in the old one is run again in the new one.

    Args:
        makers: make the manager of a kernel that is not yet started; a later one is asked where
            those before cannot start theirs.
        cell_seconds: how long one cell may run.
        ask_seconds: how long the answers to one program may take.
    """

    def __init__(
        self,
        makers: Sequence[Callable[[], AsyncKernelManager]],
        cell_seconds: float,
        ask_seconds: float,
    ) -> None:
        self._makers = makers
        self._cell_seconds = cell_seconds
        self._ask_seconds = ask_seconds
        self._loop = asyncio.new_event_loop()
        self._manager: AsyncKernelManager | None = None
        self._client: Any = None
        self._done: list[str] = []

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._loop.run_until_complete(self._end())
        finally:
            self._loop.close()

    def run_cell(self, source: str) -> Ran:
        """Run a cell; an exception in it is part of what it gave.

        Raises:
            TimedOutError: where it took too long. The kernel is gone.
            DiedError: where the kernel ended. It is gone.
        """
        ran = self._twice(lambda: self._run(source))
        self._done.append(source)
        return ran

    def ask(self, program: Program) -> Sequence[Answer]:
        """The answers of the student's objects to `program`.

        Raises:
            TimedOutError, DiedError: as for a cell.
            RefusedAnswerError: where what came back is no answer.
        """
        request = base64.b64encode(encode_program(program)).decode()
        return self._twice(lambda: self._ask(program, request))

    def _twice(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do the work; where the kernel ends, once more: only an end that repeats is its own."""
        try:
            return self._loop.run_until_complete(work())
        except DiedError:
            return self._loop.run_until_complete(work())

    async def _run(self, source: str) -> Ran:
        await self._ready()
        kept = _Kept()
        reply = await self._execute(source, kept, self._cell_seconds)
        ran = Ran(kept.outputs)
        if reply["status"] != "ok":
            ran.error = f"{reply.get('ename', 'Error')}: {reply.get('evalue', '')}"
            ran.line = _line(kept.outputs)
        return ran

    async def _ask(self, program: Program, request: str) -> Sequence[Answer]:
        await self._ready()
        reply = await self._execute(
            "",
            _Kept(limit=0),
            self._ask_seconds,
            silent=True,
            user_expressions={"answers": _REQUEST.format(request)},
        )
        found = reply.get("user_expressions", {}).get("answers", {})
        text = found.get("data", {}).get("text/plain", "")
        if found.get("status") != "ok" or not isinstance(text, str):
            raise RefusedAnswerError(f"the kernel gave no answer ({found.get('ename', 'nothing')})")
        if len(text) > 4 * MAX_BYTES // 3 + 100:
            raise RefusedAnswerError(f"the answer is larger than {MAX_BYTES // 2**20} MiB")
        try:
            data = base64.b64decode(text.strip("'\""), validate=True)
        except binascii.Error:
            raise RefusedAnswerError("the answer is not base64") from None
        return decode_answers(data, program)

    async def _ready(self) -> None:
        if self._manager is not None:
            return
        self._manager = manager = await self._started()
        self._client = manager.client()
        self._client.start_channels()
        try:
            await self._client.wait_for_ready(timeout=STARTING)
        except RuntimeError as error:
            await self._end()
            raise DiedError(f"the kernel did not start: {error}") from None
        for source in self._done:
            await self._execute(source, _Kept(limit=0), self._cell_seconds)

    async def _started(self) -> AsyncKernelManager:
        """A kernel by the first of the managers that starts one: a warm process may be gone."""
        *others, last = self._makers
        for make_manager in others:
            manager = make_manager()
            with contextlib.suppress(SandboxError):
                await manager.start_kernel(stdout=DEVNULL, stderr=DEVNULL)
                return manager
        manager = last()
        await manager.start_kernel(stdout=DEVNULL, stderr=DEVNULL)
        return manager

    async def _execute(
        self, code: str, kept: _Kept, seconds: float, **options: Any
    ) -> dict[str, Any]:
        """Run code in the kernel, and end the kernel where it does not come back in time."""
        work = asyncio.ensure_future(
            self._client.execute_interactive(
                code,
                store_history=False,
                allow_stdin=False,
                stop_on_error=False,
                output_hook=kept,
                **options,
            )
        )
        end = time.monotonic() + seconds
        interrupted = False
        try:
            while not work.done():
                await asyncio.wait([work], timeout=min(0.2, max(0.0, end - time.monotonic())))
                if work.done():
                    break
                if self._manager is None or not await self._manager.is_alive():
                    raise DiedError("the kernel ended")
                if time.monotonic() < end:
                    continue
                if interrupted:
                    raise TimedOutError(f"it took longer than {seconds:g} seconds")
                interrupted = True
                end = time.monotonic() + GRACE
                await self._manager.interrupt_kernel()
            content: dict[str, Any] = work.result()["content"]
            if interrupted:
                raise TimedOutError(f"it took longer than {seconds:g} seconds")
            return content
        except (TimedOutError, DiedError):
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
            await self._end()
            raise

    async def _end(self) -> None:
        manager, self._manager = self._manager, None
        if manager is None:
            return
        self._client.stop_channels()
        await manager.shutdown_kernel(now=True)


class _Kept:
    """Collects outputs as they arrive, up to a limit of bytes."""

    def __init__(self, limit: int = MAX_OUTPUT) -> None:
        self.outputs: list[Any] = []
        self._left = limit

    def __call__(self, message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind not in ("stream", "display_data", "execute_result", "error"):
            return
        self._left -= len(str(content))
        if self._left >= 0:
            self.outputs.append(output_from_msg(message))
        elif kind == "error":
            self.outputs.append(output_from_msg({**message, "content": _short(content)}))


def _short(error: dict[str, Any]) -> dict[str, Any]:
    return {
        "ename": str(error.get("ename", ""))[:200],
        "evalue": str(error.get("evalue", ""))[:500],
        "traceback": [],
    }


def _line(outputs: Sequence[Any]) -> int:
    """The number of the line at fault, as IPython marks it in a traceback (`----> 3`)."""
    import re

    for output in reversed(outputs):
        if output.output_type == "error":
            text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(output.traceback))
            marks = re.findall(r"Cell In\[\d+\], line (\d+)", text)
            return int(marks[0]) if marks else 0
    return 0
