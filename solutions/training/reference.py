"""A network that learns: first weights, layer normalisation, Adam, training, and two copies.

N samples, D inputs or features, C classes. Rows are samples, and weights stand on the right. The
layers and the loss are those of the first assignment.
"""

from collections.abc import Sequence
from itertools import pairwise
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


def initialise(fan_in: int, fan_out: int, kind: str, rng: np.random.Generator) -> np.ndarray:
    """Random weights of a layer, independent of one another and with mean 0.

    Their variance is given by `kind`:

        "normal"    0.01²
        "xavier"    2 / (fan_in + fan_out)
        "he"        2 / fan_in

    Args:
        fan_in: the number of inputs of the layer.
        fan_out: the number of its outputs.
        kind: one of the three above.
        rng: the generator to draw from, and the only one. Each call draws new
            numbers.

    Returns:
        W: the weights, (fan_in, fan_out), float64, from a normal or a uniform
            distribution.

    Raises:
        ValueError: if the kind is none of the three.

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training
    deep feedforward neural networks", AISTATS; He, Zhang, Ren and Sun (2015),
    "Delving Deep into Rectifiers", ICCV.
    """
    variances = {"normal": 1e-4, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(f"kind is one of {', '.join(variances)}, not {kind!r}")
    W: np.ndarray = np.sqrt(variances[kind]) * rng.standard_normal((fan_in, fan_out))
    return W


def layer_norm_forward(
    x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, eps: float = 1e-5
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Layer normalisation: a sample gets mean 0, variance 1 over its D numbers.

    For row n, with its mean μ_n and its variance v_n, the mean of the squared
    distances from μ_n:

        x̂_n = (x_n − μ_n) / √(v_n + eps)
        y_n = γ ⊙ x̂_n + β

    The other rows of the batch have no part in it. With D = 1, y is β. No
    argument is changed.

    Args:
        x: the samples, (N, D), float64.
        gamma: the scale γ of each feature, (D,).
        beta: the shift β of each feature, (D,).
        eps: added to the variance, under the root; it keeps a row of equal
            numbers finite.

    Returns:
        y: the normalised, scaled and shifted samples, (N, D).
        cache: what `layer_norm_backward` will need, in any form you like.

    Source: Ba, Kiros and Hinton (2016), "Layer Normalization",
    arXiv:1607.06450, equation 4; with eps as torch.nn.LayerNorm has it.
    """
    mean = x.mean(axis=1, keepdims=True)
    variance = x.var(axis=1, keepdims=True)
    rstd = 1 / np.sqrt(variance + eps)
    x_hat = (x - mean) * rstd
    y = gamma * x_hat + beta
    cache = (x_hat, rstd, gamma)
    return y, cache


def layer_norm_backward(
    dy: np.ndarray, cache: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry a gradient back through the layer normalisation.

    The mean and the variance of a row depend on all its numbers, and the
    gradient flows back through both. γ and β are shared by the samples, so that
    their gradients are sums over the batch. Neither dy nor the cache is
    changed: the cache may be used again.

    Args:
        dy: the gradient that arrives at y, (N, D), float64.
        cache: what your `layer_norm_forward` returned.

    Returns:
        dx: the gradient of x, (N, D).
        dgamma: the gradient of γ, (D,).
        dbeta: the gradient of β, (D,).

    Source: the chain rule; the lesson, ‘Layer normalisation’.
    """
    x_hat, rstd, gamma = cache
    dgamma = (dy * x_hat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    dx_hat = dy * gamma
    by_mean = dx_hat.mean(axis=1, keepdims=True)
    by_variance = x_hat * (dx_hat * x_hat).mean(axis=1, keepdims=True)
    dx = rstd * (dx_hat - by_mean - by_variance)
    return dx, dgamma, dbeta


class MLP:
    """A multilayer perceptron: affine maps with rectifiers between them.

    There is none after the last map, whose outputs are the logits. Weights
    start as `initialise` draws them with "he", biases at 0. For dims
    [D, h1, …, C] there are len(dims) − 1 maps. All arrays are float64.

    Args:
        dims: the sizes of the layers from the input to the logits, two or more.
        rng: the generator that the weights are drawn from.
    """

    def __init__(self, dims: "Sequence[int]", rng: np.random.Generator) -> None:
        self._parameters: list[np.ndarray] = []
        for fan_in, fan_out in pairwise(dims):
            W = initialise(fan_in, fan_out, "he", rng)
            self._parameters += [W, np.zeros(fan_out)]
        self._gradients = [np.zeros(p.shape) for p in self._parameters]
        self._affine: list[Any] = []
        self._relu: list[Any] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The logits of a batch; it keeps what `backward` will need.

        Args:
            x: the inputs, (N, D).

        Returns:
            z: the logits, (N, C).
        """
        self._affine, self._relu = [], []
        y = x
        for k in range(0, len(self._parameters), 2):
            if k > 0:
                y, cache = relu_forward(y)
                self._relu.append(cache)
            W, b = self._parameters[k : k + 2]
            y, kept = affine_forward(y, W, b)
            self._affine.append(kept)
        return y

    def backward(self, dz: np.ndarray) -> np.ndarray:
        """Carry a gradient back through the network, after a `forward`.

        The network is taken as the last `forward` left it.

        Args:
            dz: the gradient that arrives at the logits, (N, C).

        Returns:
            dx: the gradient of the inputs, (N, D).
        """
        dy = dz
        for layer in reversed(range(len(self._affine))):
            dy, dW, db = affine_backward(dy, self._affine[layer])
            self._gradients[2 * layer : 2 * layer + 2] = [dW, db]
            if layer > 0:
                dy = relu_backward(dy, self._relu[layer - 1])
        return dy

    def parameters(self) -> list[np.ndarray]:
        """The arrays [W1, b1, W2, b2, …] themselves.

        To write into one changes the network.
        """
        return self._parameters

    def gradients(self) -> list[np.ndarray]:
        """The gradients of the last `backward` alone.

        They are in the order of `parameters`.
        """
        return self._gradients


def adam_step(
    p: np.ndarray,
    g: np.ndarray,
    state: "dict[str, Any]",
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> "tuple[np.ndarray, dict[str, Any]]":
    """One step of Adam for one array of parameters.

    With t = 1 at the first step, and m and v that are 0 before it:

        m = β₁ m + (1 − β₁) g,      m̂ = m / (1 − β₁ᵗ)
        v = β₂ v + (1 − β₂) g²,     v̂ = v / (1 − β₂ᵗ)
        p_next = p − lr · m̂ / (√v̂ + eps)

    Neither p nor g is changed.

    Args:
        p: the parameters, of any shape, float64.
        g: the gradient of the loss with respect to them, of the same shape.
        state: {} at the first step, and then what the last step returned.
        lr: the learning rate.
        beta1: the share that is kept of m, β₁.
        beta2: the share that is kept of v, β₂.
        eps: added to the root.

    Returns:
        p_next: the parameters after the step.
        state: what the next step will need, in any form you like.

    Source: Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization",
    ICLR, algorithm 1.
    """
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * g
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    p_next = p - lr * m_hat / (np.sqrt(v_hat) + eps)
    return p_next, {"t": t, "m": m, "v": v}


def mlp_to_torch(mlp: "MLP") -> torch.nn.Module:
    """The same network in torch, float32, from inputs (N, D) to logits (N, C).

    The weights are copies: a later change of `mlp` does not show, and all can
    be trained.

    Args:
        mlp: any object with `parameters()` as the MLP has; nothing else of it
            is used.

    Returns:
        A module without a softmax at its end.
    """
    parameters = mlp.parameters()
    layers: list[torch.nn.Module] = []
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        linear = torch.nn.Linear(*W.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(W.T))
            linear.bias.copy_(torch.tensor(b))
        layers += [linear, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1])


def mlp_to_keras(mlp: "MLP") -> keras.Model:
    """The same network in Keras, float32, from inputs (N, D) to logits (N, C).

    The weights are copies: a later change of `mlp` does not show, and all can
    be trained.

    Args:
        mlp: any object with `parameters()` as the MLP has; nothing else of it
            is used.

    Returns:
        A built model without a softmax at its end.
    """
    parameters = mlp.parameters()
    biases = parameters[1::2]
    layers = [keras.Input(parameters[0].shape[:1])]
    layers += [keras.layers.Dense(b.size, activation="relu") for b in biases[:-1]]
    layers += [keras.layers.Dense(biases[-1].size)]
    model = keras.Sequential(layers)
    model.set_weights(parameters)
    return model


def train(
    mlp: "MLP",
    x: np.ndarray,
    y: np.ndarray,
    epochs: int,
    batch_size: int,
    lr: float,
    rng: np.random.Generator,
) -> list[float]:
    """Train a network in place, with the softmax cross-entropy and Adam.

    An epoch takes the samples in a new random order, `batch_size` at a time.
    Each batch is one step of Adam for every array of the parameters.

    Args:
        mlp: the network; its parameters are changed in place.
        x: the inputs, (N, D), float64. They are not changed.
        y: the labels, (N,), integers. They are not changed.
        epochs: how often every sample is used.
        batch_size: the number of samples a step; the last batch of an epoch may
            be smaller.
        lr: the learning rate of Adam.
        rng: the generator that the orders are drawn from, and the only one.

    Returns:
        losses: the mean loss of each epoch, `epochs` numbers.
    """
    states: list[dict[str, Any]] = [{} for _ in mlp.parameters()]
    losses = []
    for _ in range(epochs):
        order = rng.permutation(len(x))
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            loss, dz = softmax_cross_entropy(mlp.forward(x[batch]), y[batch])
            mlp.backward(dz)
            for k, (p, g) in enumerate(zip(mlp.parameters(), mlp.gradients(), strict=True)):
                p[...], states[k] = adam_step(p, g, states[k], lr)
            total += float(loss) * len(batch)
        losses.append(total / len(x))
    return losses
