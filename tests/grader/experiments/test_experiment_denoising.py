"""Patches freed of noise, with and without convolution: a fair comparison, and its record."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from autograder.exercises.shared.threads import one_thread
from autograder.grader.experiments import denoising
from autograder.grader.experiments.denoising import NETWORKS, WAYS, data, error, errors, network
from tests.chapters.pages import lesson_of


@pytest.fixture(scope="module")
def record() -> Any:
    path = lesson_of("convolutional").parent / "results" / "denoising.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_no_pixel_is_learned_from_and_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    columns = torch.arange(640.0).expand(3, 427, 640)
    monkeypatch.setattr(denoising, "photographs", lambda: [columns, columns + 1000])
    learned, asked = (patches.clean % 1000 for patches in data(0))
    assert (learned.min(), learned.max()) == (0, 399)
    assert (asked.min(), asked.max()) == (400, 639)


def test_every_seed_has_its_own_patches_and_its_own_noise() -> None:
    (one, _), (other, asked) = data(0), data(1)
    assert not torch.equal(one.clean, other.clean)
    noise = asked.noisy - asked.clean
    assert abs(noise.std().item() - denoising.NOISE) < 0.001
    again, _ = data(0)
    assert torch.equal(one.noisy, again.noisy)


def test_the_networks_that_are_compared_have_equally_many_parameters(record: Any) -> None:
    counted = denoising.parameters()
    assert counted == record["parameters"]
    small, large, shared = (counted[name] for name in NETWORKS)
    assert 0.97 < shared / small < 1
    assert 3.9 < large / small < 4.1


@pytest.mark.parametrize("name", ["nothing", "affine map", "one convolution"])
def test_what_has_no_network_is_as_it_was_recorded(name: str, record: Any) -> None:
    with one_thread():
        found = [errors(WAYS[name], count, 0) for count in denoising.COUNTS[:2]]
    recorded = [record["left"][name][str(count)][0] for count in denoising.COUNTS[:2]]
    assert found == pytest.approx(recorded, abs=2e-3)


def test_a_network_takes_noise_away_that_it_has_not_seen() -> None:
    learned, asked = data(0)
    learned = learned.first(200)
    with one_thread():
        way = network(NETWORKS["convolutional network"], 50)
        found = error(way(learned.first(160), learned.after(160), 0), asked)
    assert found < 0.7


def test_the_record_has_every_way_and_every_seed(record: Any) -> None:
    assert list(record["left"]) == list(WAYS)
    assert record["counts"] == list(denoising.COUNTS)
    for of_count in record["left"].values():
        assert [len(seeds) for seeds in of_count.values()] == [len(denoising.SEEDS)] * 3
