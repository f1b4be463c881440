"""The GRU: one step and whole sequences, there and back, and the same cell in torch and in Keras.

N sequences, T steps, D inputs, H hidden units. Rows are samples, and the three parts of a GRU lie
side by side in the columns of its weights and biases: r, z, n, each H wide.
"""

import keras
import numpy as np
import torch


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function 1/(1 + exp(-a)), written so that nothing overflows."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def gru_step_forward(
    x: np.ndarray,
    h: np.ndarray,
    Wx: np.ndarray,
    Wh: np.ndarray,
    bx: np.ndarray,
    bh: np.ndarray,
    reset_after: bool,
) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Carry the hidden state of a GRU over one step.

    With u = [u_r, u_z, u_n] = x·Wx + bx, with the columns Wh_r, Wh_z and Wh_n of
    Wh and the entries bh_r, bh_z and bh_n of bh, the logistic function σ and the
    elementwise product ⊙:

        r = σ(u_r + h·Wh_r + bh_r)                      reset gate
        z = σ(u_z + h·Wh_z + bh_z)                      update gate
        n = tanh(u_n + r ⊙ (h·Wh_n + bh_n))             candidate, reset after
        n = tanh(u_n + (r ⊙ h)·Wh_n + bh_n)             candidate, reset before
        h_next = (1 − z) ⊙ n + z ⊙ h                    hidden state

    N is the batch size, D the number of inputs, H the number of hidden units.
    All arrays are float64. No argument is changed. The result is finite for
    pre-activations of ±1000 as well.

    Args:
        x: the input of this step, (N, D).
        h: the hidden state before the step, (N, H).
        Wx: the weights of the input, (D, 3H), in the order r, z, n.
        Wh: the weights of the hidden state, (H, 3H), in the same order.
        bx: the bias beside x·Wx, (3H,), in the same order.
        bh: the bias beside the product with Wh, (3H,), in the same order.
        reset_after: True for the candidate that is reset after the product with
            Wh_n, False for the one that is reset before it.

    Returns:
        h_next: the hidden state after the step, (N, H).
        cache: what `gru_step_backward` will need, in any form you like.

    Source: Cho et al. (2014), "Learning Phrase Representations using RNN
    Encoder-Decoder for Statistical Machine Translation", EMNLP, section 2.3,
    which resets before; the variant that resets after is that of cuDNN.
    """
    u_r, u_z, u_n = np.split(x @ Wx + bx, 3, axis=1)
    Wh_r, Wh_z, Wh_n = np.split(Wh, 3, axis=1)
    bh_r, bh_z, bh_n = np.split(bh, 3)
    r = sigmoid(u_r + h @ Wh_r + bh_r)
    z = sigmoid(u_z + h @ Wh_z + bh_z)
    v_n = h @ Wh_n + bh_n
    m = r * v_n if reset_after else (r * h) @ Wh_n + bh_n
    n = np.tanh(u_n + m)
    h_next = (1 - z) * n + z * h
    cache = (x, h, Wx, Wh, r, z, n, v_n, np.asarray(reset_after))
    return h_next, cache


def gru_step_backward(dh_next: np.ndarray, cache: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Carry the gradient of a loss back over one step of a GRU.

    For any array v of the forward step, dv is the gradient of the loss with
    respect to v and has the shape of v. The old hidden state acts on the new one
    in four ways: directly through z ⊙ h, through both gates, and through the
    candidate. All four are in dh. The weights are shared by the samples, so that
    their gradients are sums over the batch.

    All arrays are float64. Neither the arguments nor the cache are changed: the
    cache may be used again.

    Args:
        dh_next: the gradient that arrives at the hidden state after the step,
            (N, H).
        cache: what your `gru_step_forward` returned for this step.

    Returns:
        dx: the gradient of the input, (N, D).
        dh: the gradient of the hidden state before the step, (N, H).
        dWx: the gradient of the weights of the input, (D, 3H), in the order
            r, z, n.
        dWh: the gradient of the weights of the hidden state, (H, 3H), in the
            same order.
        dbx: the gradient of the bias beside x·Wx, (3H,), in the same order.
        dbh: the gradient of the bias beside the product with Wh, (3H,), in the
            same order; with the reset before, it equals dbx.

    Source: the chain rule applied to the equations of `gru_step_forward`.
    """
    x, h, Wx, Wh, r, z, n, v_n, reset_after = cache
    Wh_r, Wh_z, Wh_n = np.split(Wh, 3, axis=1)
    dn = dh_next * (1 - z)
    dz = dh_next * (h - n)
    da_n = dn * (1 - n**2)
    da_z = dz * z * (1 - z)
    if reset_after:
        dr = da_n * v_n
        dv_n = da_n * r
        dh_n = dv_n @ Wh_n.T
        dWh_n = h.T @ dv_n
    else:
        dp = da_n @ Wh_n.T
        dr = dp * h
        dv_n = da_n
        dh_n = dp * r
        dWh_n = (r * h).T @ da_n
    da_r = dr * r * (1 - r)
    du = np.concatenate([da_r, da_z, da_n], axis=1)
    dx = du @ Wx.T
    dh = dh_next * z + da_r @ Wh_r.T + da_z @ Wh_z.T + dh_n
    dWx = x.T @ du
    dWh = np.concatenate([h.T @ da_r, h.T @ da_z, dWh_n], axis=1)
    dbx = du.sum(axis=0)
    dbh = np.concatenate([da_r, da_z, dv_n], axis=1).sum(axis=0)
    return dx, dh, dWx, dWh, dbx, dbh


