"""Prints, warns, and works in place on arrays of its own; caches are objects and functions."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import torch


class Memory:
    """Whatever a layer made, as attributes."""

    def __init__(self, **arrays: Any) -> None:
        self.__dict__.update(arrays)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """By the half where the exponential is small."""
    print("sigmoid of", x.shape)
    e = np.exp(-np.abs(x))
    y: np.ndarray = np.where(x >= 0, 1, e) / (1 + e)
    return y


def affine_forward(x: np.ndarray, W: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, Any]:
    """Into an array that is there before."""
    y = np.empty((x.shape[0], b.shape[0]), order="F")
    y[...] = b
    y += np.tensordot(x, W.reshape(*x.shape[1:], -1), x.ndim - 1)
    warnings.warn("this is only a first version", stacklevel=2)
    return y, Memory(x=x.copy(), W=W.copy())


def affine_backward(dy: np.ndarray, cache: Any) -> Sequence[np.ndarray]:
    """One sample after the other."""
    dx = np.zeros_like(cache.x)
    dW = np.zeros_like(cache.W)
    for n, row in enumerate(dy):
        dx[n] = (cache.W @ row).reshape(cache.x[n].shape)
        dW += np.outer(cache.x[n], row)
    print("largest gradient", abs(dW).max())
    return dx, dW, np.ones(len(dy)) @ dy


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """The cache is the way back."""
    y = x.copy()
    y[y < 0] = 0
    print("rectified", y.size)
    return y, lambda dy: np.where(y > 0, dy, 0)


def relu_backward(dy: np.ndarray, cache: Any) -> Any:
    """Calls the way back."""
    return cache(dy)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, Any]:
    """The cache is the derivative."""
    y = np.tanh(x)
    return y, Memory(slope=1 / np.cosh(np.clip(x, -300, 300)) ** 2)


def tanh_backward(dy: np.ndarray, cache: Any) -> Any:
    """One product."""
    warnings.warn("check the sign", stacklevel=2)
    return np.multiply(cache.slope, dy)


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, reduction: str = "mean"
) -> tuple[Any, np.ndarray]:
    """With a table of which entries are labels."""
    if reduction == "mean":
        N = len(z) if mask is None else np.count_nonzero(mask)
    elif reduction in ["sum", "none"]:
        N = 1
    else:
        raise ValueError(f"{reduction}?")
    counts = np.full(len(z), True) if mask is None else np.asarray(mask) != 0
    label = y[:, None] == np.arange(z.shape[1])
    z = z - z[label][:, None]
    top = np.max(z, 1)
    losses = np.where(counts, top + np.log(np.exp(z - top[:, None]).sum(1)), 0.0)
    p = np.exp(z - top[:, None])
    p /= p.sum(1)[:, None]
    p[label] -= 1
    p[~counts] = 0
    print("losses", losses)
    return (losses if reduction == "none" else losses.sum() / N), p / N


def numerical_gradient(
    f: Callable[[np.ndarray], Any], x: np.ndarray, dy: Any, h: float = 1e-5
) -> np.ndarray:
    """All moved copies first, then all values."""
    flat = np.array(x, dtype=np.float64).reshape(-1)
    moved = [flat + s * h * e for e in np.eye(flat.size) for s in (1, -1)]
    values = [np.sum(f(a.reshape(x.shape)) * np.asarray(dy)) for a in moved]
    print(len(values), "values")
    up, down = np.array(values[::2]), np.array(values[1::2])
    return np.asarray((up - down) / (2 * h)).reshape(x.shape)


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
