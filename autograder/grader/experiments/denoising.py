"""How well colour patches are freed of noise, with and without convolution.

The patches are cut from two photographs: those to learn from out of the left 400 columns, those to
be asked about out of the other 240, so that no pixel is in both. Every way is given the same noisy
patches and the same clean ones, and finds what is to be subtracted. A fifth of the patches to learn
from is kept to choose with: the strength of a penalty, the step size, and when to stop. What counts
is the error that is left on the patches asked about, as a share of the noise.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from sklearn.datasets import load_sample_image
from torch import Tensor, nn
from torch.nn import functional

from autograder.exercises.shared.threads import one_thread

CHAPTER = "convolutional"
SEEDS = range(5)
"""Each with its own patches, noise, first weights and order of batches."""
COUNTS = (50, 500, 5000)
ASKED = 1000
SIDE, EDGE, NOISE = 8, 400, 0.1
PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)
RATES = (1e-3, 3e-3)
STEPS = {"affine": 1500, "convolutional": 600}
"""The steps of an affine network are cheap: it has more of them."""
BATCH, EVERY = 32, 50
PIXELS = 3 * SIDE * SIDE


class Patches(NamedTuple):
    """Patches with noise and without, both (n, 3, 8, 8), brightness less a half."""

    noisy: Tensor
    clean: Tensor

    def first(self, n: int) -> Patches:
        """The first n of them."""
        return Patches(self.noisy[:n], self.clean[:n])

    def after(self, n: int) -> Patches:
        """All but the first n."""
        return Patches(self.noisy[n:], self.clean[n:])


Denoise = Callable[[Tensor], Tensor]
Learn = Callable[[Patches, Patches, int], Denoise]
"""From patches to learn from, patches to choose with and a seed to a way of taking noise away."""


def photographs() -> list[Tensor]:
    """Both photographs in colour, (3, 427, 640), brightness from −0.5 to 0.5."""
    names = ("china.jpg", "flower.jpg")
    return [
        torch.from_numpy(load_sample_image(name).copy()).movedim(2, 0).float() / 255 - 0.5
        for name in names
    ]


def cut(parts: list[Tensor], n: int, generator: torch.Generator) -> Patches:
    """n patches at random places, by turns from each of the parts, and the same with noise."""
    clean = torch.empty(n, 3, SIDE, SIDE)
    for number in range(n):
        part = parts[number % len(parts)]
        i, j = (
            int(torch.randint(size - SIDE + 1, (), generator=generator)) for size in part.shape[1:]
        )
        clean[number] = part[:, i : i + SIDE, j : j + SIDE]
    return Patches(clean + NOISE * torch.randn(clean.shape, generator=generator), clean)


def data(seed: int) -> tuple[Patches, Patches]:
    """The patches to learn from, as many as are needed at most, and those to be asked about."""
    generator = torch.Generator().manual_seed(seed)
    photos = photographs()
    learned = cut([photo[:, :, :EDGE] for photo in photos], max(COUNTS), generator)
    return learned, cut([photo[:, :, EDGE:] for photo in photos], ASKED, generator)


def error(denoise: Denoise, patches: Patches) -> float:
    """The error that is left, as a share of the noise."""
    with torch.no_grad():
        left = denoise(patches.noisy) - patches.clean
    return left.square().mean().sqrt().item() / NOISE


def nothing(learned: Patches, chosen: Patches, seed: int) -> Denoise:
    """Leave the noise where it is."""
    return lambda noisy: noisy


def linear(rows: Denoise, answers: Denoise, patches: Denoise) -> Learn:
    """Least squares from the rows of noisy patches to what is to be subtracted.

    `answers` makes rows of patches to be subtracted, and `patches` makes patches of them again.
    """

    def with_one(noisy: Tensor) -> Tensor:
        found = rows(noisy).double()
        return torch.cat([found, torch.ones(len(found), 1).double()], dim=1)

    def learn(learned: Patches, chosen: Patches, seed: int) -> Denoise:
        x = with_one(learned.noisy)
        y = answers(learned.noisy - learned.clean).double()
        fits = []
        for penalty in PENALTIES:
            square = x.T @ x + penalty * torch.eye(x.shape[1]).double()
            W = torch.linalg.solve(square, x.T @ y)

            def denoise(noisy: Tensor, W: Tensor = W) -> Tensor:
                return noisy - patches(with_one(noisy) @ W).float()

            fits.append((error(denoise, chosen), denoise))
        return min(fits, key=lambda fit: fit[0])[1]

    return learn


def windows(noisy: Tensor) -> Tensor:
    """The windows of 5 × 5 round every pixel as rows, (n · 64, 75)."""
    return functional.unfold(noisy, 5, padding=2).movedim(1, 2).flatten(0, 1)


affine_map = linear(
    rows=lambda noisy: noisy.flatten(1),
    answers=lambda less: less.flatten(1),
    patches=lambda found: found.reshape(-1, 3, SIDE, SIDE),
)
one_filter = linear(
    rows=windows,
    answers=lambda less: less.movedim(1, 3).reshape(-1, 3),
    patches=lambda found: found.reshape(-1, SIDE, SIDE, 3).movedim(3, 1),
)


def affine_layers(units: int) -> nn.Module:
    """Two affine layers with a ReLU between them."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(PIXELS, units),
        nn.ReLU(),
        nn.Linear(units, PIXELS),
        nn.Unflatten(1, (3, SIDE, SIDE)),
    )


