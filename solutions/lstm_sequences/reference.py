"""The LSTM beyond one step: back through time, first weights, gate orders, two directions, Keras.

N sequences, T steps, D inputs, H hidden units. Rows are samples, and the four
gates lie side by side in the columns of Wx, Wh and b: i, f, g, o, each H wide.
"""

from typing import Any

import keras
import numpy as np

from autograder.given import lstm_forward, lstm_step_backward


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function 1/(1 + exp(-a)), written so that nothing overflows."""
    return 0.5 * (1 + np.tanh(0.5 * a))


def lstm_backward(
    dhs: np.ndarray, dhT: np.ndarray, dcT: np.ndarray, caches: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Carry the gradient of a loss back over whole sequences of an LSTM.

    Every hidden state acts on the loss in two ways: where it is read, whose
    gradient is dhs[:, t], and through the step that comes after it. The cell
    state acts through the later step and through its hidden state;
    `lstm_step_backward` adds the second. The weights are shared by the steps, so
    that their gradients are sums over time as well as over the batch.

    All arrays are float64. Neither the arguments nor the caches are changed: the
    caches may be used again.

    Args:
        dhs: the gradients that arrive at the hidden states where they are read,
            (N, T, H).
        dhT: one more gradient of the last hidden state, (N, H); all that arrives
            there is dhs[:, -1] + dhT.
        dcT: the gradient of the last cell state, (N, H).
        caches: what `lstm_forward` returned. The one that is given here runs
            torch's cell and returns a list with one cache a step.

    Returns:
        dx: the gradient of the inputs, (N, T, D).
        dh0: the gradient of the hidden state before the first step, (N, H).
        dc0: the gradient of the cell state before the first step, (N, H).
        dWx: the gradient of the weights of the input, (D, 4H).
        dWh: the gradient of the weights of the hidden state, (H, 4H).
        db: the gradient of the bias, (4H,).

    Source: Werbos (1990), "Backpropagation Through Time: What It Does and How to
    Do It", Proceedings of the IEEE 78(10), with the whole gradient of the LSTM
    as in Graves and Schmidhuber (2005), Neural Networks 18(5-6).
    """
    T = dhs.shape[1]
    dh = dhT
    dc = dcT
    dxs = []
    shares = []
    for t in reversed(range(T)):
        dx_t, dh, dc, *share = lstm_step_backward(dhs[:, t] + dh, dc, caches[t])
        dxs.append(dx_t)
        shares.append(share)
    dWx, dWh, db = (np.sum(p, axis=0) for p in zip(*shares, strict=True))
    return np.stack(dxs[::-1], axis=1), dh, dc, dWx, dWh, db


