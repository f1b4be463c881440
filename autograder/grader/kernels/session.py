"""A student's kernel: it runs cells, answers programs, and is replaced when it dies or hangs."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from subprocess import DEVNULL
from typing import Any, NamedTuple, TypeVar

from autograder.exercises import Answer, Program, respond
from autograder.exercises.wire import MAX_BYTES, RefusedAnswerError, decode_answers, encode_program
from autograder.grader.kernels.exchange import DiedError, FloodError, Hear, Reply, execute
from autograder.grader.kernels.manager import SandboxKernelManager
from autograder.grader.kernels.outputs import Outputs
from autograder.grader.kernels.patience import BusyError, Patience, TimedOutError
from autograder.grader.kernels.printable import MAX_OUTPUT, line, without_cell_number
from autograder.grader.kernels.sandbox import SandboxError

T = TypeVar("T")

STARTING = 300.0
"""Seconds in which a kernel has to start, which takes less than one where nothing else runs."""

ALL_OUTPUT = 4 * MAX_OUTPUT
"""Characters of output that are kept of all cells together."""

_REQUEST = f"__import__({respond.__name__!r}, fromlist=['respond']).respond({{!r}}, globals())"


@dataclass
class CellResult:
    """What running a cell gave.

    Attributes:
        outputs: nbformat outputs, harmless and of limited size.
        error: the exception's name and text, or "".
        line: the line in the cell where it was raised, counted from 1, or 0.
    """

    outputs: list[Any] = field(default_factory=list)
    error: str = ""
    line: int = 0


class _Done(NamedTuple):
    """A cell that was run to its end: its text, and what of it is run where the rest does harm."""

    source: str
    definitions: str


class Session:
    """One kernel after another, with the same cells.

    A kernel that is gone is replaced at the next request, and every cell that was run to its
    end in the old one is run again in the new one. Where that ends again, or does not come back,
    it may be by a call that stands beside a definition and lets the kernel die or hang a moment
    later: then the definitions alone are run, if what is asked for is had that way.

    What a cell prints after a program was asked may hold the inputs of that program. It is then
    run once more in a kernel that was asked nothing, and what is printed there is shown.

    Args:
        makers: make the manager of a kernel that is not yet started; a later one is asked where
            those before cannot start theirs.
        cell_seconds: how long one cell may run, as `Patience` counts.
        ask_seconds: how long the answers to one program may take.
        all_seconds: how long all of it may take.
    """

    def __init__(
        self,
        makers: Sequence[Callable[[], SandboxKernelManager]],
        cell_seconds: float,
        ask_seconds: float,
        all_seconds: float,
    ) -> None:
        self._makers = makers
        self._cell_seconds = cell_seconds
        self._ask_seconds = ask_seconds
        self._all_seconds = all_seconds
        self._seconds_left = all_seconds
        self._output_left = ALL_OUTPUT
        self._loop = asyncio.new_event_loop()
        self._manager: SandboxKernelManager | None = None
        self._client: Any = None
        self._done: list[_Done] = []
        self._asked = False
        self._hangs = False
        self._unasked: Session | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._loop.run_until_complete(self._end())
        finally:
            self._loop.close()
            if self._unasked is not None:
                self._unasked.__exit__()

    def run_cell(self, source: str, definitions: str | None = None) -> CellResult:
        """Run a cell; an exception in it is part of what it gave.

        Args:
            source: its text.
            definitions: what of it defines something; all of it where that is not told.

        Raises:
            TimedOutError: where it took too long. The kernel is gone.
            BusyError: where the machine was too busy twice to let it come to an end. It is gone.
            DiedError: where the kernel ended. It is gone.
            FloodError: where it printed more than is received. The kernel is gone.
        """
        done = _Done(source, source if definitions is None else definitions)
        # A call may end the kernel itself: only what defines something is helped against others.
        right = _no_error if done.definitions == source else None
        ran = self._steadily(lambda: self._run(source), right)
        if self._asked and (ran.outputs or ran.error):
            ran = self._shown(done, ran)
        self._done.append(done)
        return ran

    def ask(self, program: Program, seconds: float = 0.0) -> Sequence[Answer]:
        """The answers of the student's objects to `program`.

        Args:
            program: the calls to be made.
            seconds: how long they may take, where that is more than `ask_seconds`.

        Raises:
            TimedOutError, BusyError, DiedError, FloodError: as for a cell.
            RefusedAnswerError: where what came back is no answer.
        """
        request = base64.b64encode(encode_program(program)).decode()
        allowed = max(self._ask_seconds, seconds)
        return self._steadily(lambda: self._ask(program, request, allowed), _has_values)

    def processor_time(self) -> float | None:
        """The seconds that the kernel's processes have worked; None where nobody counts them all.

        It begins anew with a kernel that takes the place of another.
        """
        usage = None if self._manager is None else self._manager.usage()
        return usage.cpu if usage is not None and usage.complete else None

    def ask_apart(self, program: Program, seconds: float = 0.0) -> Sequence[Answer]:
        """The answers to public inputs in a kernel that has seen no hidden ones.

        Returns:
            As `ask`, or nothing where there is no answer.
        """
        other = self._other()
        try:
            for earlier in self._done[len(other._done) :]:
                other.run_cell(*earlier)
            return other.ask(program, seconds)
        except (TimedOutError, BusyError, DiedError, FloodError, RefusedAnswerError):
            return ()
        finally:
            other._asked = False  # what is public may be printed

    def _other(self) -> Session:
        """The session that has seen no hidden input."""
        if self._unasked is None:
            self._unasked = Session(
                self._makers, self._cell_seconds, self._ask_seconds, self._seconds_left
            )
        return self._unasked

    def _steadily(
        self, work: Callable[[], Coroutine[Any, Any, T]], right: Callable[[T], bool] | None
    ) -> T:
        """Do the work; where the kernel ends, once more: only an end that repeats is its own.

        Once more, too, where the machine was too busy for it. What does not come back is tried
        with definitions alone, until that has not helped: it takes as long again.

        Args:
            work: what is done.
            right: whether it came out as it should, where it may be done with definitions alone.
        """
        try:
            return self._loop.run_until_complete(work())
        except (DiedError, BusyError):
            pass
        except TimedOutError:
            found = self._with_definitions(work, None if self._hangs else right)
            if found is None:
                self._hangs = True
                raise
            return found
        try:
            return self._loop.run_until_complete(work())
        except DiedError:
            found = self._with_definitions(work, right)
            if found is None:
                raise
            return found

    def _with_definitions(
        self, work: Callable[[], Coroutine[Any, Any, T]], right: Callable[[T], bool] | None
    ) -> T | None:
        """What the work gives where of the cells before the definitions alone are run.

        Returns:
            None where it does not come out right, or may not be done so; then all is as it was
            before.
        """
        if right is None:
            return None
        done, self._done = self._done, [_Done(d, d) for _, d in self._done]
        if self._done != done:
            with contextlib.suppress(
                TimedOutError, BusyError, DiedError, FloodError, RefusedAnswerError
            ):
                found = self._loop.run_until_complete(work())
                if right(found):
                    return found
            self._loop.run_until_complete(self._end())
        self._done = done
        return None

    def _shown(self, cell: _Done, ran: CellResult) -> CellResult:
        """What a cell that gave `ran` gives in a kernel that has seen no hidden input."""
        other = self._other()
        try:
            for earlier in self._done[len(other._done) :]:
                other.run_cell(*earlier)
            shown = other.run_cell(*cell)
        except (TimedOutError, BusyError, DiedError, FloodError):
            shown = CellResult()
        # Even the name of what is raised in the other kernel alone is a text of its maker's.
        return CellResult(shown.outputs, ran.error and (shown.error or "an error"), shown.line)

    async def _run(self, source: str) -> CellResult:
        heard = Outputs(min(MAX_OUTPUT, self._output_left))
        reply = await self._execute(source, heard.hear, self._cell_seconds)
        self._output_left -= heard.size
        ran = CellResult(heard.kept)
        if reply.status != "ok":
            name, text = line(reply.ename, 100), without_cell_number(line(reply.evalue, 300))
            ran.error = f"{name or 'an error'}: {text}".rstrip(": ")
            ran.line = heard.line
        return ran

    async def _ask(self, program: Program, request: str, seconds: float) -> Sequence[Answer]:
        await self._ready()
        self._asked = True
        reply = await self._execute(
            "",
            _ignored,
            seconds,
            silent=True,
            user_expressions={"answers": _REQUEST.format(request)},
        )
        text = reply.answers
        if text is None:
            raise RefusedAnswerError("the kernel gave none")
        if len(text) > 4 * MAX_BYTES // 3 + 100:
            raise RefusedAnswerError(f"it is larger than {MAX_BYTES // 2**20} MiB")
        try:
            data = base64.b64decode(text.strip("'\""), validate=True)
        except ValueError:
            raise RefusedAnswerError("it is not base64") from None
        return decode_answers(data, program)

    async def _ready(self) -> SandboxKernelManager:
        if self._manager is not None:
            return self._manager
        self._manager = manager = await self._started()
        self._client = manager.client()
        self._client.start_channels(stdin=False, hb=False, control=False)
        try:
            await self._client.wait_for_ready(timeout=STARTING)
        except RuntimeError as error:
            alive = await manager.is_alive()
            await self._end()
            if alive:
                raise BusyError(f"in {STARTING:g} seconds a kernel did not start") from None
            raise DiedError(f"the kernel did not start: {error}") from None
        for source, _ in self._done:
            if source:
                await self._execute(source, _ignored, self._cell_seconds)
        return manager

    async def _started(self) -> SandboxKernelManager:
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

    async def _execute(self, code: str, hear: Hear, seconds: float, **options: Any) -> Reply:
        """Run code in the kernel, and end the kernel where it does not come back as it should."""
        if self._seconds_left <= 0:
            raise TimedOutError(f"all of it took longer than {self._all_seconds:g} seconds")
        manager = await self._ready()
        patience = Patience(min(seconds, self._seconds_left), manager.usage)
        try:
            return await execute(self._client, manager.is_alive, code, hear, patience, **options)
        except (TimedOutError, BusyError, DiedError, FloodError):
            await self._end()
            raise
        finally:
            self._seconds_left -= patience.counted

    async def _end(self) -> None:
        manager, self._manager = self._manager, None
        self._asked = False
        if manager is None:
            return
        self._client.stop_channels()
        await manager.shutdown_kernel(now=True)


def _no_error(ran: CellResult) -> bool:
    return not ran.error


def _has_values(answers: Sequence[Answer]) -> bool:
    return any(not answer.raised for answer in answers)


def _ignored(kind: str, content: Mapping[str, Any]) -> None:
    """Hear nothing."""
