"""Loops over samples and entries, one number at a time; caches are dicts."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch

from autograder.given import affine_backward, affine_forward, relu_backward, relu_forward


def initialise(fan_in: int, fan_out: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    """One weight at a time."""
    if kind == "normal":
        std = 0.01
    elif kind == "xavier":
        std = math.sqrt(2 / (fan_in + fan_out))
    elif kind == "he":
        std = math.sqrt(2 / fan_in)
    else:
        raise ValueError(kind)
    return np.array([[rng.normal(0, std) for _ in range(fan_out)] for _ in range(fan_in)])


def layer_norm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, Any]:
    """Mean and variance of a row by running sums, one number at a time, as Welford has it."""
    y, rows = np.zeros(x.shape), []
    for n, row in enumerate(x):
        mean, squares = 0.0, 0.0
        for count, value in enumerate(row, 1):
            away = value - mean
            mean += away / count
            squares += away * (value - mean)
        std = math.sqrt(squares / len(row) + eps)
        for d, value in enumerate(row):
            y[n, d] = gamma[d] * (value - mean) / std + beta[d]
        rows.append({"centred": [value - mean for value in row], "std": std})
    return y, {"rows": rows, "gamma": gamma}


def layer_norm_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """Step by step through the graph: to the variance, to the mean, to each number."""
    gamma = cache["gamma"]
    dx, dgamma, dbeta = np.zeros(dy.shape), np.zeros(gamma.shape), np.zeros(gamma.shape)
    D = len(gamma)
    for n, kept in enumerate(cache["rows"]):
        centred, std = kept["centred"], kept["std"]
        dvariance, dmean = 0.0, 0.0
        for d in range(D):
            dgamma[d] += dy[n, d] * centred[d] / std
            dbeta[d] += dy[n, d]
            dvariance += dy[n, d] * gamma[d] * centred[d] * -0.5 / std**3
            dmean -= dy[n, d] * gamma[d] / std
        for d in range(D):
            direct = dy[n, d] * gamma[d] / std
            dx[n, d] = direct + dvariance * 2 * centred[d] / D + dmean / D
    return dx, dgamma, dbeta


class MLP:
    """Layers in a list of dicts."""

    def __init__(self, dims: Sequence[int], rng: np.random.Generator) -> None:
        self.layers: list[dict[str, Any]] = []
        for k in range(len(dims) - 1):
            W = initialise(dims[k], dims[k + 1], "he", rng)
            self.layers.append({"W": W, "b": np.zeros(dims[k + 1])})

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Layer by layer."""
        for k, layer in enumerate(self.layers):
            x, layer["affine"] = affine_forward(x, layer["W"], layer["b"])
            if k < len(self.layers) - 1:
                x, layer["relu"] = relu_forward(x)
        return x

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Layer by layer, from the last."""
        for k in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[k]
            if k < len(self.layers) - 1:
                dz = relu_backward(dz, layer["relu"])
            dz, layer["dW"], layer["db"] = affine_backward(dz, layer["affine"])
        return dz

    def parameters(self) -> list[np.ndarray]:
        """A new list of the arrays."""
        return [layer[name] for layer in self.layers for name in ("W", "b")]

    def gradients(self) -> list[np.ndarray]:
        """A new list of the gradients."""
        return [layer[name] for layer in self.layers for name in ("dW", "db")]


def adam_step(
    p: np.ndarray,
    g: np.ndarray,
    state: Any,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, Any]:
    """One number at a time; the state is updated in place."""
    if not state:
        state.update(t=0, m=np.zeros(p.shape), v=np.zeros(p.shape))
    state["t"] += 1
    p_next = np.zeros(p.shape)
    for index in np.ndindex(*p.shape):
        state["m"][index] += (1 - beta1) * (g[index] - state["m"][index])
        state["v"][index] += (1 - beta2) * (g[index] ** 2 - state["v"][index])
        m = state["m"][index] / (1 - beta1 ** state["t"])
        v = state["v"][index] / (1 - beta2 ** state["t"])
        p_next[index] = p[index] - lr * m / (math.sqrt(v) + eps)
    return p_next, state


def mlp_to_torch(mlp: MLP) -> torch.nn.Module:
    """Layers assigned one by one."""
    weights = mlp.parameters()
    module = torch.nn.Sequential()
    for k in range(0, len(weights), 2):
        if k > 0:
            module.append(torch.nn.ReLU())
        layer = torch.nn.Linear(weights[k].shape[0], weights[k].shape[1])
        layer.weight.data = torch.tensor(weights[k].T, dtype=torch.float32)
        layer.bias.data = torch.tensor(weights[k + 1], dtype=torch.float32)
        module.append(layer)
    return module


def mlp_to_keras(mlp: MLP) -> keras.Model:
    """Layers set one by one."""
    weights = mlp.parameters()
    inputs = x = keras.Input((len(weights[0]),))
    layers = []
    for k in range(0, len(weights), 2):
        last = k == len(weights) - 2
        layers.append(keras.layers.Dense(len(weights[k + 1])))
        x = layers[-1](x)
        x = x if last else keras.layers.ReLU()(x)
    for k, layer in enumerate(layers):
        layer.set_weights([weights[2 * k], weights[2 * k + 1]])
    return keras.Model(inputs, x)


def train(
    mlp: MLP,
    x: np.ndarray,
    y: np.ndarray,
    epochs: int,
    batch_size: int,
    lr: float,
    rng: np.random.Generator,
) -> list[float]:
    """While there are samples left; the shuffled copies are cut with array_split."""
    memory: dict[int, Any] = {}
    history = []
    for _ in range(epochs):
        order = np.arange(len(y))
        rng.shuffle(order)
        seen = []
        while len(order):
            rows, order = order[:batch_size], order[batch_size:]
            z = mlp.forward(x[rows])
            shifted = np.exp(z - z.max(1, keepdims=True))
            p = shifted / shifted.sum(1, keepdims=True)
            seen += [-math.log(max(p[n, y[row]], 1e-300)) for n, row in enumerate(rows)]
            for n, row in enumerate(rows):
                p[n, y[row]] -= 1
            mlp.backward(p / len(rows))
            gradients = mlp.gradients()
            for k, array in enumerate(mlp.parameters()):
                m, v, t = memory.get(k, (0, 0, 0))
                m, v, t = 0.9 * m + 0.1 * gradients[k], 0.999 * v + 0.001 * gradients[k] ** 2, t + 1
                memory[k] = m, v, t
                array -= lr * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        history.append(sum(seen) / len(seen))
    return history
