"""The recurrent chapter: what is built on an unknown mistake is judged on its own, cheats fail."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.exercises import exercises, run
from autograder.exercises.program import arrays_in
from autograder.exercises.wire import decode_program, encode_program
from tests.students import judged_with, solved

SEED = 11

STEP = """
def rnn_step_forward(x, h, Wx, Wh, b):
    a = 0.7 * (x @ Wx) + h @ Wh + b
    return np.sin(a), (x, h, Wx, Wh, a)
"""
STEP_BACK = """
def rnn_step_backward(dh_next, cache):
    x, h, Wx, Wh, a = cache
    da = dh_next * np.cos(a)
    return 0.7 * da @ Wx.T, da @ Wh.T, 0.7 * x.T @ da, h.T @ da, da.sum(axis=0)
"""
ODD_BACK = STEP_BACK.replace("np.cos(a)", "(1 - np.sin(a) ** 2)")
ZERO_BACK = """
def rnn_step_backward(dh_next, cache):
    return tuple(np.zeros_like(a) for a in cache[:4]) + (np.zeros(len(cache[3])),)
"""
OTHER_TABLE = """
def embedding_forward(ids, E):
    return E[ids] * (1 + ids[..., None]) + 0.5, (ids, E)
"""
BACK_TO_OTHER = """
def embedding_backward(dout, cache):
    ids, E = cache
    dE = np.zeros_like(E)
    np.add.at(dE, ids, dout * (1 + ids[..., None]))
    return dE
"""
SUM_OF_TABLE = """
def embedding_forward(ids, E):
    return np.full((*ids.shape, E.shape[1]), E.sum()), (ids, E)
"""
BACK_TO_SUM = """
def embedding_backward(dout, cache):
    return np.full_like(cache[1], dout.sum())
"""
BLIND_SEQUENCE = """
def rnn_forward(x, h0, Wx, Wh, b):
    return np.zeros((*x.shape[:2], h0.shape[1])), (x, h0, Wx, Wh, b)
"""
BLIND_BACK = """
def rnn_backward(dhs, dhT, caches):
    return tuple(np.zeros_like(a) for a in caches)
"""


def statuses(name: str, **cells: str) -> dict[str, str]:
    found = judged_with(name, SEED, solved("recurrent", **cells))
    return {key: assessment.status for key, assessment in found.items()}


def test_all_that_is_right_for_an_odd_step_is_right() -> None:
    found = statuses("rnn_step_forward", rnn_step_forward=STEP, rnn_step_backward=STEP_BACK)
    assert found.pop("rnn_step_forward") == "wrong"
    assert found == dict.fromkeys(
        ("rnn_step_backward", "rnn_forward", "rnn_backward", "tbptt"), "correct"
    )


@pytest.mark.parametrize("back", [ODD_BACK, ZERO_BACK])
def test_a_wrong_backward_of_an_odd_step_is_wrong(back: str) -> None:
    cells = {"rnn_step_forward": STEP, "rnn_step_backward": back}
    assert statuses("rnn_step_forward", **cells)["rnn_step_backward"] == "wrong"


def test_a_wrong_sequence_of_an_odd_step_is_wrong() -> None:
    late = """
def rnn_forward(x, h0, Wx, Wh, b):
    hs, h = [], h0
    for t in range(x.shape[1]):
        hs.append(h)
        h, _ = rnn_step_forward(x[:, t], h, Wx, Wh, b)
    return np.stack(hs, axis=1), None
"""
    found = statuses("rnn_step_forward", rnn_step_forward=STEP, rnn_forward=late)
    assert found["rnn_forward"] == "wrong"


def test_nothing_that_is_built_on_nothing_counts() -> None:
    cells = {"rnn_forward": BLIND_SEQUENCE, "rnn_backward": BLIND_BACK}
    found = statuses("rnn_forward", **cells)
    assert found["rnn_forward"] == found["rnn_backward"] == "wrong"


@pytest.mark.parametrize("forgotten", ["dhT", "dhs"])
def test_a_gradient_that_is_ignored_is_seen_on_an_odd_step_too(forgotten: str) -> None:
    back = f"""
