"""A recurrent network from its parts: steps, sequences, tokens, truncated training, sampling.

N sequences, T steps, D inputs, H hidden units, V words. The batch comes first, samples are rows,
and weights stand on the right. Every `*_forward` returns a cache, which its `*_backward` is given.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def rnn_step_forward(
    x: np.ndarray, h: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Carry the hidden state of a simple recurrent network over one step.

        h_next = tanh(x·Wx + h·Wh + b)

    N is the batch size, D the number of inputs, H the number of hidden units.
    All arrays are float64. No argument is changed. The result is finite for
    pre-activations of ±1000 as well.

    Args:
        x: the input of this step, (N, D).
        h: the hidden state before the step, (N, H).
        Wx: the weights of the input, (D, H).
        Wh: the weights of the hidden state, (H, H).
        b: the bias, (H,).

    Returns:
        h_next: the hidden state after the step, (N, H).
        cache: what `rnn_step_backward` will need, in any form you like.

    Source: Elman (1990), "Finding Structure in Time", Cognitive Science 14(2),
    with tanh in place of the logistic function.
    """
    h_next = np.tanh(x @ Wx + h @ Wh + b)
    cache = (x, h, Wx, Wh, h_next)
    return h_next, cache


def rnn_step_backward(
    dh_next: np.ndarray, cache: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back over one step.

    For any array v of the forward step, dv is the gradient of the loss with
    respect to v and has the shape of v. The weights are shared by the samples,
    so that their gradients are sums over the batch.

    N is the batch size, D the number of inputs, H the number of hidden units.
    All arrays are float64. Neither the argument nor the cache is changed: the
    cache may be used again.

    Args:
        dh_next: the gradient that arrives at the hidden state after the step,
            (N, H).
        cache: what your `rnn_step_forward` returned for this step.

    Returns:
        dx: the gradient of the input, (N, D).
        dh: the gradient of the hidden state before the step, (N, H).
        dWx: the gradient of the weights of the input, (D, H).
        dWh: the gradient of the weights of the hidden state, (H, H).
        db: the gradient of the bias, (H,).

    Source: the chain rule applied to the equation of `rnn_step_forward`.
    """
    x, h, Wx, Wh, h_next = cache
    da = dh_next * (1 - h_next**2)
    dx = da @ Wx.T
    dh = da @ Wh.T
    dWx = x.T @ da
    dWh = h.T @ da
    db = da.sum(axis=0)
    return dx, dh, dWx, dWh, db


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, list[tuple[np.ndarray, ...]]]:
    """Run a simple recurrent network over a batch of whole sequences.

        h_t = tanh(x_t·Wx + h_{t−1}·Wh + b)

    The same weights serve at every step, and each step starts from the state
    that the step before it left.

    N is the batch size, T the number of steps, D the number of inputs, H the
    number of hidden units. All arrays are float64. No argument is changed.

    Args:
        x: the inputs, batch first, (N, T, D).
        h0: the hidden state before the first step, (N, H).
        Wx: the weights of the input, (D, H).
        Wh: the weights of the hidden state, (H, H).
        b: the bias, (H,).

    Returns:
        hs: the hidden states after every step, (N, T, H); hs[:, t] is the one
            after x[:, t], and h0 is not among them.
        caches: what `rnn_backward` will need, in any form you like.

    Source: Elman (1990), as `rnn_step_forward`.
    """
    T = x.shape[1]
    h = h0
    hs = []
    caches = []
    for t in range(T):
        h, cache = rnn_step_forward(x[:, t], h, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), caches


def rnn_backward(
    dhs: np.ndarray, dhT: np.ndarray, caches: list[tuple[np.ndarray, ...]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back through time.

    The loss may see the hidden state of every step; what it says about them
    arrives in dhs. What comes after the sequence may have gone on from the last
    state; what that says arrives in dhT, in addition to dhs[:, −1]. The weights
    serve at every step, so that their gradients are sums over steps and batch.

    N is the batch size, T the number of steps, D the number of inputs, H the
    number of hidden units. All arrays are float64. Neither the arguments nor
    the caches are changed: they may be used again.

    Args:
        dhs: the gradients that arrive at the hidden states of all steps from
            outside the network, (N, T, H).
        dhT: one more gradient of the last hidden state, (N, H).
        caches: what your `rnn_forward` returned for this batch.

    Returns:
        dx: the gradient of the inputs, (N, T, D).
        dh0: the gradient of the hidden state before the first step, (N, H).
        dWx: the gradient of the weights of the input, (D, H).
        dWh: the gradient of the weights of the hidden state, (H, H).
        db: the gradient of the bias, (H,).

    Source: Werbos (1990), "Backpropagation Through Time: What It Does and How
    to Do It", Proceedings of the IEEE 78(10).
    """
    _, _, Wx, Wh, _ = caches[0]
    dxs = []
    dh = dhT
    dWx, dWh, db = np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(len(Wh))
    for t in reversed(range(len(caches))):
        dx_t, dh, dWx_t, dWh_t, db_t = rnn_step_backward(dhs[:, t] + dh, caches[t])
        dxs.append(dx_t)
        dWx = dWx + dWx_t
        dWh = dWh + dWh_t
        db = db + db_t
    dx = np.stack(dxs[::-1], axis=1)
    return dx, dh, dWx, dWh, db


def embedding_forward(ids: np.ndarray, E: np.ndarray) -> tuple[np.ndarray, Any]:
    """Look up the vectors of words.

    Row v of E is the vector of word v. All ids are from 0 to V − 1, and no id
    is special. E is float64. No argument is changed.

    Args:
        ids: the numbers of the words, integers of any shape with one axis or
            more, such as (N, T).
        E: the vectors of all words, (V, D).

    Returns:
        out: the vectors, (*ids.shape, D).
        cache: what `embedding_backward` will need, in any form you like.

    Source: Bengio, Ducharme, Vincent and Jauvin (2003), "A Neural Probabilistic
    Language Model", Journal of Machine Learning Research 3.
    """
    out = E[ids]
    cache = (ids, E.shape)
    return out, cache


def embedding_backward(dout: np.ndarray, cache: Any) -> np.ndarray:
    """Carry a gradient back to the table of word vectors.

    A word that occurs several times has taken its vector from one row, and the
    gradients of all its places add up there. Rows of words that do not occur
    are exactly 0. Neither the argument nor the cache is changed.

    Args:
        dout: the gradient that arrives at the vectors, (*ids.shape, D),
            float64.
        cache: what your `embedding_forward` returned.

    Returns:
        dE: the gradient of the table, (V, D).

    Source: the chain rule, with the look-up written as a product with one-hot
    rows.
    """
    ids, shape = cache
    dE = np.zeros(shape)
    np.add.at(dE, ids, dout)
    return dE


def sequence_cross_entropy(
    z: np.ndarray, y: np.ndarray, mask: np.ndarray
) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of the words of a batch, padding left out.

    With the logits z_nt of one place, its word y_nt, the softmax
    p_nt = exp(z_nt) / Σ_v exp(z_ntv), and M = Σ_nt mask_nt:

        loss = −(1/M) Σ_nt mask_nt · log p_nt[y_nt]

    The mean is over all valid places of the batch together, not a mean of the
    means of its sequences. Where mask is 0, nothing counts, and dz is exactly
    0. The result is finite for logits of ±1000 as well. No argument is changed.

    Args:
        z: the logits, (N, T, V), float64.
        y: the words that are right, (N, T), integers from 0 to V − 1, at masked
            places too.
        mask: which places are valid, (N, T), bool or 0.0 and 1.0; at least one.

    Returns:
        loss: a number.
        dz: the gradient of the loss with respect to z, (N, T, V).

    Source: Mikolov, Karafiát, Burget, Černocký and Khudanpur (2010), "Recurrent
    neural network based language model", Interspeech, for the loss; the mask is
    common practice.
    """
    valid = mask.astype(np.float64)
    total = max(valid.sum(), 1.0)
    shifted = z - z.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    losses = -np.take_along_axis(log_p, y[..., None], axis=2)[..., 0]
    loss = float((valid * losses).sum() / total)
    one_hot = np.arange(z.shape[2]) == y[..., None]
    dz = (np.exp(log_p) - one_hot) * valid[..., None] / total
    return loss, dz


def clip_grad_norm(
    grads: "Sequence[np.ndarray]", max_norm: float
) -> "tuple[list[np.ndarray], float]":
    """Shorten a gradient that is too long, and keep its direction.

    All arrays together are one long vector g with the Euclidean norm ‖g‖:

        clipped = g · min(1, max_norm / ‖g‖)

    Where ‖g‖ ≤ max_norm the arrays come back as they are, to the last bit.
    No argument is changed.

    Args:
        grads: the gradients of all parameters, a list of arrays of any shapes.
        max_norm: the largest norm that is allowed, positive.

    Returns:
        clipped: a list of arrays of the same shapes.
        norm: the norm of all of `grads` together, before clipping.

    Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training
    recurrent neural networks", ICML, algorithm 1.
    """
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


def tbptt(
    x: np.ndarray, h0: np.ndarray, params: "Mapping[str, np.ndarray]", k: int
) -> "tuple[list[float], dict[str, np.ndarray], np.ndarray]":
    """Backpropagation through time, truncated to chunks of k steps.

    A language model reads the words x[:, :−1] and predicts, at each, the next
    one of x[:, 1:]:

        h_t = tanh(E[x_t]·Wx + h_{t−1}·Wh + b),    z_t = h_t·Wy + by

    The T steps are cut into chunks of k, the last of which may be shorter. The
    state at the end of a chunk is where the next one starts, but no gradient
    passes from a chunk into the one before it. No parameter is updated, and no
    argument is changed.

    Args:
        x: the words of N sequences, (N, T + 1), integers from 0 to V − 1.
        h0: the hidden state before the first word, (N, H).
        params: the parameters by name: E (V, D), Wx (D, H), Wh (H, H), b (H,),
            Wy (H, V), by (V,).
        k: the steps of a chunk, 1 or more.

    Returns:
        losses: a list with the mean cross-entropy of each chunk, over the words
            of the chunk and the batch.
        grads: a dictionary with the keys of `params`: the sum, over the chunks,
            of the gradients of their losses.
        hT: the state after the last step, (N, H).

    Source: Williams and Peng (1990), "An Efficient Gradient-Based Algorithm for
    On-Line Training of Recurrent Network Trajectories", Neural Computation
    2(4), with chunks that do not overlap, as Mikolov et al. (2010) train.
    """
    Wy = params["Wy"]
    inputs, targets = x[:, :-1], x[:, 1:]
    grads = {key: np.zeros(p.shape) for key, p in params.items()}
    losses = []
    h = h0
    for start in range(0, inputs.shape[1], k):
        chunk = slice(start, start + k)
        y = targets[:, chunk]
        e, looked_up = embedding_forward(inputs[:, chunk], params["E"])
        hs, caches = rnn_forward(e, h, params["Wx"], params["Wh"], params["b"])
        loss, dz = sequence_cross_entropy(hs @ Wy + params["by"], y, np.ones(y.shape))
        losses.append(loss)
        nothing = np.zeros(h.shape)
        de, _, dWx, dWh, db = rnn_backward(dz @ Wy.T, nothing, caches)
        found = {
            "E": embedding_backward(de, looked_up),
            "Wx": dWx,
            "Wh": dWh,
            "b": db,
            "Wy": np.tensordot(hs, dz, axes=((0, 1), (0, 1))),
            "by": dz.sum(axis=(0, 1)),
        }
        grads = {key: grads[key] + found[key] for key in grads}
        h = hs[:, -1]
    return losses, grads, h


def jacobian_norms(params: "Mapping[str, np.ndarray]", T: int) -> np.ndarray:
    """How strongly the last state depends on each state before it.

    A network that runs by itself, from h_0 = 0 and without inputs:

        h_t = tanh(h_{t−1}·Wh + b),    t = 1, …, T

    Args:
        params: the parameters by name: Wh (H, H) and b (H,), float64; Wx is
            there too and not needed, because every input is 0.
        T: the number of steps, 1 or more.

    Returns:
        norms: ‖∂h_T/∂h_t‖₂ for t = 0, …, T − 1, (T,): the spectral norm, the
            largest singular value. The last entry spans one step.

    Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training
    recurrent neural networks", ICML, section 2.
    """
    Wh, b = params["Wh"], params["b"]
    h = np.zeros(len(b))
    steps = []
    for _ in range(T):
        h = np.tanh(h @ Wh + b)
        steps.append(Wh * (1 - h**2))
    norms = np.zeros(T)
    J = np.eye(len(b))
    for t in reversed(range(T)):
        J = steps[t] @ J
        norms[t] = np.linalg.norm(J, 2)
    return norms


def sample(
    step: "Callable[[int, Any], tuple[np.ndarray, Any]]",
    prefix: "Sequence[int]",
    n: int,
    temperature: float,
    rng: np.random.Generator,
) -> list[int]:
    """Let a language model write.

    The model reads the prefix, and then every word that it writes itself. A
    word is drawn from softmax(logits / temperature); at the temperature 0 it is
    the word with the largest logit. Logits of ±1000 are fine.

    Args:
        step: one step of the model: `step(token, state)` reads a word, an int,
            and returns the logits of the next word, (V,), and a state. The
            state of the first call is None, and that of each later one is
            what the call before it returned.
        prefix: the words to begin with, a list of one int or more.
        n: how many words to write, 1 or more.
        temperature: 0 or more; 1 leaves the model's probabilities as they are.
        rng: the generator to draw from, and the only one.

    Returns:
        The n new words, a list of ints, without the prefix.

    Source: Graves (2013), "Generating Sequences With Recurrent Neural
    Networks", arXiv 1308.0850; the temperature is that of Ackley, Hinton and
    Sejnowski (1985), "A Learning Algorithm for Boltzmann Machines", Cognitive
    Science 9(1).
    """
    state = None
    for token in prefix:
        logits, state = step(token, state)
    ids: list[int] = []
    for _ in range(n):
        if ids:
            logits, state = step(ids[-1], state)
        if temperature == 0:
            ids.append(int(np.argmax(logits)))
        else:
            p = np.exp((logits - np.max(logits)) / temperature)
            ids.append(int(rng.choice(len(p), p=p / p.sum())))
    return ids
