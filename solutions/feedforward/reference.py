"""A feedforward network from its parts: layers, loss, gradient check, Adam, and training.

N samples, D inputs, M outputs of a layer, C classes. Rows are samples, and weights stand on the
right: y = x @ W + b. Every `*_forward` returns a cache, which its `*_backward` is given.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import torch


def sigmoid(x: np.ndarray) -> np.ndarray:
    """The logistic function σ(x) = 1/(1 + exp(−x)) of every entry.

    The result is finite for every finite x; at ±1000 it is 1 and 0.

    Args:
        x: numbers in float64, of any shape, () included. They are not changed.

    Returns:
        y: σ(x), of the shape of x, float64.

    Source: Verhulst (1845), "Recherches mathématiques sur la loi
    d'accroissement de la population", who named the curve.
    """
    return 0.5 * (1 + np.tanh(0.5 * x))


def affine_forward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """The affine map y = x·W + b of a batch, each sample read as a row.

    A sample may have several axes, as an image has. They are laid out in C
    order, the last axis fastest, so that D = d1·…·dk. All arrays are float64.
    No argument is changed.

    Args:
        x: the samples, (N, d1, …, dk) with k ≥ 1.
        W: the weights, (D, M).
        b: the bias, (M,).

    Returns:
        y: the outputs, (N, M).
        cache: what `affine_backward` will need, in any form you like.

    Raises:
        ValueError: if the sizes of the arrays do not fit together.

    Source: the lesson, ‘The affine map of a batch’.
    """
    y = x.reshape(len(x), -1) @ W + b
    cache = (x, W)
    return y, cache


def affine_backward(
    dy: np.ndarray, cache: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Carry a gradient back through the affine map.

    The weights are shared by the samples of the batch, so that their gradients
    are sums over it. There is no 1/N here; whether the loss is a mean is the
    affair of the loss. Neither dy nor the cache is changed: the cache may be
    used again.

    Args:
        dy: the gradient that arrives at y, (N, M), float64.
        cache: what your `affine_forward` returned.

    Returns:
        dx: the gradient of x, in the shape of x, (N, d1, …, dk).
        dW: the gradient of W, (D, M).
        db: the gradient of b, (M,).

    Raises:
        ValueError: if the size of dy does not fit that of the forward pass.

    Source: the chain rule, as in Rumelhart, Hinton and Williams (1986),
    "Learning representations by back-propagating errors", Nature 323.
    """
    x, W = cache
    dx = (dy @ W.T).reshape(x.shape)
    dW = x.reshape(len(x), -1).T @ dy
    db = dy.sum(axis=0)
    return dx, dW, db


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rectifier y = max(x, 0) of every entry.

    Args:
        x: numbers in float64, of any shape. They are not changed.

    Returns:
        y: the positive part of x, of the shape of x.
        cache: what `relu_backward` will need, in any form you like.

    Source: Nair and Hinton (2010), "Rectified Linear Units Improve Restricted
    Boltzmann Machines", ICML.
    """
    y = np.maximum(x, 0)
    cache = x > 0
    return y, cache


def relu_backward(dy: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Carry a gradient back through the rectifier.

    Where x is exactly 0 the rectifier has no derivative, and either of 0 and dy
    is right. Neither dy nor the cache is changed.

    Args:
        dy: the gradient that arrives at y, of the shape of y, float64.
        cache: what your `relu_forward` returned.

    Returns:
        dx: the gradient of x, of the same shape.

    Source: the derivative of max(x, 0).
    """
    dx: np.ndarray = dy * cache
    return dx


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hyperbolic tangent of every entry.

    The result is finite for every finite x; at ±1000 it is ±1.

    Args:
        x: numbers in float64, of any shape. They are not changed.

    Returns:
        y: tanh(x), of the shape of x.
        cache: what `tanh_backward` will need, in any form you like.

    Source: tanh(x) = (exp(x) − exp(−x)) / (exp(x) + exp(−x)).
    """
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: np.ndarray, cache: np.ndarray) -> np.ndarray:
    """Carry a gradient back through the hyperbolic tangent.

    Neither dy nor the cache is changed.

    Args:
        dy: the gradient that arrives at y, of the shape of y, float64.
        cache: what your `tanh_forward` returned.

    Returns:
        dx: the gradient of x, of the same shape.

    Source: the derivative of the tanh, 1 − tanh².
    """
    dx: np.ndarray = dy * (1 - cache**2)
    return dx


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray | None = None, reduction: str = "mean"
) -> tuple[np.ndarray | float, np.ndarray]:
    """The cross-entropy of softmax(z) with the labels y, and its gradient.

    For row n with logits z_n and label y_n, and with the softmax
    p_n = exp(z_n) / Σ_c exp(z_nc):

        loss_n = −log p_n[y_n]

    Rows with mask 0 do not count: their loss is 0, and their row of dz is
    exactly 0. The result is finite for logits of ±1000 as well. No argument is
    changed.

    Args:
        z: the logits, (N, C), float64.
        y: the labels, (N,), integers from 0 to C − 1, at masked rows too.
        mask: which rows count, (N,), bool or 0.0 and 1.0; None counts all.
        reduction: "mean" for the sum of the losses divided by the number of
            rows that count, "sum" for the sum, "none" for the losses
            themselves.

    Returns:
        loss: a number; with "none" the losses of the rows, (N,).
        dz: the gradient of the loss with respect to z, (N, C); with "none" that
            of the sum.

    Raises:
        ValueError: if the reduction is none of the three.

    Source: Bridle (1990), "Probabilistic Interpretation of Feedforward
    Classification Network Outputs".
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f'reduction is "mean", "sum" or "none", not {reduction!r}')
    counts = np.ones(len(z)) if mask is None else mask.astype(np.float64)
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    losses = -counts * log_p[rows, y]
    dz = np.exp(log_p)
    dz[rows, y] -= 1
    dz *= counts[:, None]
    if reduction == "none":
        return losses, dz
    divisor = max(counts.sum(), 1.0) if reduction == "mean" else 1.0
    loss: float = losses.sum() / divisor
    return loss, dz / divisor


def numerical_gradient(
    f: "Callable[[np.ndarray], Any]", x: np.ndarray, dy: np.ndarray | float, h: float = 1e-5
) -> np.ndarray:
    """The gradient of Σ dy·f(x) with respect to x, by central differences.

    For every entry of x, with e that has a 1 there and 0 elsewhere:

        dx = Σ dy · (f(x + h e) − f(x − h e)) / 2h

    Args:
        f: a function of one array of the shape of x, float64; it returns an
            array or a number.
        x: where to take the gradient, of any shape, floats or integers. It is
            as it was when this function returns.
        dy: the gradient that arrives at f(x), of its shape; a float where f
            gives a number.
        h: the step.

    Returns:
        dx: the gradient of x, of the shape of x, float64.

    Source: the lesson, ‘Checking a gradient’.
    """
    dx = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[index] = h
        dx[index] = np.sum(dy * (f(x + e) - f(x - e))) / (2 * h)
    return dx


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

    Raises:
        ValueError: if the sizes of the arrays do not fit together.

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

    Raises:
        ValueError: if the size of dy does not fit that of the forward pass.

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
