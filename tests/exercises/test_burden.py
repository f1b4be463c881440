"""The burden is borne by what is called within it, and by nothing afterwards."""

from __future__ import annotations

import sys
import threading
import time

from autograder.exercises.shared.burden import burden


def loop() -> float:
    """The seconds of its own thread that a loop takes."""
    began, total = time.thread_time(), 0
    for number in range(3000):
        total += number
    return time.thread_time() - began


def test_a_loop_within_carries_it() -> None:
    free = min(loop() for _ in range(3))
    with burden():
        borne = loop()
    assert borne > 5 * free


def test_a_thread_that_was_born_within_is_free_of_it_afterwards() -> None:
    took: list[float] = []
    go = threading.Event()

    def later() -> None:
        go.wait()
        took.append(min(loop() for _ in range(3)))

    with burden():
        thread = threading.Thread(target=later)
        thread.start()
        within = loop()
    go.set()
    thread.join()
    assert took[0] < within / 5


def test_what_was_traced_before_is_traced_again() -> None:
    def nothing(*_: object) -> None:
        return None

    before, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(nothing)
    threading.settrace(nothing)
    try:
        with burden():
            pass
        found = sys.gettrace(), threading.gettrace()
    finally:
        sys.settrace(before)
        threading.settrace(in_threads)
    assert found == (nothing, nothing)