def gru_forward(
    x: np.ndarray,
    h0: np.ndarray,
    Wx: np.ndarray,
    Wh: np.ndarray,
    bx: np.ndarray,
    bh: np.ndarray,
    reset_after: bool,
) -> tuple[np.ndarray, list[tuple[np.ndarray, ...]]]:
    """Run a GRU over a batch of whole sequences.

    The same weights serve at every step, and each step starts from the hidden
    state that the step before it left. There is one state, so that the last one
    is hs[:, -1] and is not returned a second time.

    N is the batch size, T the number of steps, D the number of inputs, H the
    number of hidden units. All arrays are float64. No argument is changed.

    Args:
        x: the inputs, batch first, (N, T, D).
        h0: the hidden state before the first step, (N, H).
        Wx: the weights of the input, (D, 3H), in the order r, z, n.
        Wh: the weights of the hidden state, (H, 3H), in the same order.
        bx: the bias beside x·Wx, (3H,), in the same order.
        bh: the bias beside the product with Wh, (3H,), in the same order.
        reset_after: which candidate, as in `gru_step_forward`.

    Returns:
        hs: the hidden states after every step, (N, T, H); hs[:, t] is the one
            after x[:, t], and h0 is not among them.
        caches: what `gru_backward` will need, in any form you like.

    Source: Cho et al. (2014), section 2.3, as `gru_step_forward`.
    """
    T = x.shape[1]
    h = h0
    hs = []
    caches = []
    for t in range(T):
        h, cache = gru_step_forward(x[:, t], h, Wx, Wh, bx, bh, reset_after)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), caches


def gru_backward(
    dhs: np.ndarray, dhT: np.ndarray, caches: list[tuple[np.ndarray, ...]]
) -> tuple[np.ndarray, ...]:
    """Carry the gradient of a loss back over whole sequences of a GRU.

    Every hidden state acts on the loss in two ways: where it is read, whose
    gradient is dhs[:, t], and through the step that comes after it. The weights
    are shared by the steps, so that their gradients are sums over time as well
    as over the batch.

    All arrays are float64. Neither the arguments nor the caches are changed: the
    caches may be used again.

    Args:
        dhs: the gradients that arrive at the hidden states where they are read,
            (N, T, H).
        dhT: one more gradient of the last hidden state, (N, H); all that arrives
            there is dhs[:, -1] + dhT.
        caches: what your `gru_forward` returned.

    Returns:
        dx: the gradient of the inputs, (N, T, D).
        dh0: the gradient of the hidden state before the first step, (N, H).
        dWx: the gradient of the weights of the input, (D, 3H).
        dWh: the gradient of the weights of the hidden state, (H, 3H).
        dbx: the gradient of the bias beside x·Wx, (3H,).
        dbh: the gradient of the bias beside the product with Wh, (3H,).

    Source: Werbos (1990), "Backpropagation Through Time: What It Does and How to
    Do It", Proceedings of the IEEE 78(10), applied to `gru_step_forward`.
    """
    T = dhs.shape[1]
    dh = dhT
    dxs = []
    shares = []
    for t in reversed(range(T)):
        dx_t, dh, *share = gru_step_backward(dhs[:, t] + dh, caches[t])
        dxs.append(dx_t)
        shares.append(share)
    dWx, dWh, dbx, dbh = (np.sum(p, axis=0) for p in zip(*shares, strict=True))
    return np.stack(dxs[::-1], axis=1), dh, dWx, dWh, dbx, dbh


