"""The recurrent lesson and its assignment: what they state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from autograder.data import prose, sunspots
from autograder.experiments import spots
from autograder.figures import recurrent
from tests.chapters.pages import (
    Ran,
    code,
    lesson_of,
    lessons_of,
    read,
    run_lesson,
    run_solved,
    sections,
    titles,
)

CHAPTER = lesson_of("recurrent").parent
CLOSING = {"Questions", "What to remember, what to read"}
BESIDE = {
    "Five modes",
    "The gradient as one sum",
    "Cuts at random",
    "What the states cost",
    "A year ahead: sunspots",
    "Where recurrent networks stand today",
}
"""Sections that no mistake refers to."""


def page(name: str) -> Path:
    return CHAPTER / f"{name}.md"


@pytest.fixture(scope="module")
def first() -> Ran:
    return run_lesson(page("index"))


@pytest.fixture(scope="module")
def gradients() -> Ran:
    return run_lesson(page("gradients"))


@pytest.fixture(scope="module")
def truncation() -> Ran:
    return run_lesson(page("truncation"))


@pytest.fixture(scope="module")
def language_model() -> Ran:
    return run_lesson(page("language_model"))


@pytest.fixture(scope="module")
def series() -> Ran:
    return run_lesson(page("series"))


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("recurrent")


def test_the_lesson_has_the_sections_that_checks_refer_to_each_once() -> None:
    found = [title for lesson in lessons_of("recurrent") for title in titles(lesson)]
    once = [title for title in found if title not in CLOSING]
    assert sorted(once) == sorted(sections("recurrent") | BESIDE)
    assert len(found) - len(once) == len(CLOSING) * len(lessons_of("recurrent"))


def words(page: Path) -> int:
    """The words of the prose: all but code, tables, equations set apart, and folded answers.

    Headings, questions and references count, captions do not. A formula within a line is a word.
    """
    text = "\n".join(cell.source for cell in read(page).cells if cell.cell_type == "markdown")
    for left_out in (r"^:::\{dropdown\}.*?^:::$", r"\$\$.*?\$\$", r"^\|.*?$", r"^```.*?^```$"):
        text = re.sub(left_out, "", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", re.sub(r"\$[^$]+\$", "x", text))
    return len(re.findall(r"\S*\w\S*", text))


@pytest.mark.parametrize("lesson", lessons_of("recurrent"), ids=lambda lesson: lesson.stem)
def test_a_page_can_be_read_in_one_sitting(lesson: Path) -> None:
    assert words(lesson) <= 2000
    head = lesson.read_text(encoding="utf-8").split("```")[0]
    for part in ("**Time.**", "**What you should know.**", "**Afterwards you can**"):
        assert part in head


# What the pages state.


def test_the_data_is_what_the_lesson_says_of_it() -> None:
    text = prose()
    assert 150_000 < len(text) < 200_000
    assert 40 < len(set(text)) < 60
    assert text.isascii()
    assert text.lower() == text
    assert len(set(text.splitlines())) == len(text.splitlines())
    years, spots = sunspots()
    assert (years[0], years[-1], len(years)) == (1700, 2008, 309)
    assert np.all(np.diff(years) == 1)
    assert spots.min() >= 0


def test_states_forget_as_the_lesson_says(first: Ran) -> None:
    apart = first[0]["apart"]
    assert 1 < apart[0] < 4
    assert apart[30] < 1e-6


def test_the_gradient_by_hand_is_that_of_torch(first: Ran) -> None:
    lines = re.findall(r"^d(\w+) +by hand .* difference to torch (\S+)$", first[1], re.MULTILINE)
    assert [name for name, _ in lines] == ["x", "h0", "Wx", "Wh", "b"]
    assert all(float(error) < 1e-14 for _, error in lines)


def test_jacobians_fade_and_explode_as_the_lesson_says(gradients: Ran) -> None:
    first = {key: sizes[0] for key, sizes in gradients[0]["measured"].items()}
    assert 1e-4 < first[0.0, 0.8] < 1e-3
    assert 1 < first[0.0, 1.0] < 4
    assert 2000 < first[0.0, 1.2] < 5000
    assert 1e-13 < first[1.0, 0.8] < 1e-11
    assert 1e-9 < first[1.0, 1.0] < 1e-8
    assert 1e-6 < first[1.0, 1.2] < 1e-5


def test_the_radius_does_not_bound_the_product_once_slopes_differ(gradients: Ran) -> None:
    names, printed = gradients
    assert "the square is zero: True" in printed
    assert names["grown"]["at rest"] == 0
    assert names["grown"]["saturated"] == pytest.approx(1.5**20 * 2**0.5, rel=1e-3)
    assert "second unit saturated: size over 20 steps 4703" in printed


def test_all_draws_do_in_silence_and_with_inputs_what_the_caption_says(gradients: Ran) -> None:
    draws = gradients[0]["draws"]
    assert all(len(sizes) == 20 for sizes in draws.values())
    assert max(draws[0.0, 0.8]) < 1e-3
    assert 1 < min(draws[0.0, 1.0]) < max(draws[0.0, 1.0]) < 4
    assert min(draws[0.0, 1.2]) > 1000
    assert max(draws[1.0, radius][k] for radius in (0.8, 1.0, 1.2) for k in range(20)) < 1e-4


def test_one_step_without_clipping_leaves_the_valley(gradients: Ran) -> None:
    names, _ = gradients
    free, held = names["ways"].values()
    assert np.linalg.norm(np.diff(free, axis=0), axis=1).max() > 1
    steps = np.linalg.norm(np.diff(held, axis=0), axis=1)
    assert steps.max() <= 0.05 + 1e-12
    assert (steps > 0.05 - 1e-12).mean() > 0.9  # "at nearly every step"
    assert free[-1][1] > 1.5
    assert names["final_loss"](*free[-1]) > 0.05
    assert names["final_loss"](*held[-1]) < 0.01


def test_chunks_join_as_the_pages_say(truncation: Ran, solved: Ran) -> None:
    joined = re.findall(r"largest difference to the whole (\S+)", truncation[1])
    assert len(joined) == 4
    assert all(float(error) < 1e-14 for error in joined)
    assert float(solved[1].split("between the last states: ")[1].split()[0]) < 1e-12
    errors = solved[0]["errors"]
    assert errors[0] > 0.5
    assert 0.05 < errors[-2] < 0.15


def test_the_writer_learns_more_than_counting_triples_and_less_than_counting_sixes(
    language_model: Ran,
) -> None:
    names, _ = language_model
    perplexities = [np.exp(loss) for _, loss in names["tested"]]
    counting = names["counting"]
    assert 18 < counting[1] < 24
    assert perplexities[0] < counting[2]
    assert perplexities[1] < counting[3]
    assert 4.2 < perplexities[-1] < 4.4
    # Longer pieces, with shorter ones where they are rare, are the baseline that wins.
    assert list(counting) == [1, 2, 3, 6]
    assert 3.3 < counting[6] < 3.45 < min(perplexities)
    records = page("index").parent.parent / "gated" / "results"
    written = json.loads((records / "writers.json").read_text(encoding="utf-8"))
    for runs in written["runs"].values():
        assert counting[6] < min(one["perplexity"] for one in runs)
    learn = names["learn"]
    pieces = {learn[k : k + m] for m in range(1, 7) for k in range(len(learn) - m + 1)}
    assert round(len(pieces), -3) == 104_000
    assert round(sum(w.numel() for w in names["writer"].parameters()), -3) == 56_000


def test_units_follow_what_is_near_and_no_bracket(language_model: Ran) -> None:
    found = re.findall(r"^(.+?) +unit +\d+, correlation (\S+)$", language_model[1], re.MULTILINE)
    likeness = {name: float(value) for name, value in found}
    assert likeness["between words"] > 0.4
    assert likeness["place in the word"] > 0.4
    assert likeness["inside brackets"] < 0.3


def test_no_forecast_is_given_more_than_another(series: Ran) -> None:
    names, printed = series
    assert spots.FIRST == 1950
    np.testing.assert_allclose(names["roots"], spots.roots(names["counts"]), rtol=1e-6)
    assert spots.counts_of(np.array([0.5, -0.1])).tolist() == [25.0, 0.0]
    assert spots.error(np.array([1.0, 4.0]), np.array([1.0, 2.0])) == pytest.approx(2**0.5)
    # The weights are those of the learned years alone.
    later = names["counts"].copy()
    later[names["first"] :] = 0
    for lags, products in ((2, 0), (9, 0), (9, 2)):
        forecast, numbers = spots.linear(later, names["first"], lags, products)
        wanted, _ = spots.linear(names["counts"], names["first"], lags, products)
        at = names["first"]
        np.testing.assert_allclose(forecast[lags : at + 1], wanted[lags : at + 1])
        assert numbers == 1 + lags + products * (products + 1) // 2
    for name in names["baselines"]:
        assert name in printed


def test_high_counts_vary_more_than_low_ones_and_their_roots_do_not(series: Ran) -> None:
    counts, first = series[0]["counts"], series[0]["first"]
    spread = {}
    for name, series in (("counts", counts), ("roots", spots.roots(counts))):
        forecast, _ = spots.linear(series, first)
        missed = (series - forecast)[spots.LAGS : first]
        low, _, high = np.array_split(missed[forecast[spots.LAGS : first].argsort()], 3)
        spread[name] = high.std() / low.std()
    assert spread["counts"] > 1.5
    assert 0.7 < spread["roots"] < 1.1


def test_a_linear_forecast_is_not_beaten_as_the_lesson_says(series: Ran) -> None:
    names, printed = series
    judged = {name: errors[1] for name, (errors, _) in names["table"].items()}
    network, linear = judged["network, mean of five"], judged["linear, 9 years"]
    simple = min(judged["last value"], judged["eleven years ago"])
    assert 0.45 * simple < network < 0.6 * simple
    assert linear < network < judged["linear, 9 years, counts"]
    assert names["table"]["linear, 9 years"][1] == 10
    learned = {name: errors[0] for name, (errors, _) in names["table"].items()}
    assert min(learned, key=lambda name: learned[name]) == "9 years, products of 9"
    assert judged["9 years, products of 9"] > judged["linear, 2 years"]
    assert judged["9 years, products of 2"] < linear
    assert abs(names["more"].mean()) < names["spread"]
    assert (round(names["a1"], 2), round(names["a2"], 2)) == (1.40, -0.69)
    assert "period 11.1 years, a swing keeps 83% of itself" in printed
    assert names["helped"] == [False, False, True, True]


def test_one_layer_serves_five_modes(first: Ran) -> None:
    shapes = {mode: tuple(out.shape) for mode, out in first[0]["modes"].items()}
    assert list(shapes) == list(recurrent.MODES)
    assert set(shapes.values()) == {(2, 5), (2, 4, 5), (2, 2, 5)}
    assert [mode for mode, shape in shapes.items() if len(shape) == 2] == [
        "one to one",
        "many to one",
    ]


def test_the_double_sum_is_the_table_and_the_gradient(gradients: Ran) -> None:
    names, printed = gradients
    text = page("gradients").read_text(encoding="utf-8")
    for t, row in enumerate(names["terms"], start=1):
        told = next(line for line in text.splitlines() if line.startswith(f"| $t = {t}$"))
        for term in row[:t]:
            assert re.search(rf"(= |\| ){term:g}\$? ", told), (t, term)
        assert told.endswith(f" {row.sum():g} |")
    columns = names["terms"].sum(axis=0)
    np.testing.assert_allclose(names["columns"], columns)
    assert "| 1.47 | 0.6 | −0.375 | **1.695** |" in text
    assert columns.round(3).tolist() == [1.47, 0.6, -0.375]
    assert "all terms 1.695, the recursion 1.695" in printed
    assert names["pairs"] == 21
    assert names["apart"] < 1e-13
    assert {name: f"{n:.0e} {m:.0e}" for name, (n, m) in names["costs"].items()} == {
        "the recursion": "3e+07 1e+05",
        "the double sum": "5e+11 1e+05",
        "forward in time": "1e+11 1e+06",
    }


def test_a_derivative_carried_forward_in_time_has_the_size_that_the_page_says() -> None:
    rng = np.random.default_rng(0)
    T, H = 5, 3
    W, x, dhs = (rng.standard_normal((n, H)) for n in (H, T, T))
    h, carried, forward = np.zeros(H), np.zeros((H * H, H)), np.zeros((H, H))
    for t in range(T):
        before, h = h, np.tanh(x[t] + h @ W)
        direct = np.kron(before[:, None], np.eye(H))
        carried = (direct + carried @ W) * (1 - h**2)
        forward += (carried @ dhs[t]).reshape(H, H)
    weights = torch.tensor(W, requires_grad=True)
    state, loss = torch.zeros(H, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    for t in range(T):
        state = torch.tanh(torch.tensor(x[t]) + state @ weights)
        loss = loss + (state * torch.tensor(dhs[t])).sum()
    (slope,) = torch.autograd.grad(loss, weights)
    np.testing.assert_allclose(forward, slope.numpy(), rtol=1e-10)
    assert carried.size == H**3


def test_random_cuts_need_their_factors(truncation: Ran) -> None:
    names, printed = truncation
    full, found = names["full"], names["found"]

    def off(name: str) -> float:
        return float(abs(found[name].mean() - full))

    error = {name: found[name].std() / names["n"] ** 0.5 for name in found}
    assert found["fixed chunks"].item() / full < 2 / 3
    assert off("random cuts") > 20 * error["random cuts"]
    assert off("random cuts, factors") < 3 * error["random cuts, factors"]
    assert found["random cuts, factors"].std() / abs(full) == pytest.approx(0.5, abs=0.05)
    assert names["n"] == 10_000
    assert "random cuts, factors       -16.3 ± 0.2, spread 8.1" in printed
    (alt,) = (
        cell.metadata["mystnb"]["image"]["alt"]
        for cell in code(page("truncation"))
        if "axes.hist" in cell.source
    )
    for name in ("random cuts", "random cuts, factors"):
        low, high = (f"{q:.1f}".replace("-", "−") for q in np.quantile(found[name], [0.05, 0.95]))
        assert f"between {low} and {high}" in alt
    assert f"{full:.1f}".replace("-", "−") in alt


def test_checkpoints_change_memory_and_time_and_no_gradient(truncation: Ran) -> None:
    checked = truncation[0]["checked"]
    inputs = truncation[0]["inputs"]
    assert {s: (kept, steps) for s, (_, kept, steps) in checked.items()} == {
        s: (100 // s + s, 200 - s) for s in (100, 50, 20, 10, 5, 2)
    }
    w = torch.tensor(0.9, dtype=torch.float64, requires_grad=True)
    h = torch.zeros((), dtype=torch.float64)
    for x in inputs:
        h = torch.tanh(x + w * h)
    h.backward()
    assert w.grad is not None
    for gradient, _, _ in checked.values():
        assert gradient == pytest.approx(w.grad.item(), rel=1e-12)
    assert len({gradient for gradient, _, _ in checked.values()}) == 1


def test_a_linear_recurrence_is_joined_in_six_rounds(series: Ran) -> None:
    names, printed = series
    assert names["rounds"] == 6
    assert names["error"] < 1e-12
    assert "6 rounds, largest difference to 64 steps" in printed


def test_the_memory_of_one_unit_is_what_the_assignment_says(
    solved: Ran,
) -> None:
    echoes = solved[0]["echoes"]
    assert all(round(heard[0], 2) == 0.76 for heard in echoes.values())
    assert echoes[0.5][5] < 0.05
    assert echoes[0.9][-1] < 0.1
    assert round(echoes[1.5][-1], 2) == 0.86


def test_every_gradient_agrees_with_two_other_ways(solved: Ran) -> None:
    found = re.findall(r"^d(\w+) +against torch (\S+), against differences (\S+)$", solved[1], re.M)
    assert [name for name, *_ in found] == ["x", "h0", "Wx", "Wh", "b"]
    for _, torch_error, difference_error in found:
        assert float(torch_error) < 1e-13
        assert float(difference_error) < 1e-7


def test_the_jacobians_of_the_assignment_are_what_it_says(
    solved: Ran,
) -> None:
    last = {curve: sizes[0] for curve, sizes in solved[0]["reach"].items()}
    assert last[0.8, 0.0] < 1e-3
    assert 1 < last[1.0, 0.0] < 5
    assert last[1.2, 0.0] > 1000
    assert 0.1 < last[1.2, 0.1] < 0.4


def test_a_model_of_the_students_own_functions_learns(solved: Ran) -> None:
    names, printed = solved
    assert np.exp(names["course"][0]) > 40
    assert 4 <= np.exp(np.mean(names["course"][-20:])) < 5
    assert np.exp(np.mean(names["course"][95:105])) < 12
    assert "temperature 1.5:\nreturn the " in printed
