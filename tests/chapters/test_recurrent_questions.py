"""The questions of the recurrent lesson: every number of an answer, made again."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from autograder.data import prose
from autograder.exercises import Array
from tests.chapters import pages
from tests.chapters.pages import lesson_of

CHAPTER = lesson_of("recurrent").parent


def said(page: str, number: int, *parts: str) -> None:
    pages.said(CHAPTER / f"{page}.md", number, *parts)


def states(
    inputs: tuple[float, ...], to_units: list[float], between: list[list[float]]
) -> list[Array]:
    """The states of a simple network without biases that starts from 0."""
    h, found = np.zeros(len(to_units)), []
    for word in inputs:
        h = np.tanh(word * np.array(to_units) + h @ np.array(between))
        found.append(h)
    return found


def test_the_numbers_that_a_layer_learns() -> None:
    D, H = 3, 4
    torchs = sum(w.numel() for w in torch.nn.RNN(D, H).parameters())
    said("index", 1, f"{D * H + H * H + H} for both", f"has {torchs}")


def test_states_by_hand() -> None:
    one = [f"{h.item():.4f}" for h in states((1, 0, 0), [1], [[0.5]])]
    said("index", 2, *one, "1 became 0.76")
    inputs, row = (1, 0, 0, -1, 0), [[0, 1.5], [0, 0]]
    first, second = np.array(states(inputs, [1, 0], np.transpose(row).tolist())).T
    assert not second.any()
    told = ", ".join(f"{h:.2f}" if h else "0" for h in first).replace("-", "−")
    said("index", 3, f"shows {told} as before", "the second shows 0 throughout")
    before = np.array(states(inputs, [1, 0], row)).T
    np.testing.assert_array_equal(before[0], first)
    assert before[1].any()


def test_temperatures() -> None:
    logits = torch.tensor([0.8, 0.2]).log()
    cold, warm = (torch.softmax(logits / tau, dim=0).tolist() for tau in (0.5, 2))
    said(
        "language_model",
        3,
        "{:.2f} and {:.2f} at".format(*cold),
        "{:.2f} and {:.2f} at 2".format(*warm),
    )


def test_a_loss_with_padding() -> None:
    loss = np.array([[1, 1, 1, 1], [3, 0, 0, 0]], float)
    right, diluted = loss.sum() / 5, loss.sum() / loss.size
    said("language_model", 4, f"the loss is {right}, a perplexity of {np.exp(right):.2f}")
    said("language_model", 4, f"it is {diluted}, a perplexity of {np.exp(diluted):.2f}", "= 2$")
    assert (loss[0].mean() + 3) / 2 == 2


def test_texts_taken_for_steps() -> None:
    torch.manual_seed(0)
    x, layer = torch.randn(5, 7, 3), torch.nn.RNN(3, 4)
    other = torch.cat([x[:1] + 1, x[1:]])
    moved = (layer(x)[0] - layer(other)[0]).abs().amax(dim=(1, 2))
    assert (moved > 1e-4).all()
    shapes = [tuple(out.shape) for out in layer(x)]
    layer.batch_first = True
    wanted = tuple(layer(x)[1].shape)
    said("index", 5, f"`states` has the shape {shapes[0]}", f"shape {shapes[1]} where {wanted}")
    assert not (layer(x)[0] - layer(other)[0])[1:].any()


def test_a_state_with_its_history() -> None:
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
    said("truncation", 1, "go backward through the graph a second time", "the losses change")


def test_two_steps_back() -> None:
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
    said("index", 6, *numbers, f"= {da1 / da2:.1f}$")


def test_three_ways_to_clip() -> None:
    g, limit = np.array([3.0, 4.0, 12.0]), 2.6
    size = np.linalg.norm(g)
    right = g * limit / size
    by_array = np.array([*(g[:2] * limit / np.linalg.norm(g[:2])), limit])
    by_entry = g.clip(-limit, limit)

    def turned(other: Array) -> str:
        angle = np.degrees(np.arccos(g @ other / size / np.linalg.norm(other)))
        return f"turned by {angle:.0f}°, "

    said("gradients", 3, f"= {size:.0f}$", "$({:.1f}, {:.1f})$ and $({:.1f})$".format(*right))
    said("gradients", 3, "$({:.2f}, {:.2f})$".format(*by_array), turned(by_array), "3.7")
    said("gradients", 3, "all become 2.6", turned(by_entry), "4.5")
    norms = [round(float(np.linalg.norm(way)), 1) for way in (by_array, by_entry)]
    assert norms == [3.7, 4.5]


def test_memory_and_radius() -> None:
    bytes_a_step = 192 * np.dtype(np.float32).itemsize
    said(
        "truncation", 2, f"{10**6 * bytes_a_step // 10**6} megabytes", f"{50 * bytes_a_step / 1000}"
    )
    W = np.array([[0.5, 4], [0, 0.5]])
    assert np.abs(np.linalg.eigvals(W)).max() == 0.5
    np.testing.assert_array_equal(W @ W, [[0.25, 4], [0, 0.25]])
    pushed = [np.array([0.01, 0]) @ np.linalg.matrix_power(W, n) for n in (1, 2)]
    assert [round(float(push[1]), 12) for push in pushed] == [0.04, 0.04]
    size = [np.linalg.norm(np.linalg.matrix_power(W, n), 2) for n in (1, 2, 3, 10, 20)]
    told = ("{:.2f} after one", "{:.2f} after two", "{:.1f} after three", "{:.3f} after ten")
    parts = [part.format(value) for part, value in zip(told, size, strict=False)]
    said("gradients", 5, "the radius is 0.5", *parts, f"{size[-1]:.5f} after twenty")


TERMS = np.array([[0.75, 0, 0], [0.45, 0.375, 0], [0.27, 0.225, -0.375]])
"""Those of the table in ‘The gradient as one sum’: the loss at t, down; the use at k, across."""


def test_parts_of_the_double_sum() -> None:
    near = np.tri(3) - np.tri(3, k=-2) > 0
    said("gradients", 1, f"= {TERMS[2].sum():.2f}$", f"= {TERMS[near].sum():.3f}$")
    said("gradients", 1, f"gets {TERMS[:2].sum():.3f}")
    assert round(float(TERMS[~near].sum()), 2) == 0.27
    chunk = np.array([0, 0, 1])
    kept = TERMS[chunk[:, None] == chunk]
    said("truncation", 3, f"$1.695 - {TERMS.sum() - kept.sum():.3f} = {kept.sum():.1f}$")


def test_factors_of_one_unit() -> None:
    slope = 1 - 0.5**2
    small, middle, large = (w * slope for w in (0.9, 1.3, 1.5))
    said("gradients", 2, f"= {small:.3f}$", f"= {small**12:.3f}$", f"is {middle:.3f}")
    assert small**12 < 0.01 < small**11
    assert middle**182 < 0.01 < middle**181
    assert 100 < large**40 < 120
    said("gradients", 2, "182 steps", f"is {large:.3f}", "a hundredfold in 40 steps")


def test_adam_takes_a_constant_factor_away() -> None:
    drawn = 50 * np.array([[1.0, -0.9], [1.1, 0.8], [0.8, -1.2]])

    def steps(gradients: Array) -> Array:
        m, v, found = np.zeros(2), np.zeros(2), []
        for t, g in enumerate(gradients, start=1):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            found.append(0.1 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))
        return np.array(found)

    np.testing.assert_allclose(steps(drawn), steps(drawn / 50), rtol=1e-6)
    assert np.abs(steps(drawn)).max() > 0.05
    clipped = 0.1 * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    np.testing.assert_allclose(np.linalg.norm(clipped, axis=1), 0.1)
    said("gradients", 4, "has the length 0.1", "40 to 60 times smaller")


def test_checkpoints() -> None:
    T = 400
    kept = {s: T // s + s for s in range(1, T + 1) if T % s == 0}
    steps = {s: 2 * T - s for s in kept}
    best = min(kept, key=lambda s: kept[s])
    said("truncation", 4, f"= {best}$", f"= {kept[best]}$ states", f"{steps[best]}.")
    said("truncation", 4, f"= {kept[2]}$ states, for {steps[2]} steps", "a fifth of hers")
    assert 4.9 < kept[2] / kept[best] < 5.1


def test_random_cuts_are_right_in_the_mean_and_noisy() -> None:
    for c, arrives, factor in ((1 / 4, "0.42", "2.37"), (1 / 2, "0.12", "8")):
        chance, times = (1 - c) ** 3, (1 - c) ** -3
        assert chance * times == pytest.approx(1)
        assert (f"{chance:.2f}", f"{times:.3g}") == (arrives, factor)
        assert chance * times**2 == pytest.approx(times)
    said("truncation", 5, "= 0.42$", "= 2.37$", "= 2.37$", "once in eight times, multiplied by 8")


def test_perplexities() -> None:
    sure, torn = (np.exp(-np.log(p).mean()) for p in ([1 / 2, 1 / 4, 1 / 8], [0.9, 0.9, 0.01]))
    assert sure == pytest.approx(4)
    said("language_model", 1, "= 4$", f"would be {(2 + 4 + 8) / 3:.2f}", f"= {torn:.2f}$")


def test_the_gradient_of_a_table() -> None:
    table = torch.zeros(4, 2, requires_grad=True)
    picked = torch.nn.functional.embedding(torch.tensor([2, 0, 2]), table)
    (slope,) = torch.autograd.grad(picked, table, torch.tensor([[1.0, 0], [0, 1], [2, 3]]))
    assert slope.tolist() == [[0, 1], [0, 0], [3, 3], [0, 0]]
    said("language_model", 2, "Row 0 gets (0, 1)", "= (3, 3)$", "exactly zero", "(2, 3) in row 2")


def test_the_numbers_that_the_writer_learns() -> None:
    V, D, H = len(set(prose())), 32, 192

    def learned(*layers: torch.nn.Module) -> int:
        return sum(w.numel() for layer in layers for w in layer.parameters())

    small, large = learned(torch.nn.RNN(D, H)), learned(torch.nn.RNN(D, 2 * H))
    table, logits = learned(torch.nn.Embedding(V, D)), learned(torch.nn.Linear(H, V))
    question = (CHAPTER / "language_model.md").read_text(encoding="utf-8")
    assert f"has {V} letters, vectors of {D} numbers and {H} units" in question
    said("language_model", 5, f"= {table}$", f"= {small}$", f"= {logits}$")
    said("language_model", 5, f"has {large}, {large / small:.1f} times", "225 V", "$V = 193$")
    assert 225 * 192 < small < 225 * 193
    assert table + logits == 225 * V


def test_two_scores_of_a_forecast() -> None:
    errors = np.array([10, 20, 30]) - np.array([12, 18, 36])
    squares, sizes = errors**2, np.abs(errors)
    said("series", 1, f"= {squares.mean():.2f}$", f"root {squares.mean() ** 0.5:.2f}")
    said("series", 1, f"= {sizes.mean():.2f}$", f"makes {squares[2] / squares.sum():.0%}"[:-1])
    said("series", 1, f"{sizes[2] / sizes.sum():.0%}"[:-1] + " per cent of the absolute")


def test_a_linear_recurrence_of_two_years() -> None:
    r = [1.0, 1.0]
    for _ in range(3):
        r.append(1.40 * r[-1] - 0.69 * r[-2])
    said("series", 3, f"{r[2]:.2f}, {r[3]:.3f} and", f"= {r[4]:.3f}$")
    root = np.roots([1, -1.40, 0.69])[0]
    angle = abs(np.degrees(np.angle(root)))
    said("series", 3, f"= {abs(root):.2f}$", f"= {np.cos(np.radians(angle)):.3f}$")
    said("series", 3, f"{angle:.1f}°", f"about {360 / angle:.0f} years")
    matrix = np.array([[1.40, -0.69], [1, 0]])
    assert np.abs(np.linalg.eigvals(matrix)).max() == pytest.approx(abs(root))


def test_linear_steps_joined() -> None:
    def join(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
        return one[0] * two[0], two[0] * one[1] + two[1]

    steps = [(0.5, 1.0), (0.5, 2.0), (2.0, -1.0), (0.5, 0.0)]
    left, right = join(*steps[:2]), join(*steps[2:])
    whole = join(left, right)
    assert (left, right, whole) == ((0.25, 2.5), (1.0, -0.5), (0.25, 2.0))
    said("series", 4, "= (0.25, 2.5)$", "= (1, -0.5)$", "= (0.25, 2)$", "+ 2 = 3$")
    h, passed = 4.0, []
    for a, b in steps:
        h = a * h + b
        passed.append(f"{h:g}")
    said("series", 4, f"One by one: {', '.join(passed)}.", "= 2$ instead of 2.5")


def test_what_is_kept_while_writing() -> None:
    layers, width, size, words = 24, 1024, 2, 10_000
    attention, recurrent = 2 * layers * width * size * words, layers * width * size
    said("series", 5, f"are {attention / 1e6:.0f} megabytes", f"{recurrent / 1e3:.0f} kilobytes")
    assert attention // recurrent == 20_000