def convert_update_convention(params: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Give the weights of a GRU whose update gate means the opposite.

    In this course z is the share of the old state that is kept,
    h_next = (1 − z) ⊙ n + z ⊙ h. Others write h_next = (1 − z) ⊙ h + z ⊙ n. Since
    σ(−a) = 1 − σ(a), the same function is had in their convention from weights
    whose update part has the opposite sign. Doing it twice gives the first
    weights back.

    Args:
        params: the tuple (Wx, Wh, bx, bh), of shapes (D, 3H), (H, 3H), (3H,) and
            (3H,), in the order r, z, n; none of them is changed.

    Returns:
        The tuple (Wx, Wh, bx, bh) for the other convention, all new arrays.

    Source: Cho et al. (2014), section 2.3, against Chung, Gulcehre, Cho and
    Bengio (2014), "Empirical Evaluation of Gated Recurrent Neural Networks on
    Sequence Modeling", arXiv 1412.3555, section 3.2.
    """
    Wx, Wh, bx, bh = params
    H = Wh.shape[0]
    sign = np.ones(3 * H)
    sign[H : 2 * H] = -1
    return Wx * sign, Wh * sign, bx * sign, bh * sign


def equal_when_reset() -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Show where the two places of the reset gate agree, and where they do not.

    Choose numbers for one step of a GRU twice. With the first choice the step is
    the same whether it resets before or after the product; with the second it is
    not. The first must not be trivial: some entry of h is larger than 0.1 in
    size, the norm of h·Wh_n is larger than 0.1, and some reset gate is smaller
    than 0.9. Both have N ≥ 1 and D, H ≥ 2.

    Returns:
        agree: a tuple (x, h, Wx, Wh, bx, bh) for which h_next of the two
            variants differs by 1e-9 at most, of shapes (N, D), (N, H), (D, 3H),
            (H, 3H), (3H,) and (3H,).
        differ: another such tuple, for which some entry of h_next differs by
            more than 0.1.

    Source: the two candidates in the equations of `gru_step_forward`.
    """
    N, D, H = 2, 3, 2
    x = np.ones((N, D))
    h = np.array([[0.9, -0.8], [0.5, 0.7]])
    Wx = np.zeros((D, 3 * H))
    gates = np.zeros((H, 2 * H))
    bx = np.array([4.0, -4.0, -3.0, -3.0, 0.0, 0.0])
    bh = np.zeros(3 * H)
    alone = np.hstack([gates, [[2.0, 0.0], [0.0, -1.5]]])
    mixed = np.hstack([gates, [[0.0, 2.0], [2.0, 0.0]]])
    agree = (x, h, Wx, alone, bx, bh)
    differ = (x, h, Wx, mixed, bx, bh)
    return agree, differ


def count_params(kind: str, D: int, H: int, bias: bool, reset_after: bool) -> int:
    """Count the numbers that a recurrent layer learns, as Keras counts them.

    Args:
        kind: "rnn", "lstm" or "gru".
        D: the number of inputs.
        H: the number of hidden units.
        bias: whether the layer has biases; without, there is none of either kind.
        reset_after: whether a GRU resets after the product, and so has a second
            bias where it has biases; it does not matter for the other kinds.

    Returns:
        The number of entries in all weights and biases, an int.

    Source: the shapes of the weights in `keras.layers.SimpleRNN`, `LSTM` and
    `GRU`.
    """
    parts = {"rnn": 1, "lstm": 4, "gru": 3}
    if kind not in parts:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(parts)}.")
    g = parts[kind]
    biases = 2 if kind == "gru" and reset_after else 1
    return g * (D * H + H * H) + (biases * g * H if bias else 0)