def init_lstm(
    D: int, H: int, forget_bias: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the first weights of an LSTM, with a forget gate that stands open.

    Any common scheme will do for the weights, such as uniform between −1/√H and
    1/√H: zero mean, a standard deviation between 0.005 and 1.5, no two columns
    and no two rows of a matrix alike. The bias is not drawn.

    Args:
        D: the number of inputs.
        H: the number of hidden units.
        forget_bias: the bias of the forget gate.
        rng: the generator from which every random number is drawn.

    Returns:
        Wx: the weights of the input, (D, 4H), float64.
        Wh: the weights of the hidden state, (H, 4H), float64.
        b: the bias, (4H,): `forget_bias` for the forget gate, 0 elsewhere.

    Source: Jozefowicz, Zaremba and Sutskever (2015), "An Empirical Exploration of
    Recurrent Network Architectures", ICML, for the bias.
    """
    bound = 1 / np.sqrt(H)
    Wx = rng.uniform(-bound, bound, (D, 4 * H))
    Wh = rng.uniform(-bound, bound, (H, 4 * H))
    b = np.zeros(4 * H)
    b[H : 2 * H] = forget_bias
    return Wx, Wh, b


def reorder_gates(W: np.ndarray, src: str, dst: str) -> np.ndarray:
    """Put the gates of packed weights into another order.

    Args:
        W: weights or a bias whose last axis holds the gates side by side, each of
            the same width, of shape (rows, G·H) or (G·H,); it is not changed.
        src: the order that W has, one letter a gate, such as "ifgo" or "rzn".
        dst: the order of the result, the same letters.

    Returns:
        A new array of the shape of W.

    Source: the layouts of torch and Keras (i, f, g, o), CS231n (i, f, o, g) and
    Keras' GRU (z, r, h), as each of them documents or shows in its code.
    """
    blocks = np.split(W, len(src), axis=-1)
    return np.concatenate([blocks[src.index(gate)] for gate in dst], axis=-1)


def bilstm(
    x: np.ndarray,
    lengths: np.ndarray,
    forward_params: tuple[np.ndarray, ...],
    backward_params: tuple[np.ndarray, ...],
) -> np.ndarray:
    """Read padded sequences in both directions.

    One LSTM reads each sequence from its first step, another one from its last:
    that is step lengths[n] − 1, and not T − 1, where only padding may stand. Both
    start from states of zeros. What they say of one step stands side by side.

    Args:
        x: the inputs, (N, T, D), padded on the right with any finite numbers.
        lengths: how many steps of each sequence are valid, (N,), ints from 1 to T.
        forward_params: the tuple (Wx, Wh, b) of the LSTM that reads forward.
        backward_params: the tuple of the one that reads backward, of the same H.

    Returns:
        The hidden states, (N, T, 2H): [..., :H] of the forward and [..., H:] of
            the backward direction, both 0 where there is padding, as in a packed
            sequence of torch.

    Source: Schuster and Paliwal (1997), "Bidirectional Recurrent Neural
    Networks", IEEE Transactions on Signal Processing 45(11).
    """
    N, T, _ = x.shape
    zeros = np.zeros((N, forward_params[1].shape[0]))
    steps = np.arange(T)
    valid = steps < lengths[:, None]
    turned = np.where(valid, lengths[:, None] - 1 - steps, steps)
    rows = np.arange(N)[:, None]
    there = lstm_forward(x, zeros, zeros, *forward_params)[0]
    back = lstm_forward(x[rows, turned], zeros, zeros, *backward_params)[0]
    hs: np.ndarray = np.concatenate([there, back[rows, turned]], axis=2)
    return hs * valid[:, :, None]


def retention(forget_bias: np.ndarray | float, T: int) -> np.ndarray | float:
    """Tell what is left of a cell state when only the forget bias acts.

    With weights of zero the forget gate is σ(forget_bias) at every step, and the
    cell state is multiplied by it T times.

    Args:
        forget_bias: the bias, a number or an array of any shape; large ones too.
        T: the number of steps, an int from 0.

    Returns:
        The share of the first cell state that is left, of the shape of
            `forget_bias`.

    Source: the line c_next = f ⊙ c + i ⊙ g of the cell, with i = 0.
    """
    share: np.ndarray = sigmoid(np.asarray(forget_bias, dtype=float)) ** T
    return share


class KerasLSTMCell(keras.layers.Layer):
    """The step of an LSTM as a cell of Keras.

    `keras.layers.RNN(KerasLSTMCell(units))` runs it over sequences. Its weights
    are in the course's layout, gates in the order i, f, g, o, and `get_weights()`
    gives them as [Wx, Wh, b]. N is the batch size, D the number of inputs and
    H = units.

    Args:
        units: the number of hidden units, H.

    Attributes:
        state_size: the sizes of the two states, [H, H]; `keras.layers.RNN` reads
            it.

    Source: Hochreiter and Schmidhuber (1997), Neural Computation 9(8), with the
    forget gate of Gers, Schmidhuber and Cummins (2000).
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units
        self.state_size = [units, units]

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights; Keras calls this once the number of inputs is known.

        Args:
            input_shape: the shape of the inputs of a step, (N, D).
        """
        D = input_shape[-1]
        H = self.units
        self.Wx = self.add_weight(shape=(D, 4 * H), initializer="glorot_uniform", name="Wx")
        self.Wh = self.add_weight(shape=(H, 4 * H), initializer="orthogonal", name="Wh")
        self.b = self.add_weight(shape=(4 * H,), initializer="zeros", name="b")

    def call(
        self, inputs: keras.KerasTensor, states: list[keras.KerasTensor]
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        """Carry the two states over one step.

        Args:
            inputs: the input of this step, (N, D).
            states: the list [h, c] of the states before the step, each (N, H).

        Returns:
            h_next: the hidden state after the step, (N, H), as the output.
            states: the list [h_next, c_next], each (N, H).
        """
        x = inputs
        h, c = states
        a = x @ self.Wx + h @ self.Wh + self.b
        a_i, a_f, a_g, a_o = keras.ops.split(a, 4, axis=1)
        i = keras.ops.sigmoid(a_i)
        f = keras.ops.sigmoid(a_f)
        g = keras.ops.tanh(a_g)
        o = keras.ops.sigmoid(a_o)
        c_next = f * c + i * g
        h_next = o * keras.ops.tanh(c_next)
        return h_next, [h_next, c_next]
