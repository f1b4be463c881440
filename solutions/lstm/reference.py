"""The LSTM: one step forward and backward, a whole sequence, and the same cell in torch.

N sequences, T steps, D inputs, H hidden units. Rows are samples, and the four
gates lie side by side in the columns of Wx, Wh and b: i, f, g, o, each H wide.
"""

import numpy as np
import torch


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function 1/(1 + exp(-a)), written so that nothing overflows."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def lstm_step_forward(
    x: np.ndarray, h: np.ndarray, c: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """Carry the hidden and the cell state of an LSTM over one step.

    With the pre-activations a = [a_i, a_f, a_g, a_o] = x·Wx + h·Wh + b, the
    logistic function σ and the elementwise product ⊙:

        i = σ(a_i)                      input gate
        f = σ(a_f)                      forget gate
        g = tanh(a_g)                   candidate
        o = σ(a_o)                      output gate
        c_next = f ⊙ c + i ⊙ g          cell state
        h_next = o ⊙ tanh(c_next)       hidden state

    N is the batch size, D the number of inputs, H the number of hidden units.
    All arrays are float64. No argument is changed. The result is finite for
    pre-activations of ±1000 as well.

    Args:
        x: the input of this step, (N, D).
        h: the hidden state before the step, (N, H).
        c: the cell state before the step, (N, H).
        Wx: the weights of the input, (D, 4H), gates in the order i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), gates in the same order.
        b: the bias, (4H,), gates in the same order.

    Returns:
        h_next: the hidden state after the step, (N, H).
        c_next: the cell state after the step, (N, H).
        cache: what `lstm_step_backward` will need, in any form you like.

    Source: Hochreiter and Schmidhuber (1997), "Long Short-Term Memory", Neural
    Computation 9(8), with the forget gate of Gers, Schmidhuber and Cummins
    (2000), "Learning to Forget", Neural Computation 12(10).
    """
    a = x @ Wx + h @ Wh + b
    a_i, a_f, a_g, a_o = np.split(a, 4, axis=1)
    i = sigmoid(a_i)
    f = sigmoid(a_f)
    g = np.tanh(a_g)
    o = sigmoid(a_o)
    c_next = f * c + i * g
    h_next = o * np.tanh(c_next)
    cache = (x, h, c, Wx, Wh, i, f, g, o, c_next)
    return h_next, c_next, cache