class GRUCell(torch.nn.Module):
    """The step of `gru_step_forward` as a module of torch.

    Its parameters are in the course's layout, in the order r, z, n. They start at
    random, are float32, and follow `.double()` and `.to(...)`; torch derives
    their gradients. N is the batch size, D = input_size and H = hidden_size.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.
        reset_after: which candidate, as in `gru_step_forward`.

    Attributes:
        Wx: the weights of the input, a parameter, (D, 3H).
        Wh: the weights of the hidden state, a parameter, (H, 3H).
        bx: the bias beside x·Wx, a parameter, (3H,).
        bh: the bias beside the product with Wh, a parameter, (3H,).

    Source: the equations of `gru_step_forward`.
    """

    def __init__(self, input_size: int, hidden_size: int, reset_after: bool = True) -> None:
        super().__init__()
        self.reset_after = reset_after
        bound = hidden_size**-0.5
        self.Wx = torch.nn.Parameter(torch.empty(input_size, 3 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 3 * hidden_size))
        self.bx = torch.nn.Parameter(torch.zeros(3 * hidden_size))
        self.bh = torch.nn.Parameter(torch.zeros(3 * hidden_size))
        torch.nn.init.uniform_(self.Wx, -bound, bound)
        torch.nn.init.uniform_(self.Wh, -bound, bound)

    def forward(self, x: torch.Tensor, h: torch.Tensor | None = None) -> torch.Tensor:
        """Carry the hidden state over one step.

        Args:
            x: the input of this step, (N, D).
            h: the hidden state before the step, (N, H); None stands for zeros.

        Returns:
            The hidden state after the step, (N, H).
        """
        if h is None:
            h = x.new_zeros(x.shape[0], self.Wh.shape[0])
        u_r, u_z, u_n = torch.chunk(x @ self.Wx + self.bx, 3, dim=1)
        Wh_r, Wh_z, Wh_n = torch.chunk(self.Wh, 3, dim=1)
        bh_r, bh_z, bh_n = torch.chunk(self.bh, 3)
        r = torch.sigmoid(u_r + h @ Wh_r + bh_r)
        z = torch.sigmoid(u_z + h @ Wh_z + bh_z)
        v_n = h @ Wh_n + bh_n
        m = r * v_n if self.reset_after else (r * h) @ Wh_n + bh_n
        n = torch.tanh(u_n + m)
        h_next: torch.Tensor = (1 - z) * n + z * h
        return h_next


class KerasGRUCell(keras.layers.Layer):
    """The step of `gru_step_forward` as a cell of Keras.

    `keras.layers.RNN(KerasGRUCell(units))` runs it over sequences. Its weights
    are in the course's layout, in the order r, z, n, and `get_weights()` gives
    them as [Wx, Wh, bx, bh]. N is the batch size, D the number of inputs and
    H = units.

    Args:
        units: the number of hidden units, H.
        reset_after: which candidate, as in `gru_step_forward`.

    Attributes:
        state_size: the size of the one state, H; `keras.layers.RNN` reads it.

    Source: the equations of `gru_step_forward`.
    """

    def __init__(self, units: int, reset_after: bool = True) -> None:
        super().__init__()
        self.state_size = units
        self.reset_after = reset_after

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; Keras calls this once the number of inputs is known.

        Args:
            input_shape: the shape of the inputs of a step, (N, D).
        """
        D = input_shape[-1]
        H = self.state_size
        self.Wx = self.add_weight(shape=(D, 3 * H), initializer="glorot_uniform", name="Wx")
        self.Wh = self.add_weight(shape=(H, 3 * H), initializer="orthogonal", name="Wh")
        self.bx = self.add_weight(shape=(3 * H,), initializer="zeros", name="bx")
        self.bh = self.add_weight(shape=(3 * H,), initializer="zeros", name="bh")

    def call(
        self, inputs: keras.KerasTensor, states: list[keras.KerasTensor]
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        """Carry the hidden state over one step.

        Args:
            inputs: the input of this step, (N, D).
            states: a list of one tensor, the hidden state before the step, (N, H).

        Returns:
            h_next: the hidden state after the step, (N, H).
            states: a list of the same tensor, as `keras.layers.RNN` wants it.
        """
        h = states[0]
        u_r, u_z, u_n = keras.ops.split(inputs @ self.Wx + self.bx, 3, axis=1)
        Wh_r, Wh_z, Wh_n = keras.ops.split(self.Wh, 3, axis=1)
        bh_r, bh_z, bh_n = keras.ops.split(self.bh, 3)
        r = keras.ops.sigmoid(u_r + h @ Wh_r + bh_r)
        z = keras.ops.sigmoid(u_z + h @ Wh_z + bh_z)
        v_n = h @ Wh_n + bh_n
        m = r * v_n if self.reset_after else (r * h) @ Wh_n + bh_n
        n = keras.ops.tanh(u_n + m)
        h_next = (1 - z) * n + z * h
        return h_next, [h_next]
