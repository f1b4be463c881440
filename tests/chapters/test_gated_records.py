"""The rest of the lesson: the conventions of the GRU, the records, the facts of the lecture."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from autograder.experiments import gates, spots
from autograder.grader.experiments.step_sizes import chosen, interval
from tests.chapters.pages import lessons_of
from tests.chapters.test_gated import FIRST, lesson, ran, rows

RESULTS = FIRST.parent / "results"


def record(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text())
    assert {"date", "hardware", "versions", "seeds", "updates"} <= found.keys()
    assert len(found["seeds"]) == 5
    for made in found.get("apart", {}).values():
        assert {"date", "hardware"} <= made.keys()
    return found


def test_every_column_of_the_table_of_gru_conventions_is_what_a_cell_finds() -> None:
    names = ran("gated_recurrent_unit")[0]
    header = "| | $z$ is the share of | reset | order | biases | equal to | taken from |"
    table = {row[0]: tuple(row[1:6]) for row in rows("gated_recurrent_unit", header)}
    order = {"cuDNN, by its documentation": "r, z, n"}
    order |= {name: each for name, (each, _) in names["asked"].items()}
    wanted = {
        name: (
            *share,
            order.get(name, "–"),
            str(names["with_biases"][name] or "–"),
            names["equal"][name],
        )
        for name, share in names["found"].items()
    }
    assert table == wanted
    assert names["asked"]["torch, and D2L by its library"] == ("r, z, n", "2")
    assert names["asked"]["Keras"] == ("z, r, n", "2")
    assert names["asked"]["Keras, reset_after=False"] == ("z, r, n", "1")
    assert len({row[:2] for row in table.values()}) == 3
    assert all(row[6].strip() for row in rows("gated_recurrent_unit", header))
    asked, copied = (set(names[kind]) for kind in ("asked_layers", "copied"))
    assert {
        row[0] for row in rows("gated_recurrent_unit", header) if row[6] == "the layer, asked"
    } == asked
    assert asked | copied == set(table)


def test_the_probe_tells_the_four_forms_apart() -> None:
    """What is copied could be copied wrong; the probe itself is tried on all forms there are."""
    names = ran("gated_recurrent_unit")[0]
    probe, sigmoid = names["probe"], names["sigmoid"]

    def form(before: bool, keeps: bool) -> Any:
        def step(h: Any, U: Any, b: Any, bh: Any = 0.0) -> Any:
            (r, z), Un, bn = (
                (sigmoid(h @ U[:, k : k + 2] + b[k : k + 2]) for k in (0, 2)),
                U[:, 4:],
                b[4:],
            )
            n = np.tanh(((r * h) @ Un if before else r * (h @ Un)) + bn)
            z = z if keeps else 1 - z
            return z * h + (1 - z) * n

        return step

    for before in (True, False):
        for keeps in (True, False):
            told = ("the old" if keeps else "the new", "before" if before else "after")
            assert probe(form(before, keeps)) == told


def test_the_packed_gradients_are_empty_where_the_caption_says() -> None:
    names = ran("gated_recurrent_unit")[0]
    for parts, blocks in ((names["of_lstm"], 4), (names["of_gru"], 3)):
        for name, array in parts.items():
            by_unit = np.atleast_2d(array).reshape(-1, blocks, 4)
            assert not by_unit[:, :, 2].any(), name
            used = np.delete(by_unit, 2, axis=2)
            used = np.delete(used, 2, axis=0) if name == "dWh" else used
            assert used.all(), name
        assert not parts["dWh"][2].any()
    r_z, n = np.split(names["of_gru"]["dbx"] - names["of_gru"]["dbh"], [8])
    np.testing.assert_allclose(r_z, 0, atol=1e-5)
    assert np.abs(n[[0, 1, 3]]).min() > 1e-4


def test_the_gates_did_what_the_lesson_says_of_them() -> None:
    found = record("traces")
    lstm, gru = found["runs"]["lstm"], found["runs"]["gru"]
    assert [round(100 * end([r["right"] for r in lstm])) for end in (min, max)] == [87, 96]
    assert [round(100 * end([r["right"] for r in gru])) for end in (min, max)] == [96, 99]
    assert min(abs(r["correlation"]) for r in lstm) >= 0.977
    assert min(r["means"]["i"][2] for r in lstm) > 0.85
    for r in gru:
        opening, closing, letter = r["means"]["z"]
        assert opening < min(closing, letter)
        assert letter < 0.25
    trace, depth = lstm[0]["trace"], np.array(found["depth"])
    assert min(trace["i"]) > 0.88
    assert 0.67 < min(trace["f"]) < max(trace["f"]) < 0.95
    levels = [np.mean(np.array(trace["c"])[depth == d]) for d in range(4)]
    assert levels == sorted(levels)
    trace = gru[0]["trace"]
    assert max(trace["z"][1:]) < 0.04
    closes = np.array([mark == ")" for mark in found["text"]])
    r = np.array(trace["r"])
    assert r[closes].max() < 0.26 < 0.35 < r[~closes].min()
    f = np.array(lstm[0]["trace"]["f"])
    places = np.flatnonzero(closes)
    assert (f[places] > np.maximum(f[places - 1], f[places + 1])).all()
    assert lstm[0]["said"] == gru[0]["said"] == found["depth"]


def test_the_learning_curves_are_as_the_lesson_reads_them() -> None:
    found = record("learning")

    def times(task: str, kind: str) -> list[float]:
        taken = found["reached"][task]["equal size"][kind]
        return sorted(np.inf if t is None else t for t in taken)

    def last(task: str, kind: str) -> list[float]:
        return sorted(curve[-1] for curve in found["curves"][task]["equal size"][kind])

    medians = {
        task: [times(task, kind)[2] for kind in ("rnn", "lstm", "gru")] for task in found["every"]
    }
    assert medians["adding"] == [np.inf, 660, 270]
    assert medians["copying"] == [np.inf, 1170, 810]
    assert medians["brackets"][1:] == [240, 135]
    assert medians["sunspots"] == [98, 105, 77]
    ranges = [times("sunspots", kind) for kind in ("rnn", "lstm", "gru")]
    assert max(row[0] for row in ranges) < min(row[-1] for row in ranges)
    assert all(17 < last("sunspots", kind)[2] < 19 for kind in ("rnn", "lstm", "gru"))
    for task in ("adding", "brackets", "copying"):
        assert times(task, "gru")[-1] < times(task, "lstm")[0]
    assert times("copying", "lstm").count(np.inf) == 1
    assert max(last("adding", "gru")[-1], last("adding", "lstm")[-1]) < 0.0011
    assert round(last("adding", "gru")[2], 4) == 0.0005
    assert round(last("adding", "lstm")[2], 4) == 0.0006
    assert last("brackets", "gru")[0] < last("brackets", "lstm")[-1]
    assert last("copying", "gru")[0] > last("copying", "lstm")[-1]
    wide = found["reached"]["copying"]["equal parameters"]
    assert sorted(t or np.inf for t in wide["rnn"])[2:] == [630, 900, np.inf]
    assert sorted(t or np.inf for t in wide["gru"])[2] == 720
    for task, by_size in found["reached"].items():
        lstm, gru = (
            sorted(t or np.inf for t in by_size["equal parameters"][k]) for k in ("lstm", "gru")
        )
        assert gru[2] < lstm[2]
        assert (gru[-1] < lstm[0]) == (task in ("adding", "copying"))
    short = record("gates")["updates"]
    longer = [found["updates"][task] / short[task] for task in found["every"]]
    assert longer == [2, 1.5, 2, 1]


def test_what_the_writers_learned_of_brackets_is_what_both_lessons_say() -> None:
    names = ran("what_gates_learn")[0]
    found, of_text = names["written"], names["of_text"]
    assert {"date", "hardware", "versions", "seeds", "sizes", "runs"} <= found.keys()
    assert len(found["seeds"]) == 3
    assert all(len(runs) == 3 for runs in found["runs"].values())
    others = [kind for kind in found["runs"] if kind != "GRU"]
    assert len(others) == 4
    unit = {kind: of_text[kind, "best unit, h"] for kind in found["runs"]}
    assert [round(unit["GRU"][end], 2) for end in (0, -1)] == [0.31, 0.5]
    for kind in others:
        assert max(of_text[kind, "by chance"]) < 0.05 < unit[kind][0]
        assert unit[kind][-1] < 0.2
    assert unit["LSTM, forget bias 3"][-1] < min(unit[k][0] for k in others if k[-1] != "3")
    every = {bias: of_text[f"LSTM, forget bias {bias}", "all units, c"] for bias in (0, 1, 3)}
    gru, rnn = (of_text[kind, "all units, h"] for kind in ("GRU", "RNN"))
    np.testing.assert_allclose(every[0], gru, atol=0.02)
    assert sum(value > gru[-1] for value in every[1]) == 2
    assert max(every[3]) < gru[0]
    for runs in found["runs"].values():
        assert all(one["all units of h"] >= one["best unit of h"] for one in runs)
    # What the last few letters tell without a network.
    near = names["near"]
    assert [round(near[k], 2) for k in (2, 5)] == [0.36, 0.52]
    for (kind, name), values in of_text.items():
        if name != "perplexity" and kind != "LSTM, forget bias 1":
            assert max(values, default=0.0) < near[5]
    assert max(every[1]) > near[8]
    assert "pairs of brackets in the held-out text: 39" in ran("what_gates_learn")[1]
    assert "letters in a pair, median: 17" in ran("what_gates_learn")[1]
    assert round(float(names["share"]), 1) == 0.3  # "at three places of ten"
    for bias in (0, 1):
        assert max(of_text[f"LSTM, forget bias {bias}", "all units, h"]) < every[bias][0]
    assert max(unit["RNN"]) < 0.305 < rnn[0]
    by_seed = [
        [found["runs"][f"LSTM, forget bias {bias}"][k]["perplexity"] for bias in (0, 1, 3)]
        for k in range(3)
    ]
    assert all(row == sorted(row) for row in by_seed)
    assert [round(end([row[0] for row in by_seed]), 1) for end in (min, max)] == [4.1, 4.2]
    assert [round(end([row[2] for row in by_seed]), 1) for end in (min, max)] == [5.0, 5.2]


def test_the_seconds_are_as_the_lesson_reads_them() -> None:
    names = ran("which_to_take")[0]
    cost, waited = names["cost"], names["waited"]
    tasks = ("adding", "copying", "brackets", "sunspots")
    for fair in ("equal size", "equal parameters"):
        for task in tasks:
            lstm, gru = (waited[fair, task, kind] for kind in ("LSTM", "GRU"))
            assert waited[fair, task, "LSTM, looped"][1] > gru[1]
            if fair == "equal size":
                assert 1.8 < cost[fair, task, "GRU"] / cost[fair, task, "LSTM"] < 2.5
                assert 0.9 < cost[fair, task, "LSTM, looped"] / cost[fair, task, "GRU"] < 1.1
            if task in ("adding", "brackets"):
                assert lstm[0] < gru[2]
                assert gru[0] < lstm[2]
            else:
                assert lstm[1] < gru[1]
    assert round(waited["equal size", "copying", "LSTM"][1], 1) == 6.5
    assert round(waited["equal size", "copying", "GRU"][1], 1) == 9.7
    text = lesson("which_to_take").read_text(encoding="utf-8")
    assert "after 6.5 s in the median and the GRU after 9.7 s" in text
    assert "begin with a GRU. It is cheaper" not in text


@pytest.mark.parametrize("task", ["adding", "copying", "brackets", "sunspots"])
def test_the_times_are_those_of_the_recorded_curves(task: str) -> None:
    from autograder.grader.experiments.learning import reached

    found = record("learning")
    for fair, kinds in found["curves"][task].items():
        for kind, curves in kinds.items():
            times = [reached(curve, task, found["every"][task]) for curve in curves]
            assert times == found["reached"][task][fair][kind]


@pytest.mark.parametrize(
    "fact",
    [
        "limited persistence",
        "a row of copies that share their weights, each passing a message to its successor",
        "Words from far away are not as influential as they should be",
        "How much of the past is kept?",
        "Which values will be updated, and with what?",
        "How much of the cell is shown?",
        "works as a valve",
        "is a filter that characterises what is stored",
        "near ±1, minor details come out near 0",
        "| 2 | 4 | 8 |",
        "it is the hidden state for the next step",
        "The **update gate** $z$ controls how the new state is composed",
        "how much of the old state the alternative to it may hear",
        "WMT'14",
        "with fewer parameters, and learns faster",
    ],
)
def test_each_fact_of_the_lecture_is_in_the_text(fact: str) -> None:
    assert any(fact in page.read_text(encoding="utf-8") for page in lessons_of("lstm"))


@pytest.mark.parametrize(
    "page", [*lessons_of("lstm"), *lessons_of("recurrent"), *lessons_of("layers")], ids=str
)
def test_who_is_cited_in_the_text_is_among_the_references(page: Path) -> None:
    last = "References" if page.parent == FIRST.parent else "What to remember, what to read"
    text, references = page.read_text(encoding="utf-8").split(f"## {last}\n")
    entries = [line for line in references.splitlines() if line.startswith("- ")]
    who = r"([A-Z]\w+)(?: and others| and colleagues| et al\.)? \((\d{4})\)"
    cited = set(re.findall(who, text))
    cited |= set(re.findall(r"([A-Z]\w+)(?: and others| et al\.)? (\d{4})[);,]", text))
    assert cited or page.parent == FIRST.parent or page.stem != "index"
    for name, year in cited:
        assert any(name in entry and f"({year})" in entry for entry in entries), (name, year)


def test_the_recorded_comparison_is_as_the_lesson_reads_it() -> None:
    found_all = record("gates")

    def scores(task: str, kind: str, fair: str = "equal parameters") -> list[float]:
        return sorted(found_all["scores"][task][fair][kind])

    for fair in ("equal size", "equal parameters"):
        assert max(scores("adding", "gru", fair)) < 0.003
        assert min(scores("adding", "rnn", fair)) > 0.15
        assert np.mean(scores("copying", "gru", fair)) > np.mean(scores("copying", "lstm", fair))
        assert np.mean(scores("brackets", "rnn", fair)) < min(scores("brackets", "lstm", fair))
    assert [score < 0.05 for score in scores("adding", "lstm")] == [True] * 3 + [False] * 2
    guess = found_all["guess"]["adding"]
    assert max(scores("adding", "gru")) < guess / 50
    assert sum(score < guess / 10 for score in scores("adding", "lstm")) == 1
    best = scores("copying", "lstm")[-1]
    assert [score > best for score in scores("copying", "rnn")] == [False] + [True] * 4
    gap = np.mean(scores("brackets", "gru")) - np.mean(scores("brackets", "lstm"))
    assert gap < np.std(scores("brackets", "gru"), ddof=1)
    counts, first = spots.series()
    linear = spots.error(spots.baselines()["linear, 9 years"][0][first:], counts[first:])
    assert round(linear, 1) == 16.4
    sunspots = found_all["scores"]["sunspots"]
    kinds = [(f, k) for f in sunspots for k in sunspots[f]]
    every = {(kind, score) for f, kind in kinds for score in sunspots[f][kind]}
    assert (len(every), sum(score < linear for _, score in every)) == (25, 1)
    assert min(score for _, score in every) > linear - 0.2
    assert min(np.mean(scores("sunspots", kind, f)) for f, kind in kinds) > linear
    for f in sunspots:
        lows, highs = zip(
            *((scores("sunspots", k, f)[0], scores("sunspots", k, f)[-1]) for k in sunspots[f]),
            strict=True,
        )
        assert max(lows) < min(highs)
    assert found_all["guess"]["sunspots"] == pytest.approx(33.2, abs=0.1)
    ranges = {
        ("copying", "rnn"): (0.42, 0.69),
        ("copying", "lstm"): (0.42, 0.56),
        ("copying", "gru"): (0.68, 0.91),
        ("brackets", "rnn"): (0.38, 0.60),
        ("brackets", "lstm"): (0.69, 0.78),
        ("brackets", "gru"): (0.69, 0.85),
    }
    for (task, kind), wanted in ranges.items():
        found = scores(task, kind)
        np.testing.assert_allclose((found[0], found[-1]), wanted, atol=0.006)
    units = {
        kind: size["H"] for kind, size in found_all["sizes"]["copying"]["equal parameters"].items()
    }
    assert 2 < units["rnn"] / units["lstm"] < 2.2


def test_the_counts_of_the_lesson_are_those_of_the_layers() -> None:
    for kind, count in (("SimpleRNN", 98_560), ("GRU", 296_448), ("LSTM", 394_240)):
        assert f"{kind:10} {count:8,} parameters" in ran("gated_recurrent_unit")[1]
    assert 0.75 < 296_448 / 394_240 < 0.76


def numbers(told: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?[\d.]+", told)]


def test_the_gradients_of_both_forms_are_what_torch_finds() -> None:
    header = "| | reset after the product | | reset before it | |"
    table = {row[0]: (row[2], row[4]) for row in rows("gated_recurrent_unit", header)}
    first_unit = ran("gated_recurrent_unit")[0]["first_unit"]
    (h1, h2), (r1, r2), z, (w1, w2) = (0.6, -0.4), (0.5, 0.25), 0.75, (1.0, 2.0)
    for form, after in enumerate((True, False)):
        told = {name: numbers(row[form]) for name, row in table.items()}
        q = h1 * w1 + h2 * w2
        p = [r1 * h1, r2 * h2]
        m = r1 * q if after else p[0] * w1 + p[1] * w2
        n = np.tanh(0.2 + m)
        state, (dh, dr, dz, dw) = first_unit(after)
        dm = (1 - z) * (1 - n * n)
        wanted = {
            "in between": [q] if after else p,
            "the candidate hears": [m],
            "candidate": [n],
            "next state": [state],
            "$dz$": [dz.item()],
            "$dm = da_n$": [dm],
            "to the array in between": [dm * r1] if after else [dm * w1, dm * w2],
            "to the reset gates": dr.tolist()[: 1 if after else 2],
            "to the states, by this road": (dh - torch.tensor([z, 0.0])).tolist(),
            "to the weights": dw.tolist(),
            "to the recurrent bias": [dm * r1 if after else dm],
        }
        assert list(told) == list(wanted)
        for name, values in wanted.items():
            np.testing.assert_allclose(told[name], values, rtol=0, atol=5.1e-5, err_msg=name)
        assert after is (dr[1].item() == 0)


def test_what_the_page_says_of_the_measurement_is_what_the_code_does() -> None:
    found, curves = record("gates"), record("learning")
    text = lesson("which_to_take").read_text(encoding="utf-8")
    wide = found["sizes"]["adding"]["equal parameters"]
    units = [wide[kind]["H"] for kind in ("rnn", "lstm", "gru")]
    assert (
        "for adding, for instance, {} for the simple layer, {} for the LSTM and {}".format(*units)
        in text
    )
    assert found["sizes"]["adding"]["equal size"]["lstm"]["H"] == gates.SIZE == 32
    assert f"a step size of {gates.RATE}, batches of {gates.N} that" in text
    assert (gates.FORGET_BIAS, found["seeds"], gates.SEEDS) == (1, [0, 1, 2, 3, 4], (0, 1, 2, 3, 4))
    assert list(found["updates"].values()) == [600, 1200, 300, 300]
    assert list(curves["updates"].values()) == [1200, 1800, 600, 300]
    rng = gates.unseen(gates.TASKS["adding"], 0)
    assert len(rng) == 8
    for name in re.findall(r"\{download\}`[\w.]+ <([^>]+)>`", text):
        assert (lesson("which_to_take").parent / name).is_file(), name
    layer = record("gates")["sizes"]["copying"]["equal size"]
    assert [layer[kind]["parameters"] for kind in ("lstm", "gru", "rnn")] == [5632, 4224, 1408]


def test_the_text_by_step_size_is_as_the_page_reads_it() -> None:
    found = json.loads((RESULTS / "step_sizes.json").read_text())
    assert {"date", "hardware", "versions", "seeds", "rates", "updates"} <= found.keys()
    assert found["updates"]["text"] == 400
    assert len(found["seeds"]["text"]["32"]) == len(found["seeds"]["text"]["64"]) == 10
    mean = {
        H: {
            kind: {rate: np.mean(values) for rate, values in by_rate.items()}
            for kind, by_rate in by_kind.items()
        }
        for H, by_kind in found["scores"]["text"].items()
    }
    best = {
        H: {kind: min(by_rate, key=lambda rate: by_rate[rate]) for kind, by_rate in of.items()}
        for H, of in mean.items()
    }
    inside = {str(rate) for rate in found["rates"][1:-1]}
    assert {rate for of in best.values() for rate in of.values()} <= inside
    assert best["32"] == {"rnn": "0.03", "lstm": "0.075", "gru": "0.03"}
    rnn, lstm, gru = (mean["32"][kind] for kind in ("rnn", "lstm", "gru"))
    assert lstm["0.075"] < min(rnn["0.075"], gru["0.075"])
    text = " ".join(lesson("which_to_take").read_text(encoding="utf-8").split())
    for says in (
        f"the GRU of 32 units is {lstm['0.005'] - gru['0.005']:.2f} bits ahead of the LSTM on "
        f"the text, and even the simple layer is {lstm['0.005'] - rnn['0.005']:.2f} ahead of it",
        f"the GRU is lowest at 0.03 with {gru['0.03']:.2f}, the LSTM at 0.075 with "
        f"{lstm['0.075']:.2f}, the simple layer at 0.03 with {rnn['0.03']:.2f}; at 0.005 they "
        f"stand at {gru['0.005']:.2f}, {lstm['0.005']:.2f} and {rnn['0.005']:.2f}",
        f"the GRU was {lstm['0.0125'] - gru['0.0125']:.2f} bits ahead of the LSTM",
    ):
        assert says in text, says
    for of in mean["32"].values():  # the table that ended there
        assert min(list(of)[:3], key=lambda rate: of[rate]) == "0.0125"
    depth = {
        kind: {rate: np.mean(values) for rate, values in by_rate.items()}
        for kind, by_rate in found["scores"]["brackets"]["32"].items()
    }
    for rate in ("0.005", "0.075"):
        shares = [f"{100 * depth[kind][rate]:.0f}" for kind in ("lstm", "gru")]
        assert f"at {rate} the LSTM has {shares[0]}" in text
        assert shares == {"0.005": ["68", "79"], "0.075": ["99", "97"]}[rate]
    by_text, by_brackets = found["differences"]["text"], found["differences"]["brackets"]["32"]
    for gaps in by_text.values():
        assert gaps["gru - lstm"]["low"] < 0 < gaps["gru - lstm"]["high"]
        assert max(gaps["gru - rnn"]["high"], gaps["lstm - rnn"]["high"]) < 0
        assert -0.335 < gaps["gru - rnn"]["mean"] < gaps["lstm - rnn"]["mean"] < -0.255
    ahead = [-by_text[H]["gru - lstm"]["mean"] for H in ("32", "64")]
    assert f"ahead by {ahead[0]:.2f} bits with 32 units and by {ahead[1]:.2f} with 64" in text
    assert by_brackets["gru - lstm"]["high"] < 0 < by_brackets["gru - rnn"]["low"]
    assert f"{-100 * by_brackets['gru - lstm']['mean']:.0f}" == "3"
    assert 0.38 < by_brackets["gru - rnn"]["mean"] < by_brackets["lstm - rnn"]["mean"] < 0.42
    scores, gaps = found["scores"]["text"]["32"], found["differences"]["text"]["32"]
    tuned = {kind: chosen(by_rate, "low") for kind, by_rate in scores.items()}
    assert tuned == found["tuned"]["text"]["32"]
    assert interval(tuned["gru"], tuned["lstm"]) == gaps["gru - lstm"]
