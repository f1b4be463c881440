"""The questions of the recurrent lesson: every number of an answer, made again."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from autograder.exercises import Array
from tests.chapters.pages import lesson_of


def answers(assignment: str) -> list[str]:
    """The answers of a lesson, in their order."""
    text = lesson_of(assignment).read_text(encoding="utf-8")
    section = text.split("\n## Questions\n")[1].split("\n## ")[0]
    asked = re.findall(r"^\*\*(\d+)\.\*\*", section, re.MULTILINE)
    found = re.findall(r"^:::\{dropdown\} Answer\n(.*?)\n:::$", section, re.MULTILINE | re.DOTALL)
    assert asked == [str(number) for number in range(1, len(found) + 1)]
    return found


def states(
    inputs: tuple[float, ...], to_units: list[float], between: list[list[float]]
) -> list[Array]:
    """The states of a simple network without biases that starts from 0."""
    h, found = np.zeros(len(to_units)), []
    for word in inputs:
        h = np.tanh(word * np.array(to_units) + h @ np.array(between))
        found.append(h)
    return found


@pytest.mark.parametrize("assignment", ["recurrent"])
def test_a_lesson_has_eight_to_twelve_questions_each_with_an_answer(assignment: str) -> None:
    assert 8 <= len(answers(assignment)) <= 12


def said(assignment: str, number: int, *parts: str) -> None:
    """Assert that an answer has these parts, in this order."""
    answer = answers(assignment)[number - 1]
    at = 0
    for part in parts:
        assert part in answer[at:], part
        at = answer.index(part, at) + len(part)


def test_recurrent_1_the_numbers_that_a_layer_learns() -> None:
    D, H = 3, 4
    torchs = sum(w.numel() for w in torch.nn.RNN(D, H).parameters())
    said("recurrent", 1, f"{D * H + H * H + H} for both", f"has {torchs}")


def test_recurrent_2_and_3_states_by_hand() -> None:
    one = [f"{h.item():.4f}" for h in states((1, 0, 0), [1], [[0.5]])]
    said("recurrent", 2, *one, "1 became 0.76")
    inputs, row = (1, 0, 0, -1, 0), [[0, 1.5], [0, 0]]
    first, second = np.array(states(inputs, [1, 0], np.transpose(row).tolist())).T
    assert not second.any()
    told = ", ".join(f"{h:.2f}" if h else "0" for h in first).replace("-", "−")
    said("recurrent", 3, f"shows {told} as before", "the second shows 0 throughout")
    before = np.array(states(inputs, [1, 0], row)).T
    np.testing.assert_array_equal(before[0], first)
    assert before[1].any()


def test_recurrent_4_temperatures() -> None:
    logits = torch.tensor([0.8, 0.2]).log()
    cold, warm = (torch.softmax(logits / tau, dim=0).tolist() for tau in (0.5, 2))
    said(
        "recurrent", 4, "{:.2f} and {:.2f} at".format(*cold), "{:.2f} and {:.2f} at 2".format(*warm)
    )


def test_recurrent_5_a_loss_with_padding() -> None:
    loss = np.array([[1, 1, 1, 1], [3, 0, 0, 0]], float)
    right, diluted = loss.sum() / 5, loss.sum() / loss.size
    said("recurrent", 5, f"the loss is {right}, a perplexity of {np.exp(right):.2f}")
    said("recurrent", 5, f"it is {diluted}, a perplexity of {np.exp(diluted):.2f}", "= 2$")
    assert (loss[0].mean() + 3) / 2 == 2


def test_recurrent_6_texts_taken_for_steps() -> None:
    torch.manual_seed(0)
    x, layer = torch.randn(5, 7, 3), torch.nn.RNN(3, 4)
    other = torch.cat([x[:1] + 1, x[1:]])
    moved = (layer(x)[0] - layer(other)[0]).abs().amax(dim=(1, 2))
    assert (moved > 1e-4).all()
    shapes = [tuple(out.shape) for out in layer(x)]
    layer.batch_first = True
    wanted = tuple(layer(x)[1].shape)
    said("recurrent", 6, f"`states` has the shape {shapes[0]}", f"shape {shapes[1]} where {wanted}")
    assert not (layer(x)[0] - layer(other)[0])[1:].any()


def test_recurrent_7_a_state_with_its_history() -> None:
    def losses(keep: str) -> list[float]:
        torch.manual_seed(0)
        layer, text = torch.nn.RNN(4, 8, batch_first=True), torch.randn(2, 60, 4)
        state, found = None, []
        for chunk in text.split(20, dim=1):
            out, state = layer(chunk, state)
            loss = out.square().mean()
            loss.backward()
            found.append(loss.item())
            state = {"all": state, "values": state.detach(), "nothing": None}[keep]
        return found

    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        losses("all")
    values, nothing = losses("values"), losses("nothing")
    assert values[0] == nothing[0]
    assert values[1] != nothing[1]
    said("recurrent", 7, "go backward through the graph a second time", "the losses change")


def test_recurrent_8_two_steps_back() -> None:
    h, wh = (0.2, 0.5, 0.8), 2
    da2 = 1 - h[2] ** 2
    da1 = da2 * wh * (1 - h[1] ** 2)
    right, slip = h[0] * da1 + h[1] * da2, h[1] * da1 + h[2] * da2
    numbers = (
        f"= {da2:.2f}$",
        f"= {da1:.2f}$",
        f"= {right:.3f}$",
        f"{slip:.3f}",
        f"{h[0] * da1:.3f}",
    )
    said("recurrent", 8, *numbers, f"= {da1 / da2:.1f}$")


def test_recurrent_9_three_ways_to_clip() -> None:
    g, limit = np.array([3.0, 4.0, 12.0]), 2.6
    size = np.linalg.norm(g)
    right = g * limit / size
    by_array = np.array([*(g[:2] * limit / np.linalg.norm(g[:2])), limit])
    by_entry = g.clip(-limit, limit)

    def turned(other: Array) -> str:
        angle = np.degrees(np.arccos(g @ other / size / np.linalg.norm(other)))
        return f"turned by {angle:.0f}°, "

    said("recurrent", 9, f"= {size:.0f}$", "$({:.1f}, {:.1f})$ and $({:.1f})$".format(*right))
    said("recurrent", 9, "$({:.2f}, {:.2f})$".format(*by_array), turned(by_array), "3.7")
    said("recurrent", 9, "all become 2.6", turned(by_entry), "4.5")
    norms = [round(float(np.linalg.norm(way)), 1) for way in (by_array, by_entry)]
    assert norms == [3.7, 4.5]


def test_recurrent_10_and_11_memory_and_radius() -> None:
    bytes_a_step = 192 * np.dtype(np.float32).itemsize
    said(
        "recurrent", 10, f"{10**6 * bytes_a_step // 10**6} megabytes", f"{50 * bytes_a_step / 1000}"
    )
    W = np.array([[0.5, 4], [0, 0.5]])
    assert np.abs(np.linalg.eigvals(W)).max() == 0.5
    np.testing.assert_array_equal(W @ W, [[0.25, 4], [0, 0.25]])
    pushed = [np.array([0.01, 0]) @ np.linalg.matrix_power(W, n) for n in (1, 2)]
    assert [round(float(push[1]), 12) for push in pushed] == [0.04, 0.04]
    size = [np.linalg.norm(np.linalg.matrix_power(W, n), 2) for n in (1, 2, 3, 10, 20)]
    told = ("{:.2f} after one", "{:.2f} after two", "{:.1f} after three", "{:.3f} after ten")
    parts = [part.format(value) for part, value in zip(told, size, strict=False)]
    said("recurrent", 11, "the radius is 0.5", *parts, f"{size[-1]:.5f} after twenty")