def lstm_step_backward(
    dh_next: np.ndarray, dc_next: np.ndarray, cache: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back over one step of an LSTM.

    For any array v of the forward step, dv is the gradient of the loss with
    respect to v and has the shape of v. The loss sees c_next in two ways:
    through the later steps, whose gradient arrives here as dc_next, and through
    h_next. The second is not in dc_next; it is added in this function. The
    weights are shared by the samples, so that their gradients are sums over the
    batch.

    N is the batch size, D the number of inputs, H the number of hidden units.
    All arrays are float64. Neither the arguments nor the cache are changed: the
    cache may be used again.

    Args:
        dh_next: the gradient that arrives at the hidden state after the step,
            (N, H).
        dc_next: the gradient that arrives at the cell state after the step,
            from later steps alone, (N, H).
        cache: what your `lstm_step_forward` returned for this step.

    Returns:
        dx: the gradient of the input, (N, D).
        dh: the gradient of the hidden state before the step, (N, H).
        dc: the gradient of the cell state before the step, (N, H).
        dWx: the gradient of the weights of the input, (D, 4H), gates in the
            order i, f, g, o.
        dWh: the gradient of the weights of the hidden state, (H, 4H), in the
            same order.
        db: the gradient of the bias, (4H,), in the same order.

    Source: the chain rule applied to the equations of `lstm_step_forward`,
    without the truncation of Hochreiter and Schmidhuber (1997), as in Graves
    and Schmidhuber (2005), "Framewise Phoneme Classification with Bidirectional
    LSTM", Neural Networks 18(5-6).
    """
    x, h, c, Wx, Wh, i, f, g, o, c_next = cache
    tanh_c = np.tanh(c_next)
    dc_total = dc_next + dh_next * o * (1 - tanh_c**2)
    dc = dc_total * f
    di = dc_total * g
    df = dc_total * c
    dg = dc_total * i
    do = dh_next * tanh_c
    da_i = di * i * (1 - i)
    da_f = df * f * (1 - f)
    da_g = dg * (1 - g**2)
    da_o = do * o * (1 - o)
    da = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
    dx = da @ Wx.T
    dh = da @ Wh.T
    dWx = x.T @ da
    dWh = h.T @ da
    db = da.sum(axis=0)
    return dx, dh, dc, dWx, dWh, db


def lstm_forward(
    x: np.ndarray, h0: np.ndarray, c0: np.ndarray, Wx: np.ndarray, Wh: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[np.ndarray, ...]]]:
    """Run an LSTM over a batch of whole sequences.

    The same weights serve at every step, and each step starts from the two
    states that the step before it left.

    N is the batch size, T the number of steps, D the number of inputs, H the
    number of hidden units. All arrays are float64. No argument is changed.

    Args:
        x: the inputs, batch first, (N, T, D).
        h0: the hidden state before the first step, (N, H).
        c0: the cell state before the first step, (N, H).
        Wx: the weights of the input, (D, 4H), gates in the order i, f, g, o.
        Wh: the weights of the hidden state, (H, 4H), gates in the same order.
        b: the bias, (4H,), gates in the same order.

    Returns:
        hs: the hidden states after every step, (N, T, H); hs[:, t] is the one
            after x[:, t], and h0 is not among them.
        hT: the hidden state after the last step, (N, H).
        cT: the cell state after the last step, (N, H).
        caches: what a backward pass over the sequence will need, in any form
            you like.

    Source: Hochreiter and Schmidhuber (1997) and Gers, Schmidhuber and Cummins
    (2000), as `lstm_step_forward`.
    """
    T = x.shape[1]
    h = h0
    c = c0
    hs = []
    caches = []
    for t in range(T):
        h, c, cache = lstm_step_forward(x[:, t], h, c, Wx, Wh, b)
        hs.append(h)
        caches.append(cache)
    return np.stack(hs, axis=1), h, c, caches


class LSTMCell(torch.nn.Module):
    """The step of `lstm_step_forward` as a module of torch.

    Its interface is that of `torch.nn.LSTMCell`, its parameters are in the
    course's layout, gates in the order i, f, g, o. They start at random, are
    float32, and follow `.double()` and `.to(...)`; torch derives their
    gradients. N is the batch size, D = input_size and H = hidden_size.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.

    Attributes:
        Wx: the weights of the input, a parameter, (D, 4H).
        Wh: the weights of the hidden state, a parameter, (H, 4H).
        b: the bias, a parameter, (4H,).

    Source: the equations of `lstm_step_forward`.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        bound = hidden_size**-0.5
        self.Wx = torch.nn.Parameter(torch.empty(input_size, 4 * hidden_size))
        self.Wh = torch.nn.Parameter(torch.empty(hidden_size, 4 * hidden_size))
        self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))
        torch.nn.init.uniform_(self.Wx, -bound, bound)
        torch.nn.init.uniform_(self.Wh, -bound, bound)

    def forward(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor] | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Carry the state over one step.

        Args:
            x: the input of this step, (N, D).
            state: the pair (h, c) before the step, each (N, H); None stands for
                zeros.

        Returns:
            h: the hidden state after the step, (N, H).
            c: the cell state after the step, (N, H).
        """
        if state is None:
            zeros = x.new_zeros(x.shape[0], self.Wh.shape[0])
            state = (zeros, zeros)
        h, c = state
        a = x @ self.Wx + h @ self.Wh + self.b
        a_i, a_f, a_g, a_o = torch.chunk(a, 4, dim=1)
        i = torch.sigmoid(a_i)
        f = torch.sigmoid(a_f)
        g = torch.tanh(a_g)
        o = torch.sigmoid(a_o)
        c_next = f * c + i * g
        h_next = o * torch.tanh(c_next)
        return h_next, c_next
