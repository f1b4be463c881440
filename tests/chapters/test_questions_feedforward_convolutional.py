"""The questions at the end of the feedforward lesson: the numbers of their answers."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.chapters.pages import lesson_of

QUESTION = re.compile(
    r"^\*\*(\d+)\.\*\* (.+?)\n\n:::\{dropdown\} Answer\n(.+?)\n:::$", re.MULTILINE | re.DOTALL
)


def answer(lesson: str, number: int) -> str:
    """The answer to a question of a lesson, as one line."""
    text = lesson_of(lesson).read_text(encoding="utf-8")
    found = {int(n): " ".join(folded.split()) for n, _, folded in QUESTION.findall(text)}
    return found[number]


def says(text: str, *numbers: str) -> bool:
    """Whether a text has all these numbers, each of them whole."""
    return all(re.search(rf"(?<![\d.,]){re.escape(n)}(?![\d]|[.,]\d)", text) for n in numbers)


@pytest.mark.parametrize("lesson", ["feedforward"])
def test_every_question_has_a_folded_answer(lesson: str) -> None:
    text = lesson_of(lesson).read_text(encoding="utf-8")
    (section,) = re.findall(r"^## Questions\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    numbers = [int(n) for n, *_ in QUESTION.findall(section)]
    assert numbers == list(range(1, 13))
    assert section.count(":::{dropdown}") == 12


# The feedforward lesson.


def test_perfect_predictions_of_another_shape_have_a_loss() -> None:
    t = np.arange(4.0)
    p = t[:, None]
    assert (p - t).shape == (4, 4)
    assert says(answer("feedforward", 1), f"{np.mean((p - t) ** 2):.1f}")


def test_a_softmax_by_hand() -> None:
    z = torch.log(torch.tensor([6.0, 3.0, 1.0], dtype=torch.float64)).requires_grad_()
    loss = functional.cross_entropy(z[None], torch.tensor([1]))
    (dz,) = torch.autograd.grad(loss, z)
    text = answer("feedforward", 2)
    assert says(text, *(f"{p:.1f}" for p in torch.softmax(z, 0)), f"{loss.item():.2f}")
    assert dz.numpy().round(12).tolist() == [0.6, -0.7, 0.1]
    assert "(0.6, −0.7, 0.1)" in text
    shifted = functional.cross_entropy(z[None] + 1000, torch.tensor([1]))
    assert shifted.item() == pytest.approx(loss.item())


def test_a_layer_forward_and_backward_by_hand() -> None:
    x = torch.tensor([[1.0, 2.0]], requires_grad=True)
    W = torch.tensor([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]], requires_grad=True)
    b = torch.tensor([0.0, -3.0, 3.0], requires_grad=True)
    y = x @ W + b
    h = torch.relu(y)
    found = torch.autograd.grad(h, (y, b, W, x), torch.tensor([[1.0, -2.0, -1.0]]))
    dy, db, dW, dx = (d.tolist() for d in found)
    assert (y.tolist(), h.tolist()) == ([[5, -1, 2]], [[5, 0, 2]])
    assert (dy, db) == ([[1, 0, -1]], [1, 0, -1])
    assert (dW, dx) == ([[1, 0, -1], [2, 0, -2]], [[2, 2]])
    text = answer("feedforward", 3)
    for said in ("y = (5, −1, 2)", "h = (5, 0, 2)", "dy = (1, 0, −1)", "(2, 0, −2)", "= (2, 2)"):
        assert said in text


def test_a_softmax_of_two_classes_taken_twice() -> None:
    best = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    floor = functional.cross_entropy(best, torch.tensor([0])).item()
    assert floor == pytest.approx(np.log(1 + 1 / np.e))
    shares = [f"{p:.2f}" for p in torch.softmax(best[0], 0)]
    assert says(answer("feedforward", 4), f"{np.log(2):.2f}", f"{floor:.2f}", *shares)


def test_two_differences_of_a_cube() -> None:
    text = answer("feedforward", 5)
    for h, digits in ((0.1, 2), (0.01, 4)):
        central = ((2 + h) ** 3 - (2 - h) ** 3) / (2 * h)
        one_sided = ((2 + h) ** 3 - 2**3) / h
        assert says(text, *(f"{found - 12:.{digits}f}" for found in (central, one_sided)))
    assert says(text, f"{2.1**3:.3f}", f"{1.9**3:.3f}", "12.01", "12.61")


def test_a_difference_across_a_bend() -> None:
    found = [(max(4e-6 + h, 0) - max(4e-6 - h, 0)) / (2 * h) for h in (1e-5, 1e-6)]
    assert found == pytest.approx([0.7, 1])
    assert says(answer("feedforward", 6), "0.7", "0.000014", "0.00002")


def test_a_small_number_inside_the_logarithm() -> None:
    z = torch.tensor([0.0, 100.0], dtype=torch.float64, requires_grad=True)
    loss = -torch.log(torch.softmax(z, 0)[0] + 1e-12)
    (dz,) = torch.autograd.grad(loss, z)
    assert says(answer("feedforward", 7), f"{loss.item():.1f}", "100")
    assert loss.item() == pytest.approx(-np.log(1e-12))
    assert 1e-32 < dz.abs().max() < 1e-31
    right = functional.cross_entropy(z[None], torch.tensor([0]))
    assert f"{right.item():.10f}" == "100.0000000000"
    np.testing.assert_allclose(torch.autograd.grad(right, z)[0], [-1, 1])


def test_the_cost_of_a_numerical_gradient() -> None:
    sizes = (64, 1024, 1024, 10)
    layers = [fan_in * fan_out + fan_out for fan_in, fan_out in pairwise(sizes)]
    passes = 2 * sum(layers)
    assert 3 < passes * 0.005 / 3600 < 3.2
    text = answer("feedforward", 8)
    assert says(text, *(f"{n:,}" for n in (*layers, sum(layers), passes)))
    assert says(text, f"{2 * 5}")


def test_what_ten_layers_leave_of_a_signal() -> None:
    rng = np.random.default_rng(0)
    for D, left in ((400, 0.5**10), (100, 0.125**10)):
        np.testing.assert_allclose((D * 0.05**2 / 2) ** 10, left)
        h = rng.standard_normal((256, D))
        for _ in range(10):
            h = np.maximum(0, h @ (0.05 * rng.standard_normal((D, D))))
        assert left / 3 < np.mean(h**2) < 3 * left
    assert 0.0009 < 0.5**10 < 0.0011
    assert 0.9e-9 < 0.125**10 < 1.1e-9
    text = answer("feedforward", 9)
    assert says(text, "0.125", f"{(2 / 400) ** 0.5:.3f}", f"{(2 / 100) ** 0.5:.3f}")


def test_a_layer_normalisation_by_hand() -> None:
    rows = torch.tensor([[1, 3, 5, 7], [101, 103, 105, 107], [10, 30, 50, 70]]).double()
    rows.requires_grad_()
    y = functional.layer_norm(rows, (4,), eps=0)
    np.testing.assert_allclose(y.detach() * 5**0.5, [[-3, -1, 1, 3]] * 3)
    (dx,) = torch.autograd.grad(y, rows, torch.ones(3, 4).double())
    np.testing.assert_allclose(dx, np.zeros((3, 4)), atol=1e-12)
    text = answer("feedforward", 10)
    assert says(text, f"{5**-0.5:.2f}")
    assert "(-3, -1, 1, 3)/\\sqrt 5" in text


def adam(*gradients: float) -> list[float]:
    """The steps of torch's Adam with lr = 1 for one parameter."""
    p = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.Adam([p], lr=1.0)
    steps = []
    for gradient in gradients:
        before = p.item()
        p.grad = torch.tensor([gradient], dtype=torch.float64)
        optimiser.step()
        steps.append(p.item() - before)
    return steps