def rnn_backward(dhs, dhT, caches):
    {forgotten} = 0 * {forgotten}
    dh, dxs, total = dhT, [], 0
    for t in reversed(range(len(caches))):
        dx, dh, *found = rnn_step_backward(dhs[:, t] + dh, caches[t])
        dxs.insert(0, dx)
        total = [a + b for a, b in zip(total, found)] if total else found
    return np.stack(dxs, axis=1), dh, *total
"""
    cells = {"rnn_step_forward": STEP, "rnn_step_backward": STEP_BACK, "rnn_backward": back}
    assert statuses("rnn_step_forward", **cells)["rnn_backward"] == "wrong"
    right = back.replace(f"    {forgotten} = 0 * {forgotten}\n", "")
    cells["rnn_backward"] = right
    assert statuses("rnn_step_forward", **cells)["rnn_backward"] == "correct"


def test_the_adjoint_of_an_odd_look_up_is_right() -> None:
    cells = {"embedding_forward": OTHER_TABLE, "embedding_backward": BACK_TO_OTHER}
    found = statuses("embedding_forward", **cells)
    assert found == {
        "embedding_forward": "wrong",
        "embedding_backward": "correct",
        "tbptt": "correct",
    }


def test_the_adjoint_of_a_look_up_that_is_none_is_wrong() -> None:
    cells = {"embedding_forward": SUM_OF_TABLE, "embedding_backward": BACK_TO_SUM}
    assert statuses("embedding_forward", **cells)["embedding_backward"] == "wrong"


def test_what_fits_a_loss_of_another_kind_is_for_a_person() -> None:
    squares = """
def sequence_cross_entropy(z, y, mask):
    e = (z - np.eye(z.shape[2])[y]) * np.asarray(mask, float)[..., None]
    return float((e**2).sum()), 2 * e
"""
    found = statuses("sequence_cross_entropy", sequence_cross_entropy=squares)
    assert found == {"sequence_cross_entropy": "wrong", "tbptt": "needs_review"}


def test_chunks_that_do_not_join_are_wrong_on_an_odd_step_too() -> None:
    from autograder.grader import references

    reset = references.definition("recurrent", "tbptt").replace("h = hs[:, -1]", "h = h0")
    cells = {"rnn_step_forward": STEP, "rnn_step_backward": STEP_BACK, "tbptt": reset}
    assert statuses("rnn_step_forward", **cells)["tbptt"] == "wrong"


@pytest.mark.parametrize("exercise", exercises("recurrent"), ids=lambda e: e.name)
def test_a_program_crosses_the_wire_as_it_is(exercise) -> None:  # type: ignore[no-untyped-def]
    program = exercise.draw(SEED)
    crossed = decode_program(encode_program(program))
    assert [call.name for call in crossed.calls] == [call.name for call in program.calls]
    for there, here in zip(crossed.calls, program.calls, strict=True):
        for a, b in zip(arrays_in(there.args), arrays_in(here.args), strict=True):
            np.testing.assert_array_equal(a, b)
            assert a.dtype == b.dtype
    answers = run(crossed, solved("recurrent"))
    assert not [answer for answer in answers if answer.raised or answer.returned]


def test_a_norm_that_is_allowed_leaves_the_last_digit_alone() -> None:
    careless = """
def clip_grad_norm(grads, max_norm):
    norm = np.sqrt(sum(np.sum(g**2) for g in grads))
    direction = [g / max(norm, 1e-300) for g in grads]
    return [min(norm, max_norm) * d for d in direction], norm
"""
    found = judged_with("clip_grad_norm", SEED, solved("recurrent", clip_grad_norm=careless))
    assert found["clip_grad_norm"].status == "wrong"
    assert "changed in their last digits" in found["clip_grad_norm"].message
