"""The questions at the ends of the feedforward lesson's pages: the numbers of their answers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.chapters.pages import answers, lesson_of, lessons_of, says

FOLDER = lesson_of("feedforward").parent
PAGES = [page.stem for page in lessons_of("feedforward")]


def answer(page: str, number: int) -> str:
    """The answer to a question of a page, as one line."""
    return " ".join(answers(FOLDER / f"{page}.md")[number - 1].split())


def tensor(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64, requires_grad=True)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_how_many_questions_it_has(page: str) -> None:
    asked = {5: "Five", 6: "Six"}[len(answers(FOLDER / f"{page}.md"))]
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    assert f"\n## Questions\n\n{asked} questions, from easy to hard." in text


def test_perfect_predictions_of_another_shape_have_a_loss() -> None:
    t = np.arange(4.0)
    p = t[:, None]
    assert (p - t).shape == (4, 4)
    assert says(answer("index", 1), f"{np.mean((p - t) ** 2):.1f}")


def test_a_softmax_by_hand() -> None:
    z = torch.log(torch.tensor([6.0, 3.0, 1.0], dtype=torch.float64)).requires_grad_()
    loss = functional.cross_entropy(z[None], torch.tensor([1]))
    (dz,) = torch.autograd.grad(loss, z)
    text = answer("index", 3)
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
    text = answer("backpropagation", 3)
    for said in ("y = (5, −1, 2)", "h = (5, 0, 2)", "dy = (1, 0, −1)", "(2, 0, −2)", "= (2, 2)"):
        assert said in text


def test_a_softmax_of_two_classes_taken_twice() -> None:
    best = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    floor = functional.cross_entropy(best, torch.tensor([0])).item()
    assert floor == pytest.approx(np.log(1 + 1 / np.e))
    shares = [f"{p:.2f}" for p in torch.softmax(best[0], 0)]
    assert says(answer("index", 5), f"{np.log(2):.2f}", f"{floor:.2f}", *shares)


def test_two_differences_of_a_cube() -> None:
    text = answer("gradient_checking", 1)
    for h, digits in ((0.1, 2), (0.01, 4)):
        central = ((2 + h) ** 3 - (2 - h) ** 3) / (2 * h)
        one_sided = ((2 + h) ** 3 - 2**3) / h
        assert says(text, *(f"{found - 12:.{digits}f}" for found in (central, one_sided)))
    assert says(text, f"{2.1**3:.3f}", f"{1.9**3:.3f}", "12.01", "12.61")


def test_a_difference_across_a_bend() -> None:
    found = [(max(4e-6 + h, 0) - max(4e-6 - h, 0)) / (2 * h) for h in (1e-5, 1e-6)]
    assert found == pytest.approx([0.7, 1])
    assert says(answer("gradient_checking", 3), "0.7", "0.000014", "0.00002")


def test_a_small_number_inside_the_logarithm() -> None:
    z = torch.tensor([0.0, 100.0], dtype=torch.float64, requires_grad=True)
    loss = -torch.log(torch.softmax(z, 0)[0] + 1e-12)
    (dz,) = torch.autograd.grad(loss, z)
    assert says(answer("index", 6), f"{loss.item():.1f}", "100")
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
    text = answer("gradient_checking", 5)
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
    text = answer("initialisation", 1)
    assert says(text, "0.125", f"{(2 / 400) ** 0.5:.3f}", f"{(2 / 100) ** 0.5:.3f}")


def test_a_layer_normalisation_by_hand() -> None:
    rows = torch.tensor([[1, 3, 5, 7], [101, 103, 105, 107], [10, 30, 50, 70]]).double()
    rows.requires_grad_()
    y = functional.layer_norm(rows, (4,), eps=0)
    np.testing.assert_allclose(y.detach() * 5**0.5, [[-3, -1, 1, 3]] * 3)
    (dx,) = torch.autograd.grad(y, rows, torch.ones(3, 4).double())
    np.testing.assert_allclose(dx, np.zeros((3, 4)), atol=1e-12)
    text = answer("initialisation", 3)
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
    assert says(answer("optimisation", 5), f"{back:.3f}", "0.19")


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


def test_the_shapes_and_the_parameters_of_a_network() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    sizes = [p.numel() for p in net.parameters()]
    text = answer("index", 2)
    assert says(text, *(f"{size:,}" for size in sizes), f"{sum(sizes):,}")
    assert net(torch.zeros(100, 64)).shape == (100, 10)


def test_what_ten_sigmoids_leave_of_a_gradient() -> None:
    text = answer("index", 4)
    for x in (0.0, 3.0):
        x = tensor(x)
        (slope,) = torch.autograd.grad(torch.sigmoid(x).sum(), x)
        left = slope.item() ** 10
        assert left == pytest.approx({0.25: 0.25**10}.get(slope.item(), 3.5e-14), rel=0.02)
        assert says(text, {0.0: "0.25"}.get(x.item(), f"{slope.item():.3f}"))
    assert 0.5e-6 < 0.25**10 < 1.5e-6
    assert "3.5 \\cdot 10^{-14}" in text


def test_a_value_that_is_used_twice() -> None:
    x, y = tensor(2), tensor(3)
    L = (x + y) * x
    dx, dy = torch.autograd.grad(L.sum(), (x, y))
    assert (L.item(), dx.item(), dy.item()) == (10, 7, 2)
    text = answer("backpropagation", 1)
    assert "dx = 5 + 2 = 7" in text
    assert says(text, f"{(2.01 + 3) * 2.01:.4f}", f"{(2.01 + 3) * 2.01 - 10:.4f}", "0.07")


def test_a_closed_rectifier_and_the_way_past_it() -> None:
    w, x, b = tensor(4), tensor(2), tensor(-9)
    a = w * x + b
    e = torch.relu(a) - x
    found = torch.autograd.grad((e**2).sum(), (w, b, x))
    assert [d.item() for d in found] == [0, 0, 4]
    assert (a.item(), e.item(), (e**2).item()) == (-1, -2, 4)
    text = answer("backpropagation", 2)
    for said in ("a = −1, h = 0, e = −2 and L = 4", "$dx = 0 - (-4) = 4$"):
        assert said in text


def test_a_third_sample_adds_its_share() -> None:
    x, dy = np.array([[1, 2, 0], [0, 1, 3], [1, 2, 0]]), np.array([[1, 2], [-1, 3], [1, 2]])
    W = np.array([[1, 0], [2, -1], [0, 1]])
    assert np.outer(x[2], dy[2]).tolist() == [[1, 2], [2, 4], [0, 0]]
    assert (x.T @ dy).tolist() == [[2, 4], [3, 11], [-3, 9]]
    assert dy.sum(axis=0).tolist() == [1, 7]
    assert (dy @ W.T)[2].tolist() == [1, 0, 2]
    text = answer("backpropagation", 4)
    for said in ("(2, 4), (3, 11), (−3, 9)", "(1, 7)", "(1, 0, 2)"):
        assert said in text


def test_one_matrix_used_twice() -> None:
    rng = torch.Generator().manual_seed(0)
    x, W, dz = (torch.randn(s, generator=rng).double() for s in ((5, 3), (3, 4), (5, 3)))
    W.requires_grad_()
    h = torch.relu(x @ W)
    (dW,) = torch.autograd.grad(h @ W.T, W, dz)
    da = (dz @ W) * (x @ W > 0)
    torch.testing.assert_close(x.T @ da + dz.T @ h, dW)
    assert "$dW = x^\\top da + dz^\\top h$" in answer("backpropagation", 5)


def test_a_symmetric_matrix_hides_a_transpose() -> None:
    rng = np.random.default_rng(0)
    dy, other = rng.standard_normal((3, 3)), rng.standard_normal((3, 3))
    for W, hidden in ((np.eye(3), True), (other + other.T, True), (other, False)):
        assert np.allclose(dy @ W, dy @ W.T) == hidden
    with pytest.raises(ValueError, match="mismatch"):
        dy @ rng.standard_normal((4, 3))
    assert "Any symmetric matrix hides it" in answer("gradient_checking", 2)


def test_where_the_two_errors_of_a_difference_are_equal() -> None:
    text = answer("gradient_checking", 4)
    for eps in (1e-16, 1e-7):
        h = eps ** (1 / 3)
        for number in (h, h**2):
            digits, power = f"{number:.1e}".split("e")
            digits = digits.removesuffix(".0") if number == h else f"{float(digits):.0f}"
            assert f"{digits} \\cdot 10^{{{int(power)}}}" in text
    h = 1e-16 ** (1 / 3)
    assert abs((np.exp(h) - np.exp(-h)) / (2 * h) - 1) < 1e-10
    assert 1e-10 < abs((np.exp(1e-8) - 1) / 1e-8 - 1) < 1e-7


def test_the_first_weights_of_torch() -> None:
    torch.manual_seed(0)
    h = torch.randn(512, 300)
    layers = [torch.nn.Linear(300, 300) for _ in range(10)]
    for layer in layers:
        bound = 300**-0.5
        assert 0.99 * bound < layer.weight.abs().max() <= bound
        assert layer.weight.var().item() == pytest.approx(1 / 900, rel=0.02)
        with torch.no_grad():
            h = torch.relu(h @ layer.weight.T)
    left = (1 / 6) ** 10
    assert left / 3 < h.square().mean() < 3 * left
    assert f"{left:.1e}" == "1.7e-08"
    assert "1.7 \\cdot 10^{-8}" in answer("initialisation", 4)


def test_two_ways_to_normalise_two_samples() -> None:
    x = torch.tensor([[1.0, 2, 3], [3, 2, 1]])
    by_row = functional.layer_norm(x, (3,), eps=1e-9)
    by_column = functional.batch_norm(x, None, None, training=True, eps=1e-9)
    assert by_row.numpy().round(2).tolist() == [
        pytest.approx([-1.22, 0, 1.22]),
        pytest.approx([1.22, 0, -1.22]),
    ]
    assert by_column.round().tolist() == [[-1, 0, 1], [1, 0, -1]]
    text = answer("initialisation", 2)
    for said in ("(−1.22, 0, 1.22)", "(1.22, 0, −1.22)", "(−1, 0, 1) and (1, 0, −1)"):
        assert said in text


def test_a_loss_that_is_a_sum_begins_above_a_guess() -> None:
    loss = functional.cross_entropy(torch.zeros(32, 10), torch.zeros(32).long(), reduction="sum")
    assert says(answer("optimisation", 1), f"{loss.item():.1f}")


def test_gradient_descent_on_a_parabola() -> None:
    text = answer("optimisation", 2)
    for lr in (0.1, 0.4, 0.5, 0.6):
        p = 1.0
        for _ in range(10):
            p -= lr * 4 * p
        assert p == pytest.approx((1 - 4 * lr) ** 10)
        digits = 3 if p < 0.1 else 0 if lr == 0.5 else 1
        assert says(text, f"{p:.{digits}f}")
    assert "by 0.6, −0.6, −1 and −1.4" in text


def test_velocities_of_momentum() -> None:
    v, found = 0.0, []
    for _ in range(30):
        v = 0.9 * v + 1
        found.append(v)
    text = answer("optimisation", 3)
    assert says(text, *(f"{v:.{k}f}" for k, v in enumerate(found[:3])))
    ((first, *_),) = np.nonzero(np.array(found) >= 9)
    assert f"t = {first + 1}." in text
    assert pytest.approx(0.03) == 0.3 / 10


def test_a_rate_of_one_over_t_gives_the_mean() -> None:
    means, halves, p, q = [], [], 5.0, 5.0
    for t, x in enumerate((2, 4, 9), start=1):
        p, q = p - (p - x) / t, q - 0.5 * (q - x)
        means.append(p)
        halves.append(q)
    assert means == [2, 3, 5]
    assert says(answer("optimisation", 4), *(f"{q:g}" for q in halves))


def test_how_far_two_networks_have_to_be_apart() -> None:
    text = answer("validation", 2)
    assert says(text, f"{346 / 360:.1%}".removesuffix("%"), f"{349 / 360:.1%}".removesuffix("%"))
    assert f"{(0.96 * 0.04 / 360) ** 0.5:.1%}" == "1.0%"
    assert f"{3 / 360:.1%}" == "0.8%"


def test_where_a_decayed_weight_comes_to_rest() -> None:
    p = torch.tensor([2.0], requires_grad=True)
    step = torch.optim.SGD([p], lr=0.1, weight_decay=0.1)
    places = []
    for _ in range(500):
        step.zero_grad()
        (0.5 * (p - 3) ** 2).sum().backward()
        step.step()
        places.append(p.item())
    text = answer("validation", 3)
    assert f"{places[0]:.2f}" == "2.08"
    assert says(text, "2.08", f"{places[-1]:.2f}", "2.1", "3")


def test_the_loss_on_labels_that_were_written_in_haste() -> None:
    q = np.linspace(0.01, 0.999, 990)
    loss = -0.8 * np.log(q) - 0.2 * np.log((1 - q) / 9)
    assert q[loss.argmin()] == pytest.approx(0.8, abs=1e-3)
    assert says(answer("validation", 5), f"{loss.min():.2f}", f"{loss[-1]:.2f}", "0.8")
