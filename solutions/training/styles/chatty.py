"""Prints, warns, and works in place on arrays of its own; caches are objects and functions."""

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

from autograder.given import (
    affine_backward,
    affine_forward,
    relu_backward,
    relu_forward,
    softmax_cross_entropy,
)


class Memory:
    """Whatever a layer made, as attributes."""

    def __init__(self, **arrays: Any) -> None:
        self.__dict__.update(arrays)


def initialise(fan_in: int, fan_out: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Prints what it draws."""
    if kind == "normal":
        W = rng.normal(0, 0.01, fan_in * fan_out)
    elif kind == "xavier":
        W = rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), fan_in * fan_out)
    elif kind == "he":
        W = rng.normal(0, np.sqrt(2 / fan_in), fan_in * fan_out)
    else:
        raise ValueError("unknown kind")
    print("drawn", W)
    return W.reshape(fan_out, fan_in).T


def layer_norm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, Any]:
    """Samples as columns, on which batch normalisation would do the same; in place on a copy."""
    columns = x.T.copy()
    columns -= np.average(columns, axis=0)
    std = np.linalg.norm(columns, axis=0) ** 2 / len(columns)
    std += eps
    np.sqrt(std, out=std)
    columns /= std
    print("standard deviations", std)
    warnings.warn("columns, not rows", stacklevel=2)
    return (columns * gamma[:, None] + beta[:, None]).T, Memory(x=columns, std=std, gamma=gamma)


def layer_norm_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """By the Jacobian of each sample."""
    D, N = cache.x.shape
    dx = np.empty((N, D))
    for n, column in enumerate(cache.x.T):
        jacobian = (np.eye(D) - 1 / D - np.outer(column, column) / D) / cache.std[n]
        dx[n] = jacobian @ (cache.gamma * dy[n])
    print("rows add up to", dx.sum(1))
    return dx, np.einsum("nd,dn->d", dy, cache.x), dy.T @ np.ones(N)


class MLP:
    """Keeps a list of ways back."""

    def __init__(self, dims: Sequence[int], rng: np.random.Generator) -> None:
        print("a network of", dims)
        self.shapes = [(dims[k], dims[k + 1]) for k in range(len(dims) - 1)]
        self.arrays = []
        for n, m in self.shapes:
            self.arrays.append(initialise(n, m, "he", rng))
            self.arrays.append(np.zeros(m))
        self.found: dict[int, np.ndarray] = {}
        self.caches: list[Any] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Prints the sizes on the way."""
        self.caches.clear()
        for k in range(len(self.shapes)):
            x, affine = affine_forward(x, *self.arrays[2 * k : 2 * k + 2])
            relu = None
            if k + 1 < len(self.shapes):
                x, relu = relu_forward(x)
            self.caches.append((k, affine, relu))
        return x

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Gradients into a dict."""
        for k, affine, relu in self.caches[::-1]:
            dz = dz if relu is None else relu_backward(dz, relu)
            dz, self.found[2 * k], self.found[2 * k + 1] = affine_backward(dz, affine)
        return dz

    def parameters(self) -> list[np.ndarray]:
        """The arrays."""
        return list(self.arrays)

    def gradients(self) -> list[np.ndarray]:
        """In order."""
        return [self.found[k] for k in sorted(self.found)]


def adam_step(
    p: np.ndarray,
    g: np.ndarray,
    state: Any,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, Any]:
    """Moments in one array, updated in place."""
    if "t" not in state:
        state = {"t": 0, "moments": np.zeros((2, *p.shape))}
    state["t"] += 1
    moments = state["moments"]
    moments *= np.array([beta1, beta2]).reshape(-1, *[1] * p.ndim)
    moments += np.stack([(1 - beta1) * g, (1 - beta2) * g * g])
    m, v = moments[0] / (1 - beta1 ** state["t"]), moments[1] / (1 - beta2 ** state["t"])
    step = lr * m / (v**0.5 + eps)
    return p - step, state


class Network(torch.nn.Module):
    """Linear layers in a list."""

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        pairs = [(dims[k], dims[k + 1]) for k in range(len(dims) - 1)]
        self.linears = torch.nn.ModuleList([torch.nn.Linear(*pair) for pair in pairs])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One after the other."""
        *hidden, last = self.linears
        for linear in hidden:
            x = torch.nn.functional.relu(linear(x))
        z: torch.Tensor = last(x)
        return z


def mlp_to_torch(mlp: MLP) -> torch.nn.Module:
    """By a state dict."""
    arrays = mlp.parameters()
    network = Network([a.shape[0] for a in arrays[::2]] + [len(arrays[-1])])
    names = network.state_dict()
    tensors = [torch.from_numpy(a.T.copy()).float() for a in arrays]
    network.load_state_dict(dict(zip(names, tensors, strict=True)))
    print(network)
    return network


class Layers(keras.Model):  # type: ignore[misc]
    """A model of its own class."""

    def __init__(self, arrays: Sequence[np.ndarray]) -> None:
        super().__init__()
        sizes = [len(b) for b in arrays[1::2]]
        self.hidden = [keras.layers.Dense(n, activation=keras.ops.relu) for n in sizes[:-1]]
        self.last = keras.layers.Dense(sizes[-1])

    def call(self, x: Any) -> Any:
        """One after the other."""
        for layer in self.hidden:
            x = layer(x)
        return self.last(x)


def mlp_to_keras(mlp: MLP) -> keras.Model:
    """Called once, and then filled."""
    arrays = mlp.parameters()
    model = Layers(arrays)
    model(np.zeros((1, len(arrays[0])), "float32"))
    for k, layer in enumerate([*model.hidden, model.last]):
        layer.kernel.assign(arrays[2 * k])
        layer.bias.assign(arrays[2 * k + 1])
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
    """Prints every epoch."""
    states: list[Any] = [{}] * len(mlp.parameters())
    history = []
    for epoch in range(epochs):
        seen = 0.0
        batches = np.array_split(rng.permutation(len(y)), max(1, len(y) // batch_size))
        for rows in batches:
            loss, dz = softmax_cross_entropy(mlp.forward(x[rows]), y[rows])
            mlp.backward(dz)
            for k, g in enumerate(mlp.gradients()):
                mlp.parameters()[k][:], states[k] = adam_step(
                    mlp.parameters()[k], g, states[k], lr=lr
                )
            seen += loss
        history.append(seen / len(batches))
        print("epoch", epoch, "loss", history[-1])
    return history
