"""Caches hold the arguments alone; the network does its own arithmetic."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

from autograder.given import softmax_cross_entropy


def initialise(fan_in: int, fan_out: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Uniform weights of the right variance."""
    if kind not in ("normal", "xavier", "he"):
        raise ValueError("no such kind")
    if kind == "normal":
        return rng.normal(scale=0.01, size=(fan_in, fan_out))
    fan = fan_in if kind == "he" else (fan_in + fan_out)
    bound = (6 / fan) ** 0.5
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))


def normalised(x: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray]:
    """x̂, and what its rows were divided by."""
    apart = x - (x.sum(-1) / x.shape[-1]).reshape(-1, 1)
    std = ((apart * apart).sum(-1, keepdims=True) / x.shape[-1] + eps) ** 0.5
    return apart / std, std


def layer_norm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, Any]:
    """The scale as a diagonal matrix."""
    return normalised(x, eps)[0] @ np.diag(gamma) + beta, (x, gamma, eps)


def layer_norm_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """With sums in the place of means, all divided by D at the end."""
    x, gamma, eps = cache
    x_hat, std = normalised(x, eps)
    D = x.shape[1]
    g = dy * gamma
    apart = D * g - g.sum(1, keepdims=True) - x_hat * np.sum(g * x_hat, 1, keepdims=True)
    return [apart / (D * std), np.diag(dy.T @ x_hat), np.add.reduce(dy)]


class MLP:
    """Keeps the inputs of its layers, and does its own arithmetic."""

    def __init__(self, dims: Sequence[int], rng: np.random.Generator) -> None:
        sizes = zip(dims[:-1], dims[1:])  # noqa: B905, RUF007
        self.W = [rng.normal(0, (2 / n) ** 0.5, (n, m)) for n, m in sizes]
        self.b = [np.zeros(m) for m in dims[1:]]
        self.inputs: list[np.ndarray] = []
        self.dW: list[np.ndarray] = []
        self.db: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The inputs of all layers are kept."""
        self.inputs = [x]
        for W, b in zip(self.W[:-1], self.b[:-1], strict=True):
            self.inputs.append(np.maximum(0, self.inputs[-1] @ W + b))
        z: np.ndarray = self.inputs[-1] @ self.W[-1] + self.b[-1]
        return z

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """A unit that gave 0 passes nothing."""
        self.dW, self.db = [], []
        for x, W in zip(self.inputs[::-1], self.W[::-1], strict=True):
            self.dW.insert(0, x.T @ dz)
            self.db.insert(0, dz.sum(0))
            dz = dz @ W.T
            if x is not self.inputs[0]:
                dz = dz * (x > 0)
        return dz

    def parameters(self) -> list[np.ndarray]:
        """One after the other."""
        found = []
        for W, b in zip(self.W, self.b, strict=True):
            found += [W, b]
        return found

    def gradients(self) -> list[np.ndarray]:
        """One after the other."""
        found = []
        for dW, db in zip(self.dW, self.db, strict=True):
            found += [dW, db]
        return found


def adam_step(
    p: np.ndarray,
    g: np.ndarray,
    state: Any,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, Any]:
    """The state is a tuple; the sums of all gradients are weighed at the end."""
    t, m, v = state or (0, np.zeros_like(p), np.zeros_like(p))
    t, m, v = t + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * np.square(g)
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return p - rate * m / (np.sqrt(v) + eps * np.sqrt(1 - beta2**t)), (t, m, v)


class Copy(torch.nn.Module):
    """A module with matrices of its own, in the layout of the course."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        super().__init__()
        tensors = [torch.tensor(a, dtype=torch.float32) for a in arrays]
        self.weights = torch.nn.ParameterList(tensors)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The maps, with a rectifier between them."""
        for k in range(0, len(self.weights), 2):
            x = x.clamp(min=0) if k else x
            x = x @ self.weights[k] + self.weights[k + 1]
        return x


def mlp_to_torch(mlp: MLP) -> torch.nn.Module:
    """Without a layer of torch."""
    return Copy(mlp.parameters())


def mlp_to_keras(mlp: MLP) -> keras.Model:
    """Built with initialisers that know the values."""
    arrays = [np.array(a, np.float32) for a in mlp.parameters()]
    model = keras.Sequential()
    model.add(keras.layers.InputLayer(shape=(arrays[0].shape[0],)))
    for k in range(0, len(arrays), 2):
        if k:
            model.add(keras.layers.Activation("relu"))
        model.add(
            keras.layers.Dense(
                arrays[k].shape[1],
                kernel_initializer=keras.initializers.Constant(arrays[k]),
                bias_initializer=keras.initializers.Constant(arrays[k + 1]),
            )
        )
    return model


def train(
    mlp: MLP,
    x: np.ndarray,
    y: np.ndarray,
    epochs: int,
    batch_size: int,
    lr: float,
    rng: np.random.Generator,
) -> list[float]:
    """Deals the samples of an epoch to its batches, like cards."""
    states: dict[int, Any] = {}
    losses = np.zeros(epochs)
    steps = -(-len(x) // batch_size)
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        for rows in (order[first::steps] for first in range(steps)):
            loss, dz = softmax_cross_entropy(mlp.forward(x[rows]), y[rows], None, "sum")
            mlp.backward(dz / len(rows))
            losses[epoch] += loss / len(x)
            for k, p in enumerate(mlp.parameters()):
                new, states[k] = adam_step(p, mlp.gradients()[k], states.get(k, {}), lr)
                np.copyto(p, new)
    return losses.tolist()
