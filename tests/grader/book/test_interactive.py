"""Figures that move: what they compute, against NumPy, and how a page gets them."""

from __future__ import annotations

import json
import re
import subprocess
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from docutils import nodes

from autograder.figures import valley
from autograder.figures.beam import NODES
from autograder.figures.convolution import SETTINGS
from autograder.grader.book import npm
from autograder.grader.book.interactive import mounts, scripts
from autograder.grader.release.source import CHAPTERS
from tests.chapters.pages import code


def computed(module: str, expression: str) -> Any:
    """The value of an expression in a module of `equations`, which is `m` there."""
    address = (scripts.SOURCE / "equations" / f"{module}.js").as_uri()
    program = f"import * as m from {address!r}; console.log(JSON.stringify({expression}));"
    command = [npm.node(), "--input-type=module", "--eval", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_step_of_an_lstm_has_the_numbers_that_numpy_has() -> None:
    rng = np.random.default_rng(0)
    c, g = rng.uniform(-3, 3, 5), rng.uniform(-1, 1, 5)
    f, i, o = rng.uniform(0, 1, (3, 5))
    cases = [
        dict(zip("cfigo", map(float, case), strict=True))
        for case in zip(c, f, i, g, o, strict=True)
    ]
    step = "(x) => [m.stepOf(x.c, x), m.repeated(x.c, x, 20)]"
    got = computed("lstm", f"{json.dumps(cases)}.map({step})")
    for k, (step, steps) in enumerate(got):
        state = f[k] * c[k] + i[k] * g[k]
        expected = [f[k] * c[k], i[k] * g[k], state, np.tanh(state), o[k] * np.tanh(state)]
        np.testing.assert_allclose(list(step.values()), expected, rtol=1e-12)
        # c_t in closed form: what is kept of c_0, and a geometric series of what is written.
        last = f[k] ** 20 * c[k] + i[k] * g[k] * (1 - f[k] ** 20) / (1 - f[k])
        assert len(steps) == 20
        np.testing.assert_allclose(steps[-1]["state"], last, rtol=1e-9)


def test_the_units_of_the_lstm_are_those_of_the_page() -> None:
    cell = next(x for x in code(CHAPTERS / "gated/lstm_step.md") if x.source.startswith("c = np"))
    names: dict[str, Any] = {"np": np}
    exec(cell.source, names)
    expected = [{name: names[name][k] for name in "cfigo"} for k in range(3)]
    assert list(computed("lstm", "m.UNITS").values()) == expected


def test_what_is_left_of_a_gradient_is_what_numpy_leaves() -> None:
    radius, size, bias, steps = 1.2, 0.3, 2.5, 40
    # Symmetric weights, all states of one size: the product of the Jacobians has a known norm.
    rng = np.random.default_rng(1)
    W = rng.standard_normal((4, 4))
    W = W + W.T
    W *= radius / np.abs(np.linalg.eigvalsh(W)).max()
    J = np.linalg.matrix_power(W @ np.diag(np.full(4, 1 - size**2)), steps)
    expected = [np.linalg.norm(J, 2), (1 / (1 + np.exp(-bias))) ** steps]
    factors = f"[m.simpleFactor({radius}, {size}), m.gatedFactor({bias})]"
    got = computed("gradient", f"{factors}.map((factor) => m.leftOf(factor, {steps}))")
    np.testing.assert_allclose(got, expected, rtol=1e-9)


def test_a_beam_of_two_keeps_what_the_still_tree_keeps() -> None:
    for step, found in enumerate(computed("beam", "m.beam(2, 4)")):
        kept = {(one["words"][-1], float(f"{one['chance']:.2g}")) for one in found if one["kept"]}
        drawn = {(n.word, float(f"{n.chance:.2g}")) for n in NODES if n.step == step and n.kept}
        assert kept == drawn


def test_a_beam_of_one_is_greedy_and_a_wide_one_finds_the_likeliest() -> None:
    last = computed("beam", "[1, 3].map((width) => m.beam(width, 4).at(-1)[0])")
    assert [one["words"][1:] for one in last] == [["A"] * 4, ["B", "C", "D", "EOS"]]
    np.testing.assert_allclose([one["chance"] for one in last], [0.6 * 0.25**3, 0.4 * 0.9**2])


def test_a_kernel_has_the_places_that_numpy_finds() -> None:
    cases = list(product((1, 2, 5, 8, 12), range(1, 6), range(1, 5), range(4), range(1, 4)))
    dicts = [dict(zip("nkspd", case, strict=True)) for case in cases]
    for (n, k, s, p, d), got in zip(
        cases, computed("places", f"{json.dumps(dicts)}.map(m.placesOf)"), strict=True
    ):
        axis, reach = np.arange(n + 2 * p), d * (k - 1) + 1
        windows = np.empty((0, k), int)
        if reach <= len(axis):
            windows = np.lib.stride_tricks.sliding_window_view(axis, reach)[::s, ::d]
        assert (got["length"], got["reach"]) == (len(axis), reach)
        assert got["places"] == windows.tolist()
        assert got["formula"] == (n + 2 * p - d * (k - 1) - 1) // s + 1
        assert max(0, got["formula"]) == len(windows)
        assert got["left"] == len(axis) - (windows.max(initial=-1) + 1)
        assert got["unmet"] == np.setdiff1d(axis, windows).tolist()


def test_the_window_begins_with_the_settings_of_the_still_figure() -> None:
    found = computed("places", "Object.values(m.SETTINGS)")
    settings = [[given[name] for name in "nkspd"] for given in found]
    assert settings[:3] == [numbers for _, *numbers in SETTINGS]
    assert computed("places", "m.placesOf(Object.values(m.SETTINGS).at(-1)).places") == []


VALLEYS = [(0.0, 100.0), (22.5, 100.0), (45, 1000.0), (90, 10.0)]


def test_the_ways_down_a_valley_are_those_that_numpy_goes() -> None:
    shapes = [{"degrees": degrees, "curvature": curvature} for degrees, curvature in VALLEYS]
    ways = "(shape) => Object.entries(m.RATES).map(([key, rate]) => m.descend(key, rate, shape))"
    for (degrees, curvature), found in zip(
        VALLEYS, computed("valley", f"{json.dumps(shapes)}.map({ways})"), strict=True
    ):
        for (optimiser, lr), way in zip(valley.RATES.values(), found, strict=True):
            p, losses = valley.descend(optimiser(lr), valley.turned(degrees), curvature)
            got = np.array([[*step["p"], step["loss"]] for step in way], dtype=float)
            np.testing.assert_allclose(got, np.column_stack([p, losses]), rtol=1e-6, atol=1e-9)


def test_the_best_rates_are_those_that_the_page_tells() -> None:
    """The rates of the sliders, and the highest of the last ten losses that they leave."""
    rates = "Array.from({length: 176}, (_, i) => Number((10 ** (i / 50 - 3)).toPrecision(2)))"
    best = f"(shape) => Object.keys(m.RATES).map((key) => m.best(key, {rates}, shape))"
    shapes = [(0, 100), (22.5, 100), (45, 100), (0, 1000), (22.5, 1000), (45, 1000)]
    given = json.dumps([{"degrees": a, "curvature": c} for a, c in shapes])
    found = computed("valley", f"{given}.map({best})")
    assert found[:3] == [[0.019, 0.0033, 0.042], [0.019, 0.0033, 0.38], [0.019, 0.0033, 0.6]]
    left = [
        [
            valley.descend(optimiser(lr), valley.turned(a), c)[1][-10:].max()
            for (optimiser, _), lr in zip(valley.RATES.values(), lrs, strict=True)
        ]
        for (a, c), lrs in zip(shapes, found, strict=True)
    ]
    assert all(adam < momentum < sgd for sgd, momentum, adam in left[:3])
    assert left[3][2] < 0.007
    assert [round(float(adam), 1) for *_, adam in left[4:]] == [0.2, 0.2]
    assert all(0.04 < momentum < 0.05 for _, momentum, _ in left[3:])
    text = " ".join((CHAPTERS / "feedforward/optimisation.md").read_text("utf-8").split())
    assert "best rates, 0.042 along the axes and 0.38 at 22.5 degrees" in text
    assert "Adam's grows from 0.042 to 0.6 at 45 degrees" in text


def cell_with(figure: nodes.Node | None, name: str) -> nodes.document:
    cell = nodes.container(nb_element="cell_code", cell_metadata={"interactive": name})
    if figure is not None:
        cell += nodes.container("", figure)
    document = nodes.document(None, None)
    document += cell
    return document


def reading() -> Any:
    return SimpleNamespace(env=SimpleNamespace(docname="page", metadata={"page": {}}))


def test_the_place_for_a_script_stands_above_the_caption() -> None:
    figure = nodes.figure("", nodes.image(uri="x"), nodes.caption("", "It moves."))
    app = reading()
    mounts._mount(app, cell_with(figure, "lstm-step"))
    _, place, caption = figure
    assert 'data-figure="lstm-step"' in place.astext()
    assert caption.astext() == "It moves."
    assert app.env.metadata["page"] == {"interactive": ["lstm-step"]}


@pytest.mark.parametrize(
    ("figure", "name", "says"),
    [(None, "lstm-step", "shows no figure"), (nodes.figure(), "lstn", "names no script")],
)
def test_a_name_without_its_figure_or_script_is_told(
    figure: Any, name: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(mounts.LOGGER, "warning", lambda text, *of, **_: told.append(text % of))
    app = reading()
    mounts._mount(app, cell_with(figure, name))
    assert says in told[0]
    assert app.env.metadata["page"] == {}


def test_each_script_is_named_by_one_page() -> None:
    pages = [page.read_text("utf-8") for page in CHAPTERS.glob("*/*.md")]
    named = [name for text in pages for name in re.findall(r"^interactive: (.*)$", text, re.M)]
    assert sorted(named) == scripts.names()


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_without_npm_the_figures_stand_still_but_in_ci(
    ci: str, code: int, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(npm, "user_cache_path", lambda name: tmp_path / name)
    monkeypatch.setattr(npm, "_npm", lambda: ["no-such-npm"])
    assert scripts.main() == code
    assert "The figures of the pages stand still: npm could not" in capsys.readouterr().err
    assert scripts.kept() is None


def test_the_lock_file_names_digests_and_no_addresses() -> None:
    text = (scripts.SOURCE / "package-lock.json").read_text()
    assert "http" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in about for name, about in packages.items() if name)
