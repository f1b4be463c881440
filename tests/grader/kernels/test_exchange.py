"""What a kernel sends beside what was asked of it costs the grader little, and is told of."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from jupyter_client.session import Session as Signer

from autograder.grader.kernels import exchange, kernel_manager
from autograder.grader.kernels.exchange import LARGEST_BROADCAST, LARGEST_MESSAGE, Reply
from autograder.grader.kernels.inside.limits import MIB
from autograder.grader.kernels.outputs import LEFT_OUT
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.session import Session
from tests.moments import moment

NESTED = b'{"a": [' + b"[]," * (LARGEST_MESSAGE // 3 - 10) + b"[]]}"
"""24 MB that take 600 as lists of Python."""


def message(signer: Signer, kind: bytes, content: bytes, parent: bytes = b"asked") -> list[bytes]:
    parts = [b'{"msg_type": "%s"}' % kind, b'{"msg_id": "%s"}' % parent, b"{}", content]
    return [b"<IDS|MSG>", signer.sign(parts), *parts]


@pytest.fixture
def measured() -> Iterator[None]:
    """Fails where reading has taken more than 32 MiB or a moment."""
    tracemalloc.start()
    with moment():
        yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 32 * MIB, peak / MIB


def test_a_broadcast_that_is_long_is_not_read(measured) -> None:
    ours, forger = Signer(key=b"ours"), Signer(key=b"another")
    assert exchange._read(forger, message(ours, b"stream", NESTED), "asked") == ("", b"")
    assert exchange._read(ours, message(ours, b"stream", NESTED, b"other"), "asked") == ("", b"")
    kind, content = exchange._read(ours, message(ours, b"stream", NESTED), "asked")
    assert (kind, exchange._broadcast(content)) == ("stream", None)


def test_a_header_that_is_long_is_not_read(measured) -> None:
    ours = Signer(key=b"ours")
    parts = [NESTED, b'{"msg_id": "asked"}', b"{}", b"{}"]
    signed = [b"<IDS|MSG>", ours.sign(parts), *parts]
    assert exchange._read(ours, signed, "asked") == ("", b"")


def test_of_a_reply_nothing_is_made_but_what_is_read(measured) -> None:
    assert exchange._decoded(NESTED, Reply) == Reply()


@pytest.mark.parametrize(
    ("content", "answers"),
    [
        (b'{"user_expressions": {"answers": {"status": "ok", "data": {"text/plain": "x"}}}}', "x"),
        (b'{"user_expressions": {"answers": {"status": "error", "ename": "E"}}}', None),
        (b'{"user_expressions": {"answers": [1]}}', None),
        (b'{"user_expressions": {}}', None),
        (b'{"status": 1}', None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
)
def test_answers_stand_in_their_place_or_there_are_none(content: bytes, answers: str) -> None:
    assert exchange._decoded(content, Reply).answers == answers


def test_who_prints_too_much_at_once_is_told_so() -> None:
    if probe().refusal:
        pytest.skip(probe().refusal)
    with Session([kernel_manager], 60, 60, 300) as session:
        ran = session.run_cell(f"import sys; sys.stdout.write('x' * {2 * LARGEST_BROADCAST}); None")
        assert [output.text for output in ran.outputs] == [LEFT_OUT]
        ran = session.run_cell("raise ValueError('\\udcff seen')")
        assert ran.error.startswith("ValueError: ")
        assert ran.error.endswith(" seen")
