"""The recurrent lesson and its assignment: what they state."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from autograder.data import prose, sunspots
from autograder.experiments import spots
from autograder.grader.release.source import page as page_of
from tests.chapters.pages import (
    Ran,
    lesson_of,
    run_lesson,
    run_solved,
    sections,
)

LESSON = lesson_of("recurrent")
ASSIGNMENT = page_of("recurrent")
CLOSING = {"Questions", "What to remember, what to read"}


@pytest.fixture(scope="module")
def lesson() -> Ran:
    return run_lesson(LESSON)


@pytest.fixture(scope="module")
def solved() -> Ran:
    return run_solved("recurrent")


def test_the_lesson_has_the_sections_that_checks_refer_to() -> None:
    text = LESSON.read_text(encoding="utf-8")
    wanted = sections("recurrent")
    found = {line[3:] for line in text.splitlines() if line.startswith("## ")}
    assert found == {*wanted, "A year ahead: sunspots", *CLOSING}


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


def test_states_forget_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    apart = lesson[0]["apart"]
    assert 1 < apart[0] < 4
    assert apart[30] < 1e-6


def test_the_gradient_by_hand_is_that_of_torch(lesson: tuple[dict[str, Any], str]) -> None:
    lines = re.findall(r"^d(\w+) +by hand .* difference to torch (\S+)$", lesson[1], re.MULTILINE)
    assert [name for name, _ in lines] == ["x", "h0", "Wx", "Wh", "b"]
    assert all(float(error) < 1e-14 for _, error in lines)


def test_jacobians_fade_and_explode_as_the_lesson_says(lesson: tuple[dict[str, Any], str]) -> None:
    first = {key: sizes[0] for key, sizes in lesson[0]["measured"].items()}
    assert 1e-4 < first[0.0, 0.8] < 1e-3
    assert 1 < first[0.0, 1.0] < 4
    assert 2000 < first[0.0, 1.2] < 5000
    assert 1e-13 < first[1.0, 0.8] < 1e-11
    assert 1e-9 < first[1.0, 1.0] < 1e-8
    assert 1e-6 < first[1.0, 1.2] < 1e-5


def test_the_radius_does_not_bound_the_product_once_slopes_differ(lesson: Ran) -> None:
    names, printed = lesson
    assert "the square is zero: True" in printed
    assert names["grown"]["at rest"] == 0
    assert names["grown"]["saturated"] == pytest.approx(1.5**20 * 2**0.5, rel=1e-3)
    assert "second unit saturated: size over 20 steps 4703" in printed


def test_all_draws_do_in_silence_and_with_inputs_what_the_caption_says(lesson: Ran) -> None:
    draws = lesson[0]["draws"]
    assert all(len(sizes) == 20 for sizes in draws.values())
    assert max(draws[0.0, 0.8]) < 1e-3
    assert 1 < min(draws[0.0, 1.0]) < max(draws[0.0, 1.0]) < 4
    assert min(draws[0.0, 1.2]) > 1000
    assert max(draws[1.0, radius][k] for radius in (0.8, 1.0, 1.2) for k in range(20)) < 1e-4


def test_one_step_without_clipping_leaves_the_valley(lesson: tuple[dict[str, Any], str]) -> None:
    names, _ = lesson
    free, held = names["ways"].values()
    assert np.linalg.norm(np.diff(free, axis=0), axis=1).max() > 1
    assert np.linalg.norm(np.diff(held, axis=0), axis=1).max() <= 0.05 + 1e-12
    assert free[-1][1] > 1.5
    assert names["final_loss"](*free[-1]) > 0.05
    assert names["final_loss"](*held[-1]) < 0.01


def test_chunks_join_as_the_pages_say(
    lesson: tuple[dict[str, Any], str], solved: tuple[dict[str, Any], str]
) -> None:
    joined = re.findall(r"largest difference to the whole (\S+)", lesson[1])
    assert len(joined) == 4
    assert all(float(error) < 1e-14 for error in joined)
    assert float(solved[1].split("between the last states: ")[1].split()[0]) < 1e-12
    errors = solved[0]["errors"]
    assert errors[0] > 0.5
    assert 0.05 < errors[-2] < 0.15


def test_the_writer_learns_more_than_counting(lesson: tuple[dict[str, Any], str]) -> None:
    names, _ = lesson
    perplexities = [np.exp(loss) for _, loss in names["tested"]]
    counting = names["counting"]
    assert 18 < counting[1] < 24
    assert perplexities[0] < counting[2]
    assert perplexities[1] < counting[3]
    assert perplexities[-1] < 5


def test_units_follow_what_is_near_and_no_bracket(lesson: tuple[dict[str, Any], str]) -> None:
    found = re.findall(r"^(.+?) +unit +\d+, correlation (\S+)$", lesson[1], re.MULTILINE)
    likeness = {name: float(value) for name, value in found}
    assert likeness["between words"] > 0.4
    assert likeness["place in the word"] > 0.4
    assert likeness["inside brackets"] < 0.3


def test_no_forecast_is_given_more_than_another(lesson: Ran) -> None:
    names, printed = lesson
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


def test_high_counts_vary_more_than_low_ones_and_their_roots_do_not(lesson: Ran) -> None:
    counts, first = lesson[0]["counts"], lesson[0]["first"]
    spread = {}
    for name, series in (("counts", counts), ("roots", spots.roots(counts))):
        forecast, _ = spots.linear(series, first)
        missed = (series - forecast)[spots.LAGS : first]
        low, _, high = np.array_split(missed[forecast[spots.LAGS : first].argsort()], 3)
        spread[name] = high.std() / low.std()
    assert spread["counts"] > 1.5
    assert 0.7 < spread["roots"] < 1.1


def test_a_linear_forecast_is_not_beaten_as_the_lesson_says(lesson: Ran) -> None:
    names, printed = lesson
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


def test_the_memory_of_one_unit_is_what_the_assignment_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    echoes = solved[0]["echoes"]
    assert all(round(heard[0], 2) == 0.76 for heard in echoes.values())
    assert echoes[0.5][5] < 0.05
    assert echoes[0.9][-1] < 0.1
    assert round(echoes[1.5][-1], 2) == 0.86


def test_every_gradient_agrees_with_two_other_ways(solved: tuple[dict[str, Any], str]) -> None:
    found = re.findall(r"^d(\w+) +against torch (\S+), against differences (\S+)$", solved[1], re.M)
    assert [name for name, *_ in found] == ["x", "h0", "Wx", "Wh", "b"]
    for _, torch_error, difference_error in found:
        assert float(torch_error) < 1e-13
        assert float(difference_error) < 1e-7


def test_the_jacobians_of_the_assignment_are_what_it_says(
    solved: tuple[dict[str, Any], str],
) -> None:
    last = {curve: sizes[0] for curve, sizes in solved[0]["reach"].items()}
    assert last[0.8, 0.0] < 1e-3
    assert 1 < last[1.0, 0.0] < 5
    assert last[1.2, 0.0] > 1000
    assert 0.1 < last[1.2, 0.1] < 0.4


def test_a_model_of_the_students_own_functions_learns(solved: tuple[dict[str, Any], str]) -> None:
    names, printed = solved
    assert np.exp(names["course"][0]) > 40
    assert 4 <= np.exp(np.mean(names["course"][-20:])) < 5
    assert np.exp(np.mean(names["course"][95:105])) < 12
    assert "temperature 1.5:\nreturn the " in printed
