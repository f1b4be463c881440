"""The questions of the gated lesson: every number of an answer, made again."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import torch

from tests.chapters import pages
from tests.chapters.pages import lesson_of
from tests.chapters.test_gated import lesson, ran


def said(page: str, number: int, *parts: str) -> None:
    pages.said(lesson(page), number, *parts)


def sigmoid(a: float) -> float:
    return float(1 / (1 + np.exp(-a)))


def test_single_steps() -> None:
    assert torch.sigmoid(torch.tensor(-1000.0, dtype=torch.float64)) == 0
    said("index", 1, "at a pre-activation of −1000 the sigmoid is rounded to 0")
    c, f, i, g, o = 4, 0.5, 0.25, -0.8, 0.5
    c_next = f * c + i * g
    tanh = np.tanh(c_next)
    parts = (f"= {c_next:.1f}$", f"{tanh:.4f} = {o * tanh:.4f}$", f"gets {o * c_next:.1f} has")
    said("lstm_step", 1, *parts)
    h, n, z = 0.8, -0.4, 0.75
    ours, theirs = (1 - z) * n + z * h, (1 - z) * h + z * n
    said("gated_recurrent_unit", 1, f"= {ours:.1f}$", f"= {theirs:.1f}$")


def test_numbers_of_a_layer() -> None:
    def learned(D: int, H: int) -> int:
        layer = torch.nn.LSTM(D, H)
        return sum(w.numel() for w in layer.parameters()) - 4 * H  # torch has a second bias

    small, large = learned(10, 20), learned(10, 40)
    assert small % 4 == 0
    parts = (f"= {small}$", f"{small // 4}. ", f"has {large}", f"{large / small:.1f} times")
    said("lstm_step", 2, *parts)


def test_how_long_a_gate_holds() -> None:
    left = {T: 0.95**T for T in (13, 14)}
    assert left[14] < 0.5 < left[13]
    said("lstm_training", 4, f"{left[13]:.3f} after 13 steps and {left[14]:.3f} after 14, so 14")
    f = 0.5 ** (1 / 100)
    bias = np.log(f / (1 - f))
    assert sigmoid(bias) == pytest.approx(f)
    said("lstm_training", 4, f"= {f:.4f}$", rf"\ln({f:.4f} / {1 - f:.4f}) = {bias:.2f}$")
    evenly, wide = 0.995**100, sigmoid(3) ** 100
    said("lstm_training", 4, f"{evenly:.0%} left".replace("%", " per cent would be"))
    said("lstm_training", 4, f"{100 * wide:.1f} per cent")


def test_whose_bias_was_set() -> None:
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
    said("lstm_training", 5, "The input gate", f"`[{H}:{2 * H}]`")
    bound = torch.nn.LSTM(16, H).bias_hh_l0.abs().max().item()
    assert 0.9 * H**-0.5 < bound <= H**-0.5
    said("lstm_training", 5, f"between −{H**-0.5:.2f} and {H**-0.5:.2f}")
    said("lstm_training", 5, f"= {sigmoid(2):.2f}$", f"= {sigmoid(1):.2f}$")


def test_the_direct_road() -> None:
    def derivative(candidate: float) -> float:
        start = c = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        for f, i in ((0.9, 0.2), (0.5, 0.9), (1.0, 0.6)):
            c = f * c + i * candidate
        (slope,) = torch.autograd.grad(c, start)
        return slope.item()

    assert derivative(0.3) == derivative(0.6)
    said("index", 4, f"= {derivative(0.3):.2f}$, and it does not change")


def test_a_bound_and_none() -> None:
    h, c, gru, lstm = 0.0, 0.0, [], []
    for _ in range(20):
        h, c = 0.5 * 1 + 0.5 * h, c + 0.5 * 1
        gru.append(h)
        lstm.append(c)
    said(
        "gated_recurrent_unit",
        4,
        ", ".join(map(str, gru[:4])),
        ", ".join(f"{c:g}" for c in lstm[:4]),
    )
    assert 0 < 1 - gru[-1] < 1e-6
    said("gated_recurrent_unit", 4, f"it is at {lstm[-1]:g}")


def test_what_is_shown_of_a_count() -> None:
    two, three, six, seven = (np.tanh(float(depth)) for depth in (2, 3, 6, 7))
    said(
        "index",
        6,
        f"= {two:.3f}$",
        f"= {three:.3f}$",
        f"by {three - two:.2f};",
        f"{seven - six:.5f}",
    )
    six, seven = np.tanh(0.6), np.tanh(0.7)
    said("index", 6, f"= {six:.3f}$", f"= {seven:.3f}$", f"{seven - six:.2f} apart")


def test_one_step_from_zero_does_not_tell_the_two_models_apart() -> None:
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
    said("gated_recurrent_unit", 5, "No, and no order", "At the second step they part")


def test_what_a_record_and_a_report_say() -> None:
    record = lesson_of("lstm").parent / "results" / "writers.json"
    kinds = json.loads(record.read_text(encoding="utf-8"))["runs"]
    runs = [run for kind, found in kinds.items() if kind.startswith("LSTM") for run in found]
    chance = [run["by chance"] for run in runs]
    best, spread = (max(run[key] for run in runs) for key in ("best unit of h", "all units of c"))
    said("what_gates_learn", 5, f"reaches {min(chance):.2f} to {max(chance):.2f}")
    said("what_gates_learn", 5, f"got beyond {best:.2f}", f"up to {spread:.2f}")
    arrived = [500, 560, 610, 700]
    gru, lstm = 300 * 8 / 1000, 600 * 3.5 / 1000
    said("which_to_take", 5, f"{lstm} s against {gru} s", f"{np.mean(arrived)}")
    said("which_to_take", 5, f"is {np.median([*arrived, np.inf]):g};")


def test_a_tenth_of_a_value_and_a_value_that_is_kept() -> None:
    left = {T: 0.9**T for T in (6, 7, 21, 22)}
    assert left[6] > 0.5 > left[7]
    assert left[21] > 0.1 > left[22]
    said("index", 2, "between 21 and 28", f"= {np.log(0.1) / np.log(0.9):.1f}$, so 22 steps")
    said("index", 2, f"= {left[21]:.3f}$", f"= {left[22]:.3f}$")
    assert (3 * 7, 4 * 7) == (21, 28)
    kept = 0.98 * 5
    said("index", 3, f"= {kept:.1f}$", f"between {kept - 0.03:.2f} and {kept + 0.03:.2f}")


def test_the_step_that_sees_the_cell_state_alone_and_a_firm_gate() -> None:
    f, i, g, c = 0.5, 0.5, -0.8, -1.0
    da = g * i * (1 - i), c * f * (1 - f), i * (1 - g * g)
    said("lstm_step", 3, f"= {da[0]:.1f}$", f"= {da[1]:.2f}$", f"= {da[2]:.2f}$", f"$dc = {f}$")
    D, H = 3, 4
    said("lstm_step", 4, f"(2, {4 * H})", f"({D}, {4 * H})", f"`[:, {H}:{2 * H}]`", f"= {D * H}$")
    slope = 0.999 * (1 - 0.999)
    said("lstm_step", 5, f"= {slope:.6f}$", "about 250 times less")
    assert 0.25 / slope == pytest.approx(250, rel=0.01)


def test_what_two_directions_have_read_and_how_many_numbers_a_stack_learns() -> None:
    torch.manual_seed(0)
    N, T, H = 2, 5, 4
    both = torch.nn.LSTM(3, H, bidirectional=True, batch_first=True)
    x = torch.randn(N, T, 3, requires_grad=True)
    hs = both(x)[0]
    for half, reads in ((slice(0, H), range(T)), (slice(H, None), [T - 1])):
        (moved,) = torch.autograd.grad(hs[:, -1, half].sum(), x, retain_graph=True)
        assert [t for t in range(T) if moved[:, t].any()] == list(reads)
    assert torch.equal(both(x)[1][0][1], hs[:, 0, H:])
    said("lstm_training", 1, "`hs[:, -1, :4]`", "`hs[:, -1, 4:]`", "`hs[:, 0, 4:]`")
    said("lstm_training", 2, "= 0.2$", f"= {0.9 * 0.2:.2f}$")

    def learned(D: int, H: int) -> int:
        return sum(w.numel() for w in torch.nn.LSTM(D, H).parameters()) - 4 * H

    one, upper, above = learned(10, 20), learned(20, 20), learned(40, 20)
    parts = (f"= {one}$", f"= {upper}$, together {one + upper}", f"that is {2 * one}")
    said("lstm_training", 3, *parts, f"= {above}$")


def test_a_silenced_unit_in_both_forms_and_a_gate_at_one() -> None:
    h, w, r1 = np.array([0.6, -0.4]), np.array([1.0, 2.0]), 0.5
    after, before = r1 * (h @ w), (np.array([r1, 0.0]) * h) @ w
    assert before == pytest.approx(0.3)
    parts = (f"= {after:.1f}$", f"= {np.tanh(0.2 + after):.4f}$")
    said("gated_recurrent_unit", 2, *parts, f"= {before:.1f}$", f"= {np.tanh(0.2 + before):.4f}$")
    cell = torch.nn.GRUCell(2, 1).double()
    with torch.no_grad():
        cell.bias_ih[1] = 100.0  # the update gate
    state = torch.tensor([[0.4]], dtype=torch.float64, requires_grad=True)
    cell(torch.ones(1, 2, dtype=torch.float64), state).sum().backward()
    assert state.grad is not None
    assert state.grad.item() == pytest.approx(1, abs=1e-12)
    assert all(p.grad is not None and p.grad.abs().max() < 1e-12 for p in cell.parameters())
    # With the reset before the product another unit hears this one through its reset gate.
    a_r = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    h2, z = torch.tensor([0.6, -0.4]).double(), torch.tensor([1.0, 0.5]).double()
    n = torch.tanh((torch.sigmoid(a_r) * h2) @ torch.ones(2, 2, dtype=torch.float64))
    (slope,) = torch.autograd.grad(((1 - z) * n + z * h2).sum(), a_r)
    assert abs(slope[0].item()) > 0.01
    said("gated_recurrent_unit", 3, "None of them", "from the candidates of *other* units")


def test_a_level_and_bits_a_letter() -> None:
    level = 0.3 / (1 - 0.8)
    c = 0.0
    for _ in range(5):
        c = 0.8 * c + 0.3
    said("what_gates_learn", 1, f"$c = {level:.1f}$", f"= {0.8**5:.3f}$", f"= {c:.3f}$")
    small, large = np.log2(4.1), np.log2(5.0)
    said("what_gates_learn", 2, f"= {small:.2f}$", f"= {large:.2f}$", f"{large - small:.2f} bits")
    record = json.loads((lesson_of("lstm").parent / "results" / "traces.json").read_text())
    trace = record["runs"]["gru"][0]["trace"]["z"]
    assert sum(z < 0.05 for z in trace) >= len(trace) - 1


def test_numbers_of_the_layers_that_were_compared() -> None:
    def learned(kind: str) -> int:
        return sum(w.numel() for w in getattr(torch.nn, kind)(10, 32).parameters())

    part = learned("RNN")
    said("which_to_take", 1, f"= {part}$", f"{learned('LSTM')}; the GRU three, {learned('GRU')}")
    assert (learned("LSTM"), learned("GRU")) == (4 * part, 3 * part)
    scores = json.loads((lesson_of("lstm").parent / "results" / "gates.json").read_text())["scores"]
    lstm = scores["copying"]["equal parameters"]["lstm"]
    gru = scores["brackets"]["equal parameters"]["gru"]
    said("which_to_take", 2, f"from {min(lstm):.2f} to {max(lstm):.2f}")
    said("which_to_take", 2, f"from {min(gru):.2f} to {max(gru):.2f}")


def test_variants_by_hand() -> None:
    D, H = 10, 20
    usual = 4 * (D * H + H * H + H)
    parts = (f"= {3 * H}$ more, {usual + 3 * H}", f"= {usual * 3 // 4}$", f"= {3 * H * H}$ more")
    said("variants", 1, *parts)
    h = np.array([7.0, -3.0])
    for a, b in ((0.9, 1), (0, 5), (0.5, 2)):
        h = a * h + b
    np.testing.assert_array_equal(h, 4.5)
    said("variants", 2, "= 4.5$", "The result is 4.5")
    said("variants", 3, f"= {0.8 * 0.9 + 0.2:.2f}$", f"which is {0.8 * 0.9 + 0.8:.2f} for")


def test_what_the_page_on_variants_computes_by_hand_is_what_torch_finds() -> None:
    names, printed = ran("variants")
    text = lesson("variants").read_text(encoding="utf-8")
    dc, (a_i, a_f, _, a_o) = names["unit_two"](0.5)
    for part in (f"$da_o = {a_o:.4f}$", f"= {a_i:.4f}$ and $da_f", f"= {a_f:.4f}$", f"= {dc:.4f}$"):
        assert part.replace("-0", "-0") in text, part
    p, c = torch.full((3,), 0.5, dtype=torch.float64, requires_grad=True), -1.0
    gates = torch.tensor([0.0, 0.0, np.log(0.9 / 0.1)]) - 0.5 * torch.tensor([-1.0, -1.0, -0.9])
    held = torch.sigmoid(gates[0] + p[0] * c) * -0.8 + torch.sigmoid(gates[1] + p[1] * c) * c
    shown = torch.tanh(held) * torch.sigmoid(gates[2] + p[2] * held)
    (dp,) = torch.autograd.grad(shown + 0.5 * held, p)
    assert dp.tolist() == pytest.approx([a_i * c, a_f * c, a_o * -0.9], abs=1e-6)
    plain = names["unit_two"](0.0)[0]
    assert f"Without peepholes it was {plain:.4f}." in text
    coupled = names["unit_two"](0.0, coupled=True)[1]
    assert coupled[0] == 0
    assert f"= {coupled[1]:.4f}$" in text
    two = names["unit_two"](0.0)[1]
    assert coupled[1] == pytest.approx(two[1] - two[0])
    held, shown = names["timed"]["with peepholes"]
    assert [t + 1 for t in range(40) if shown[t] > 1e-6] == [10, 20, 30, 40]
    np.testing.assert_allclose(shown[9::10], np.tanh(1), atol=1e-6)
    np.testing.assert_allclose(held, np.tile(np.arange(1, 11) / 10, 4), atol=1e-6)
    held, shown = names["timed"]["without"]
    np.testing.assert_allclose(held[-1], 4, atol=1e-6)
    assert shown.max() < 1e-100
    assert "the same states: True   rounds: 10" in printed
    assert "{'two gates': 10.0, 'coupled': 1.0}" in printed
    h = 4.0
    for a, b in ((0.5, 1), (0.8, 2)):
        h = a * h + b
    assert h == pytest.approx(4.4)
    for smaller, larger in pairwise((0.1, 0.4, 0.9)):
        assert 0.3 * smaller + 2 < 0.3 * larger + 2
