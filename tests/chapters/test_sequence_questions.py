"""The questions of the gated lesson: every number of an answer, made again."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import torch

from tests.chapters.pages import lesson_of


def answers(assignment: str) -> list[str]:
    """The answers of a lesson, in their order."""
    text = lesson_of(assignment).read_text(encoding="utf-8")
    section = text.split("\n## Questions\n")[1].split("\n## ")[0]
    asked = re.findall(r"^\*\*(\d+)\.\*\*", section, re.MULTILINE)
    found = re.findall(r"^:::\{dropdown\} Answer\n(.*?)\n:::$", section, re.MULTILINE | re.DOTALL)
    assert asked == [str(number) for number in range(1, len(found) + 1)]
    return found


@pytest.mark.parametrize("assignment", ["lstm"])
def test_a_lesson_has_eight_to_twelve_questions_each_with_an_answer(assignment: str) -> None:
    assert 8 <= len(answers(assignment)) <= 12


def said(assignment: str, number: int, *parts: str) -> None:
    """Assert that an answer has these parts, in this order."""
    answer = answers(assignment)[number - 1]
    at = 0
    for part in parts:
        assert part in answer[at:], part
        at = answer.index(part, at) + len(part)


def sigmoid(a: float) -> float:
    return float(1 / (1 + np.exp(-a)))


def test_gated_1_to_3_single_steps() -> None:
    assert torch.sigmoid(torch.tensor(-1000.0, dtype=torch.float64)) == 0
    said("lstm", 1, "at a pre-activation of −1000 the sigmoid is rounded to 0")
    c, f, i, g, o = 4, 0.5, 0.25, -0.8, 0.5
    c_next = f * c + i * g
    tanh = np.tanh(c_next)
    parts = (f"= {c_next:.1f}$", f"{tanh:.4f} = {o * tanh:.4f}$", f"gets {o * c_next:.1f} has")
    said("lstm", 2, *parts)
    h, n, z = 0.8, -0.4, 0.75
    ours, theirs = (1 - z) * n + z * h, (1 - z) * h + z * n
    said("lstm", 3, f"= {ours:.1f}$", f"= {theirs:.1f}$")


def test_gated_4_numbers_of_a_layer() -> None:
    def learned(D: int, H: int) -> int:
        layer = torch.nn.LSTM(D, H)
        return sum(w.numel() for w in layer.parameters()) - 4 * H  # torch has a second bias

    small, large = learned(10, 20), learned(10, 40)
    assert small % 4 == 0
    parts = (f"= {small}$", f"{small // 4}. ", f"has {large}", f"{large / small:.1f} times")
    said("lstm", 4, *parts)


def test_gated_5_how_long_a_gate_holds() -> None:
    left = {T: 0.95**T for T in (13, 14)}
    assert left[14] < 0.5 < left[13]
    said("lstm", 5, f"{left[13]:.3f} after 13 steps and {left[14]:.3f} after 14, so 14")
    f = 0.5 ** (1 / 100)
    bias = np.log(f / (1 - f))
    assert sigmoid(bias) == pytest.approx(f)
    said("lstm", 5, f"= {f:.4f}$", rf"\ln({f:.4f} / {1 - f:.4f}) = {bias:.2f}$")
    evenly, wide = 0.995**100, sigmoid(3) ** 100
    said("lstm", 5, f"{evenly:.0%} left".replace("%", " per cent would be"))
    said("lstm", 5, f"{100 * wide:.1f} per cent")


def test_gated_6_whose_bias_was_set() -> None:
    torch.manual_seed(0)
    layer, H = torch.nn.LSTM(16, 32), 32
    with torch.no_grad():
        for weights in layer.parameters():
            weights.zero_()
        layer.bias_ih_l0[:H] = 1000.0
        closed = layer(torch.zeros(1, 1, 16), (torch.zeros(1, 1, H), torch.ones(1, 1, H)))[1][1]
        layer.bias_ih_l0[:] = 0.0
        layer.bias_ih_l0[H : 2 * H] = 1000.0
        kept = layer(torch.zeros(1, 1, 16), (torch.zeros(1, 1, H), torch.ones(1, 1, H)))[1][1]
    assert torch.allclose(closed, torch.tensor(0.5))  # still half forgotten
    assert torch.allclose(kept, torch.tensor(1.0))
    said("lstm", 6, "The input gate", f"`[{H}:{2 * H}]`")
    bound = torch.nn.LSTM(16, H).bias_hh_l0.abs().max().item()
    assert 0.9 * H**-0.5 < bound <= H**-0.5
    said("lstm", 6, f"between −{H**-0.5:.2f} and {H**-0.5:.2f}")
    said("lstm", 6, f"= {sigmoid(2):.2f}$", f"= {sigmoid(1):.2f}$")


def test_gated_7_the_direct_road() -> None:
    def derivative(candidate: float) -> float:
        start = c = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        for f, i in ((0.9, 0.2), (0.5, 0.9), (1.0, 0.6)):
            c = f * c + i * candidate
        (slope,) = torch.autograd.grad(c, start)
        return slope.item()

    assert derivative(0.3) == derivative(0.6)
    said("lstm", 7, f"= {derivative(0.3):.2f}$, and it does not change")


def test_gated_8_a_bound_and_none() -> None:
    h, c, gru, lstm = 0.0, 0.0, [], []
    for _ in range(20):
        h, c = 0.5 * 1 + 0.5 * h, c + 0.5 * 1
        gru.append(h)
        lstm.append(c)
    said("lstm", 8, ", ".join(map(str, gru[:4])), ", ".join(f"{c:g}" for c in lstm[:4]))
    assert 0 < 1 - gru[-1] < 1e-6
    said("lstm", 8, f"it is at {lstm[-1]:g}")


def test_gated_9_what_is_shown_of_a_count() -> None:
    two, three, six, seven = (np.tanh(float(depth)) for depth in (2, 3, 6, 7))
    said(
        "lstm",
        9,
        f"= {two:.3f}$",
        f"= {three:.3f}$",
        f"by {three - two:.2f};",
        f"{seven - six:.5f}",
    )
    six, seven = np.tanh(0.6), np.tanh(0.7)
    said("lstm", 9, f"= {six:.3f}$", f"= {seven:.3f}$", f"{seven - six:.2f} apart")


def test_gated_10_one_step_from_zero_does_not_tell_the_two_models_apart() -> None:
    rng = np.random.default_rng(0)
    D, H = 3, 4
    Wx, Wh, b = rng.normal(size=(D, 3 * H)), rng.normal(size=(H, 3 * H)), rng.normal(size=3 * H)
    layer = torch.nn.GRU(D, H).double()
    arrays = (Wx.T, Wh.T, b, 0 * b)
    layer.load_state_dict(dict(zip(layer.state_dict(), map(torch.tensor, arrays), strict=True)))
    x, h = rng.normal(size=(2, D)), np.zeros(H)
    theirs = layer(torch.tensor(x)[:, None])[0][:, 0].detach().numpy()
    apart = []
    for t in range(2):
        of_x = x[t] @ Wx + b
        r, z = 1 / (1 + np.exp(-(of_x + h @ Wh)[: 2 * H].reshape(2, H)))
        h = (1 - z) * np.tanh(of_x[2 * H :] + (r * h) @ Wh[:, 2 * H :]) + z * h
        apart.append(np.abs(h - theirs[t]).max())
    assert apart[0] < 1e-12
    assert apart[1] > 0.01
    said("lstm", 10, "No, and no order", "At the second step they part")


def test_gated_11_and_12_what_a_record_and_a_report_say() -> None:
    record = lesson_of("lstm").parent / "results" / "writers.json"
    kinds = json.loads(record.read_text(encoding="utf-8"))["runs"]
    runs = [run for kind, found in kinds.items() if kind.startswith("LSTM") for run in found]
    chance = [run["by chance"] for run in runs]
    best, spread = (max(run[key] for run in runs) for key in ("best unit of h", "all units of c"))
    said("lstm", 11, f"reaches {min(chance):.2f} to {max(chance):.2f}")
    said("lstm", 11, f"got beyond {best:.2f}", f"up to {spread:.2f}")
    arrived = [500, 560, 610, 700]
    gru, lstm = 300 * 8 / 1000, 600 * 3.5 / 1000
    said("lstm", 12, f"{lstm} s against {gru} s", f"{np.mean(arrived)}")
    said("lstm", 12, f"is {np.median([*arrived, np.inf]):g};")