def convolutions(filters: int) -> nn.Module:
    """Three convolutions of 3 × 3 with ReLU between them, of the same size all through."""
    return nn.Sequential(
        nn.Conv2d(3, filters, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(filters, filters, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(filters, 3, 3, padding=1),
    )


def taking_away(net: nn.Module) -> Denoise:
    """Subtract what a network finds."""

    def denoise(noisy: Tensor) -> Tensor:
        less: Tensor = noisy - net(noisy)
        return less

    return denoise


def network(build: Callable[[], nn.Module], steps: int) -> Learn:
    """Adam on the mean squared error; the best of all rates and moments, as chosen."""

    def learn(learned: Patches, chosen: Patches, seed: int) -> Denoise:
        best, kept = float("inf"), build()
        for rate in RATES:
            torch.manual_seed(seed)
            net = build()
            adam = torch.optim.Adam(net.parameters(), lr=rate)
            for step in range(1, steps + 1):
                some = torch.randint(len(learned.noisy), (BATCH,))
                found = learned.noisy[some] - net(learned.noisy[some])
                adam.zero_grad()
                loss = functional.mse_loss(found, learned.clean[some])
                loss.backward()  # type: ignore[no-untyped-call]
                adam.step()
                if step % EVERY == 0:
                    now = error(taking_away(net), chosen)
                    if now < best:
                        best = now
                        kept.load_state_dict(net.state_dict())
        return taking_away(kept)

    return learn


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "affine network": lambda: affine_layers(32),
    "affine network, four times as large": lambda: affine_layers(128),
    "convolutional network": lambda: convolutions(34),
}
WAYS: dict[str, Learn] = {
    "nothing": nothing,
    "affine map": affine_map,
    "one convolution": one_filter,
    **{name: network(build, STEPS[name.split()[0]]) for name, build in NETWORKS.items()},
}


def parameters() -> dict[str, int]:
    """How many numbers each way learns."""
    counted = {"nothing": 0, "affine map": (PIXELS + 1) * PIXELS, "one convolution": (75 + 1) * 3}
    for name, build in NETWORKS.items():
        counted[name] = sum(p.numel() for p in build().parameters())
    return counted


def errors(way: Learn, count: int, seed: int) -> float:
    """What a way leaves of the noise after learning from `count` patches."""
    learned, asked = data(seed)
    learned = learned.first(count)
    to_learn = count * 4 // 5
    return error(way(learned.first(to_learn), learned.after(to_learn), seed), asked)


def measure() -> dict[str, Any]:
    """The error left by each way, by how many patches it has learned from, one a seed."""
    start = time.perf_counter()
    with one_thread():
        found = {
            name: {
                str(count): [round(errors(way, count, seed), 4) for seed in SEEDS]
                for count in COUNTS
            }
            for name, way in WAYS.items()
        }
    return {
        "seeds": list(SEEDS),
        "counts": list(COUNTS),
        "asked": ASKED,
        "noise": NOISE,
        "steps": STEPS,
        "rates": list(RATES),
        "parameters": parameters(),
        "left": found,
        "minutes": round((time.perf_counter() - start) / 60, 1),
    }