def test_adam_where_gradients_agree_and_where_they_do_not() -> None:
    there, back = adam(1, -1)
    assert there == pytest.approx(-1)
    assert adam(1000, 1000) == pytest.approx([-1, -1])
    assert says(answer("feedforward", 11), f"{back:.3f}", "0.19")


def hidden_units(W1: float | None, W2: float | None, steps: int = 3) -> list[tuple[float, float]]:
    """After each step, how far units are apart, and how large dW1 was."""
    torch.manual_seed(0)
    x, y = torch.randn(50, 6), torch.randint(3, (50,))
    first, second = torch.nn.Linear(6, 5), torch.nn.Linear(5, 3)
    for layer, value in ((first, W1), (second, W2)):
        if value is not None:
            torch.nn.init.constant_(layer.weight, value)
            torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.SGD([*first.parameters(), *second.parameters()], lr=0.1)
    found = []
    for _ in range(steps):
        optimiser.zero_grad()
        functional.cross_entropy(second(torch.relu(first(x))), y).backward()
        optimiser.step()
        assert first.weight.grad is not None
        apart = (first.weight - first.weight[0]).abs().max().item()
        found.append((apart, first.weight.grad.abs().max().item()))
    return found


def test_units_stay_equal_only_if_all_about_them_is_equal() -> None:
    assert hidden_units(0.1, None)[0][0] > 1e-3
    assert [apart for apart, _ in hidden_units(0.1, 0.1)] == [0, 0, 0]
    first, *later = (gradient for _, gradient in hidden_units(None, 0.0))
    assert first == 0 < min(later)
