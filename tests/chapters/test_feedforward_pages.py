"""The feedforward lesson and its two assignments: what they state."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
import torch

from autograder.figures import circuit
from tests.chapters.pages import (
    Ran,
    lesson_of,
    lessons_of,
    run_lesson,
    run_solved,
    sections,
    titles,
)
from tests.drawings import texts

FOLDER = lesson_of("feedforward").parent


def ran(page: str) -> Ran:
    return run_lesson(FOLDER / f"{page}.md")


@pytest.fixture(scope="module")
def parts() -> Ran:
    return ran("index")


@pytest.fixture(scope="module")
def backward() -> Ran:
    return ran("backpropagation")


@pytest.fixture(scope="module")
def checking() -> Ran:
    return ran("gradient_checking")


@pytest.fixture(scope="module")
def weights() -> Ran:
    return ran("initialisation")


@pytest.fixture(scope="module")
def training() -> Ran:
    return ran("optimisation")


@pytest.fixture(scope="module")
def validation() -> Ran:
    return ran("validation")


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("training")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    found = [title for page in lessons_of("feedforward") for title in titles(page)]
    ends = {"Questions", "What to remember, what to read"}
    once = [title for title in found if title not in ends]
    assert len(set(once)) == len(once)
    new = {
        "The chain rule on a small circuit",
        "Three parts of the data",
        "Over-fitting",
        "Early stopping",
        "Weight decay",
        "Dropout",
    }
    assert set(once) == sections("feedforward") | sections("training") | new
    assert all(found.count(end) == 6 for end in ends)


def says(page: str, *words: str) -> None:
    """That the text of a page has these words, whatever its line breaks."""
    text = " ".join((FOLDER / f"{page}.md").read_text(encoding="utf-8").split())
    for some in words:
        assert some in text, some


# What the pages state.


def test_three_backward_passes_are_right_and_eight_wrong(checking: Ran) -> None:
    names, printed = checking
    right = [name for name in names["versions"] if name.startswith("right")]
    assert (len(right), len(names["versions"])) == (3, 11)
    assert len(names["ways"]) == 10
    assert all(len(found) == 40 for found in names["judgements"].values())
    errors = [float(e) for e in re.findall(r"^dW = .* error (\S+)$", printed, re.MULTILINE)]
    assert errors[0] < 1e-10 < 0.1 < errors[1]


def test_each_way_of_checking_changes_one_thing(checking: Ran) -> None:
    advised, ways = checking[0]["ADVISED"], list(checking[0]["ways"].values())
    assert ways[0] == {}
    for way in ways[1:]:
        ((name, value),) = way.items()
        assert advised[name] != value
    assert (advised["h"], advised["bound"]) == (1e-5, 1e-8)


def test_only_the_way_that_is_advised_is_right_about_all(checking: Ran) -> None:
    accepted = checking[0]["accepted"]
    table = np.array(list(accepted.values())).T
    truth = np.array([name.startswith("right") for name in accepted])
    assert [bool(np.array_equal(column, truth)) for column in table] == [True] + [False] * 9


def test_each_way_of_checking_errs_as_the_lesson_says(checking: Ran) -> None:
    accepted = checking[0]["accepted"]
    wrong = {name: row for name, row in accepted.items() if not name.startswith("right")}
    assert {share for row in wrong.values() for share in row} == {0, 1}
    taken = [{name for name, row in wrong.items() if row[k]} for k in range(10)]
    assert taken[1] == wrong.keys() - {"dW transposed"}
    in_others = {"db a mean", "sign of dW", "last bias lost", "a little decay"}
    assert taken[2] == in_others
    assert taken[3] == {"upstream ignored", "wrong where dy < 0"}
    assert taken[4] == {"bias forgotten"}
    assert taken[5] == {"last bias lost"}
    assert taken[6] == {"a little decay"}
    assert taken[7] == taken[8] == taken[9] == set()
    for row in (row for name, row in accepted.items() if name not in wrong):
        assert row[:9] == [1] * 7 + [0, 0]
        assert 0.9 <= row[9] < 1


def test_there_is_room_for_a_bound_where_the_lesson_says(checking: Ran) -> None:
    room = checking[0]["room"]
    between = {}
    for way in checking[0]["rows"]:
        right, wrong = room[way, "right, at once"], room[way, "a little decay"]
        between[" ".join(way.split())] = (right.max(), wrong.min())
    whole, worst, one_sided, smaller_step, single = between.values()
    assert list(between)[2:] == [
        "one-sided, h = 1e-5",
        "one-sided, h = 1e-8",
        "central, float32, h = 3e-3",
    ]
    assert whole[0] < 1e-9 < 1e-5 < whole[1]
    assert worst[1] > 1000 * worst[0]
    assert one_sided[0] < 2.5e-5 < one_sided[1] < 2 * one_sided[0]
    assert smaller_step[0] < 1e-7 < 1e-5 < smaller_step[1]
    assert 300 * smaller_step[0] < smaller_step[1] < 1000 * smaller_step[0]
    assert single[0] > single[1]
    # Nor is there room in float32 with a step beside the one that is drawn.
    judged, seeds = checking[0]["judged"], checking[0]["seeds"]
    for h in (2e-3, 5e-3):
        found = [judged({"dtype": np.float32, "h": h}, seed) for seed in seeds]
        right, wrong = (
            [errors[name] for errors in found] for name in ("right, at once", "a little decay")
        )
        assert max(right) > min(wrong)
    # No other mistake is as small.
    for errors in checking[0]["judgements"]["the way that we advise"]:
        wrong = [e for name, e in errors.items() if not name.startswith("right")]
        assert errors["a little decay"] == min(wrong)


def test_on_a_straight_line_a_crude_difference_is_exact(checking: Ran) -> None:
    names = checking[0]
    x, W, b, dy = (names[name] for name in ("x1", "W1", "b1", "dy1"))
    crude = names["differences"](lambda a: x @ a + b, W, dy, 1e-3, one_sided=True)
    assert names["norm_relative"](crude, x.T @ dy) < 1e-11


def test_the_bound_for_the_whole_can_stay_when_arrays_grow(checking: Ran) -> None:
    found = checking[0]["whole_and_worst"]
    for size in (4, 20):
        assert found[size, "norm_relative"].max() < 1e-9
    assert np.mean(found[4, "worst_entry"] < 1e-8) > 0.8
    assert np.mean(found[20, "worst_entry"] < 1e-8) < 0.7
    assert found[20, "worst_entry"].max() < 1e-6


def test_the_v_has_its_bottom_where_the_lesson_says(checking: Ran) -> None:
    names = checking[0]
    steps, errors = names["steps"], names["errors"]
    double, single = np.array(list(errors(np.float64, False))), list(errors(np.float32, False))
    assert 1e-11 < double.min() < 1e-10
    assert 1e-6 <= steps[double.argmin()] < 2e-5
    # Four or five digits, near h = 3e-3, and no more than that in the figure of room.
    assert 1e-5 < min(single) < 2e-5
    assert 1e-3 < steps[np.argmin(single)] < 1e-2
    assert single[list(steps).index(1e-7)] > 0.1
    # Half as many steps serve one-sided differences, and their best gives eight digits.
    one_sided = np.array(list(errors(np.float64, True)))
    assert np.sum(one_sided < 1e-6) < 0.6 * np.sum(double < 1e-6)
    assert 1e-9 < one_sided.min() < 2e-8
    assert 3e-9 <= steps[one_sided.argmin()] < 2e-8
    (at,) = np.flatnonzero(np.isclose(steps, 1e-5))
    assert 1e-11 < double[at] < 1e-8


def test_what_a_backward_pass_costs_is_shown(backward: Ran) -> None:
    costs = re.findall(r"backward costs (\d\.\d) forward passes", backward[1])
    assert costs == ["1.5", "1.8", "1.9"]


def test_what_many_steps_gain_over_one_is_shown(training: Ran) -> None:
    _, printed = training
    one, many = (float(loss) for loss in re.findall(r"digits: loss (\d\.\d+)", printed))
    assert " 1 steps of 1437 digits" in printed
    assert "45 steps of   32 digits" in printed
    assert many < 1 < 1.9 < one


def test_the_variance_fades_halves_and_stays(weights: Ran) -> None:
    depths = weights[0]["depths"]
    assert depths["std 0.01"][11] < 1e-20
    assert 1e-10 < depths["xavier"][30] < 1e-8
    assert 0.5 < depths["he"].min() <= depths["he"].max() < 3


def test_the_gradient_fades_as_the_signal_does() -> None:
    rng = np.random.default_rng(0)
    h: Any = rng.standard_normal((64, 256))
    masks: list[Any] = []
    layers = [rng.standard_normal((256, 256)) / 16 for _ in range(10)]
    for W in layers:
        masks.append(h @ W > 0)
        h = np.where(masks[-1], h @ W, 0)
    d = rng.standard_normal(h.shape)
    for W, mask in zip(layers[::-1], masks[::-1], strict=True):
        d = (d * mask) @ W.T
    for left in (np.mean(h**2), np.mean(d**2)):
        assert 0.5**10 / 3 < left < 3 * 0.5**10


def test_only_batch_normalisation_depends_on_the_rest_of_the_batch(weights: Ran) -> None:
    batch, layer = re.findall(r"in two batches, up to (\d\.\d+) apart", weights[1])
    assert float(batch) > 1
    assert layer == "0.00"


def test_the_state_keeps_its_size_where_it_is_normalised(weights: Ran) -> None:
    plain, level = weights[0]["plain"], weights[0]["level"]
    assert 2e-13 < plain[0.8][60] < 8e-13
    assert 0.1 < plain[1.0][60] < 0.3
    assert 5e10 < plain[1.25][60] < 1e11
    for sizes in level.values():
        assert 0.45 < sizes[1:].min() <= sizes.max() < 1.01
        np.testing.assert_allclose(sizes, level[1.0], rtol=1e-4)


def test_the_frameworks_agree(backward: Ran) -> None:
    names = backward[0]
    np.testing.assert_allclose(names["by_keras"], names["by_numpy"], rtol=1e-4, atol=1e-5)
    assert names["by_numpy"].size == 1000


def test_a_softmax_taken_twice_stops_at_its_floor(training: Ran) -> None:
    names = training[0]
    runs = names["runs"]
    assert round(names["floor"], 2) == 1.46
    assert names["floor"] < runs["softmax twice"][0][-1] < 1.52
    assert runs["softmax twice"][1] > 0.95
    assert runs["Adam"][0][-1] < 0.07
    assert runs["SGD"][0][-1] < 0.15
    assert runs["Adam"][1] > 0.96
    assert 0.99 < runs["Adam"][2] < 1
    assert 1.9 < runs["labels shuffled"][0][-1] < 2.3
    assert runs["labels shuffled"][1] < 0.2


def test_what_the_lesson_says_of_adam_is_what_torch_does(training: Ran) -> None:
    found = {
        (degrees, optimiser.__name__, *settings): np.abs(p)
        for (degrees, optimiser, *settings), p in training[0]["valleys"].items()
    }
    for degrees in (0, 22.5):
        flat, steep = found[degrees, "SGD", 0.019, 0.9]
        assert round(float(found[degrees, "SGD", 0.019][0] / flat)) == 28
        assert steep > 100 * found[degrees, "SGD", 0.019][1]
        assert [flat, steep] == pytest.approx(found[0, "SGD", 0.019, 0.9], rel=1e-3)
        np.testing.assert_allclose(found[degrees, "SGD", 0.019], [0.147, 3e-5], rtol=0.15)
        assert found[degrees, "SGD", 0.021][1] > 1e3
    straight = found[0, "Adam", 0.1]
    assert straight[0] == pytest.approx(straight[1], rel=1e-4)
    assert straight.max() < 0.01
    turned, longer = found[22.5, "Adam", 0.1], found[22.5, "Adam", 0.3]
    assert round(float(turned[0]), 2) == 0.66
    assert turned[1] < 0.01 < longer[0]
    assert round(float(longer[0]), 2) == 0.04
    assert round(float(found[22.5, "SGD", 0.019, 0.9][0]), 3) == 0.005
    assert found[0, "Adam", 0.3].max() < 0.01


def test_the_drawn_seven_is_the_one_that_is_described(parts: Ran) -> None:
    names = parts[0]
    seven = (names["x"][np.flatnonzero(names["y"] == 7)[0]] * 16).reshape(8, 8)
    assert seven[0].tolist() == [0, 0, 4, 13, 16, 16, 16, 10]
    assert seven[7].tolist() == [0, 0, 6, 14, 2, 0, 0, 0]
    assert names["x"].shape[1] == 64


def test_the_gradient_of_the_cross_entropy_is_what_nudges_say(parts: Ran) -> None:
    names = parts[0]
    np.testing.assert_allclose(
        (names["after"] - names["before"]) / 0.01, names["wanted"], atol=2e-3
    )
    z = torch.tensor(names["z"], requires_grad=True)
    (dz,) = torch.autograd.grad(torch.nn.functional.cross_entropy(z, torch.tensor(1)), z)
    np.testing.assert_allclose(names["wanted"], dz)
    assert f"{names['before']:.2f}" == "1.35"
    shown = [f"{p:.3f}" for p in names["shares"](names["z"])]
    says("index", f"{shown[0]}, {shown[1]} and {shown[2]}", "$-\\log 0.259 = 1.35$")
    assert f"{names['wanted'][0] * 0.01:.3f}" == "0.007"


def test_the_circuit_has_the_derivatives_that_are_drawn(backward: Ran) -> None:
    w, x, b = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (4, 2, -3))
    u = w * x
    a = u + b
    h = torch.relu(a)
    e = h - x
    loss = e**2
    values = {"w": w, "x": x, "b": b, "u": u, "a": a, "h": h, "e": e, "L": loss}
    found = dict(zip(values, torch.autograd.grad(loss, [*values.values()]), strict=True))
    drawn = {label[0]: (label, slope) for label, slope in circuit.WIRES.values()}
    for name, (label, slope) in drawn.items():
        assert label == f"{name} = {values[name].item():.0f}"
        assert slope == f"{found[name].item():.0f}"
    words = [text.get_text() for text in texts(circuit.worked())]
    assert {"x = 2", "18", "b = −3", "24", "−6"} <= set(words)
    assert (found["x"], found["b"], found["w"]) == (18, 6, 12)
    (by_product,) = torch.autograd.grad(torch.relu(w * x + b), x)
    assert (2 * e * by_product, -2 * e) == (24, -6)
    grew = re.findall(r"^(\w): L grew by (\S+), expected (\S+)$", backward[1], re.MULTILINE)
    assert grew == [("w", "0.1204", "0.12"), ("x", "0.1809", "0.18"), ("b", "0.0601", "0.06")]


def test_the_circuit_in_code_goes_back_to_the_numbers_that_are_drawn(backward: Ran) -> None:
    slopes = {label[0]: slope for label, slope in circuit.WIRES.values() if label[0] != "L"}
    slopes |= {"b": "6", "x": "18"}
    came = re.findall(r"^d(\w): (-?\d+), drawn (-?\d+)$", backward[1], re.MULTILINE)
    assert {name: found for name, found, _ in came} == slopes
    assert all(found == drawn for _, found, drawn in came)
    assert 2**10 == 1024
    says("backpropagation", "$2^{10} = 1024$", "each of the 20 branches")


def test_the_layer_by_hand_is_what_the_page_says(backward: Ran) -> None:
    x, W = np.array([[1, 2, 0], [0, 1, 3]]), np.array([[1, 0], [2, -1], [0, 1]])
    dy = np.array([[1, 2], [-1, 3]])
    assert (x @ W + [1, -1]).tolist() == [[6, -3], [3, 1]]
    dW, dx, db = x.T @ dy, dy @ W.T, dy.sum(axis=0)

    def matrix(array: np.ndarray) -> str:
        rows = [" & ".join(str(n) for n in row) for row in np.atleast_2d(array)]
        between = r" \\ "
        return rf"\begin{{pmatrix}} {between.join(rows)} \end{{pmatrix}}"

    says("backpropagation", *(matrix(array) for array in (x, W, dy, dW, dx, db)))
    for name, array in (("dW", dW), ("dx", dx), ("db", db)):
        assert f"{name} {array.astype(float).tolist()}" in backward[1]


def test_a_learning_rate_is_too_small_or_too_large_as_the_lesson_says(training: Ran) -> None:
    found = {
        lr: np.array([losses for _, losses, *_ in runs])
        for lr, runs in training[0]["trained"].items()
    }
    assert all(losses.shape == (5, 20) for losses in found.values())
    ends = {lr: np.median(losses[:, -1]) for lr, losses in found.items()}
    assert 2.05 < ends[0.003] < 2.2
    assert 0.25 < ends[0.03] < 0.38
    assert 0.04 < ends[0.3] < 0.06
    assert (np.diff(found[0.003], axis=1) < 0).all(), "it goes down all the time"
    assert np.ptp(found[0.003][:, -1]) < 0.1, "five seeds give nearly the same"
    assert 2.2 < found[3.0].min() < found[3.0].max() < 2.6
    dead = re.findall(r"^lr = (\S+): (\d+)% to (\d+)% of the hidden", training[1], re.MULTILINE)
    assert float(dead[0][2]) < 15
    assert float(dead[1][1]) > 90


def test_momentum_and_a_schedule_gain_what_the_lesson_says(training: Ran) -> None:
    names, printed = training
    assert "steady 10.00, alternating 0.526, 19 times" in printed
    mean = {plan: table.mean(axis=0) for plan, table in names["outcomes"].items()}
    apart = {plan: table.std(axis=0, ddof=1) for plan, table in names["outcomes"].items()}
    assert {len(table) for table in names["outcomes"].values()} == {5}
    heavy, ten_times = mean["lr 0.1, momentum 0.9"][0], mean["lr 1"][0]
    assert heavy == pytest.approx(ten_times, rel=0.5)
    assert mean["lr 0.1"][0] > 10 * ten_times
    assert abs(mean["lr 1, cosine"][1] - mean["lr 1"][1]) < apart["lr 1, cosine"][1]
    assert abs(mean["lr 1, cosine"][2] - mean["lr 1"][2]) < apart["lr 1, cosine"][2]
    for plan in mean.keys() - {"lr 0.1"}:
        assert 0.965 < mean[plan][2] < 0.985, "97 to 98 per cent, as the next page says"


def test_momentum_at_the_rate_of_plain_descent_still_learns_as_an_answer_says(
    training: Ran,
) -> None:
    _, losses, *_ = training[0]["learn_by_sgd"](0, 0.3, momentum=0.9)
    assert losses[-1] < 0.1


def test_a_rate_that_shrinks_comes_to_rest_and_others_do_not(training: Ran) -> None:
    walks = training[0]["walks"]
    assert walks["1/t"] == pytest.approx(1000**-0.5, rel=0.05)
    assert walks["0.1"] == pytest.approx((0.1 / 1.9) ** 0.5, rel=0.05)
    assert walks["0.001"] > 1.5
    assert walks["1/t²"] > 0.4


def test_the_best_of_many_equal_networks_looks_better_than_it_is(validation: Ran) -> None:
    assert "one network      94.0% ± 1.4%" in validation[1]
    best = float(re.findall(r"the best of 50   (\S+)%", validation[1])[0])
    assert 96.5 < best < 97.5
    assert f"{(0.94 * 0.06 / 300) ** 0.5:.3f}" == "0.014"


def test_wrong_labels_are_learned_by_heart_and_right_ones_do_little_harm(validation: Ran) -> None:
    clean, noisy = validation[0]["clean"], validation[0]["noisy"]
    assert clean.shape == noisy.shape == (10, 60, 3, 2)
    medians = [np.median(found[..., 0], axis=0) for found in (clean, noisy)]
    for (train, *_), low in zip((m.T for m in medians), (0.03, 0.25), strict=True):
        assert 2 < train[0] < 2.3
        assert train[-1] < low
    level, turning = (m[:, 1] for m in medians)
    assert 0.2 < level.min() <= level[-1] < 0.3
    assert level[-1] < 1.1 * level.min()
    assert 18 <= 1 + turning.argmin() <= 24
    assert 0.55 < turning.min() < 0.65
    assert 0.72 < turning[-1] < 0.85
    told = noisy[:, -1, 0, 1].mean()
    assert f"{told:.0%}" == "95%"
    assert (told - 0.8) / 0.2 >= 0.75


def test_stopping_early_helps_where_there_is_something_to_over_fit(validation: Ran) -> None:
    names = validation[0]
    clean, noisy = (
        (names["stops"][name, "at_the_end"], names["stops"][name, "stopped_early"])
        for name in ("right labels", "one in five wrong")
    )
    assert (noisy[1][:, 1] > noisy[0][:, 1]).all(), "in all ten seeds"
    assert [f"{table[:, 1].mean():.0%}" for table in noisy] == ["78%", "86%"]
    assert abs(np.subtract(*(table[:, 1].mean() for table in clean))) < 0.01
    assert f"{clean[0][:, 1].mean():.0%}" == "94%"
    stopped = 1 + names["noisy"][:, :, 1, 0].argmin(axis=1)
    assert (stopped.min(), stopped.max()) == (19, 42)
    says("validation", "from 78 to 86 per cent", "between epoch 19 and epoch 42")


def test_weight_decay_closes_the_gap_and_too_much_of_it_under_fits(validation: Ran) -> None:
    names = validation[0]
    last = {decay: found[:, -1] for decay, found in names["decayed"].items()}
    held = {decay: found[:, 1, 0].mean() for decay, found in last.items()}
    assert min(held, key=held.__getitem__) == 0.01
    assert held[0.003] - held[0.01] < last[0.01][:, 1, 0].std(ddof=1)
    gap = {decay: held[decay] - found[:, 0, 0].mean() for decay, found in last.items()}
    assert gap[0.01] < 0.1 < 0.5 < gap[0.0]
    assert gap[0.03] < 0, "as a question says"
    right = {decay: f"{found[:, 2, 1].mean():.0%}" for decay, found in last.items()}
    assert (right[0.0], right[0.01]) == ("78%", "84%")
    early = names["stops"]["one in five wrong", "stopped_early"][:, 1].mean()
    assert max(found[:, 2, 1].mean() for found in last.values()) < early
    assert last[0.1][:, :2, 0].min() > 1.7
    assert abs(gap[0.1]) < 0.1
    assert f"{0.997**231:.1f}" == "0.5"


def test_dropout_of_four_units_is_what_the_page_says(validation: Ran) -> None:
    for line in (
        "kept, divided    [4.0, 0.0, 0.0, 6.0]",
        "the gradient     [2.0, 0.0, 0.0, 2.0]",
        "mean of 100,000  [2.0, 4.0, 1.0, 3.0]",
        "in use           [2.0, 4.0, 1.0, 3.0]",
    ):
        assert line in validation[1].splitlines()
    says("validation", "gets (4, 0, 0, 6)", "(1, 1, 1, 1) comes back as (2, 0, 0, 2)")


def test_dropout_gains_what_the_page_says(validation: Ran) -> None:
    names = validation[0]
    last = {p: found[:, -1] for p, found in names["thinned"].items()}
    assert list(last) == [0.0, 0.2, 0.5]
    right = {p: found[:, 2, 1] for p, found in last.items()}
    assert [f"{right[p].mean():.0%}" for p in (0.0, 0.5)] == ["78%", "86%"]
    assert (right[0.5] > right[0.0]).all(), "each of the ten seeds"
    assert right[0.0].mean() < right[0.2].mean() < right[0.5].mean()
    decayed = max(found[:, -1, 2, 1].mean() for found in names["decayed"].values())
    early = names["stops"]["one in five wrong", "stopped_early"][:, 1].mean()
    assert decayed < right[0.5].mean()
    assert abs(early - right[0.5].mean()) < right[0.5].std(ddof=1)
    assert [f"{last[p][:, 0, 0].mean():.2f}" for p in (0.0, 0.5)] == ["0.22", "0.44"]
    says("validation", "86 per cent", "against 78", "with 84", "0.44 in place of 0.22")


def agrees(printed: str, name: str) -> bool:
    """Whether a line of an assignment says that gradients equal differences."""
    (line,) = (line for line in printed.splitlines() if line.startswith(f"{name} "))
    return all(float(number) < 1e-9 for number in line.removeprefix(name).split())


def test_the_first_assignment_shows_what_it_says() -> None:
    _, printed = run_solved("feedforward")
    assert "largest difference: 0.033" in printed
    assert "sure by 100.0: right costs 0.0000, wrong costs 100.0000" in printed
    assert all(agrees(printed, name) for name in ("affine", "relu", "tanh"))
    assert float(printed.split("% of 81 threes")[0].split()[-1]) >= 95


def test_the_second_assignment_shows_what_it_says(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert agrees(printed, "layer norm")
    np.testing.assert_allclose(names["by_torch"], names["by_numpy"], rtol=1e-4, atol=1e-5)


def test_normalised_layers_give_the_same_whatever_the_size_of_the_weights(solved: Ran) -> None:
    _, printed = solved
    rows = [line.split()[3:] for line in printed.splitlines() if line.startswith("he × ")]
    (gone, *_), _, (beyond, *_) = rows
    assert float(gone) < 1e-8 < 1e14 < float(beyond)
    assert [row[2:] for row in rows] == [["0.53", "0.001"]] * 3


def test_a_student_reaches_95_per_cent_in_the_notebook(
    solved: tuple[dict[str, Any], str],
) -> None:
    names, _ = solved
    assert names["losses"][-1] < 0.03
    assert np.mean(names["z_held"].argmax(axis=1) == names["y_held"]) >= 0.95
    assert 1 <= len(names["wrong"]) <= 8
