"""Layers of one's own that run a fused kernel where it may run, and their own cell otherwise.

N sequences, T steps, D inputs, H hidden units. Gates come in the order i, f, g, o and r, z, n, in
the rows of a flat buffer as cuDNN has it. Weights are float32.
"""

from collections.abc import Sequence
from typing import Any

import keras
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograder.given import cudnn_eligible


def obstacle(activation: str, mask: torch.Tensor | None) -> str:
    """Why a fused recurrent kernel may not run, in words, or ""."""
    if activation != "tanh":
        return f"the fused kernel computes tanh and not {activation}"
    if mask is None:
        return ""
    if not mask.any(dim=1).all():
        return "a row is masked throughout, and the fused kernel takes no length of 0"
    if (mask[:, 1:] & ~mask[:, :-1]).any():
        return "the mask is not right-padded, and the fused kernel takes lengths alone"
    return ""


def where_run(x: torch.Tensor) -> str:
    """The name of the path of a fused operation on the device of x."""
    return "cudnn" if x.is_cuda and torch.backends.cudnn.enabled else "fused"


def views(flat: torch.Tensor, gates: int, D: int, H: int) -> list[torch.Tensor]:
    """The weights (G·H, D) and (G·H, H) and the two biases (G·H,) as views of the buffer."""
    rows = gates * H
    w_ih, w_hh, b_ih, b_hh = flat.split_with_sizes((rows * D, rows * H, rows, rows))
    return [w_ih.view(rows, D), w_hh.view(rows, H), b_ih, b_hh]


def fused(
    kind: str,
    x: torch.Tensor,
    states: Sequence[torch.Tensor],
    weights: Sequence[torch.Tensor],
    mask: torch.Tensor | None,
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The outputs (N, T, H) and final states (N, H) of torch's one operation for a layer."""
    run: Any = torch.lstm if kind == "lstm" else torch.gru
    options = (weights, True, 1, 0.0, torch.is_grad_enabled(), False)
    if mask is None:
        before = [s[None] for s in states]
        hs, *after = run(x, before if kind == "lstm" else before[0], *options, True)
        return hs, [s[0] for s in after]
    steps = mask.sum(dim=1).cpu()
    batch = pack_padded_sequence(x, steps, batch_first=True, enforce_sorted=False)
    before = [s[None, batch.sorted_indices] for s in states]
    data, *after = run(
        batch.data, batch.batch_sizes, before if kind == "lstm" else before[0], *options
    )
    hs, _ = pad_packed_sequence(
        batch._replace(data=data), batch_first=True, total_length=x.shape[1]
    )
    return hs, [s[0, batch.unsorted_indices] for s in after]


class CudnnLSTM(torch.nn.Module):
    """An LSTM that runs one fused operation where it may, and its own cell where it may not.

    The fused operation computes tanh, without a mask or with one that is
    right-padded and has a valid step in every row. For anything else `step` is
    called once a step. Both give the same values. N is the batch size, T the
    number of steps, D = input_size and H = hidden_size.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.
        activation: "tanh", or "relu" in its place, for the candidate and for
            reading the cell state.

    Attributes:
        flat: all weights, the one parameter, (4H(D + H + 2),), in the order of
            `cudnn_pack`, gates i, f, g, o.
        path: after a call, "cudnn" or "fused" where one operation ran, by
            device, and "loop" where the cell did.
        why: after a call, the reason for the loop in words, or "".

    Source: the equations of `lstm_step_forward`; torch's `torch.lstm`.
    """

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.activation = activation
        bound = hidden_size**-0.5
        size = 4 * hidden_size * (input_size + hidden_size + 2)
        self.flat = torch.nn.Parameter(torch.empty(size).uniform_(-bound, bound))
        self.path, self.why = "", ""

    def step(
        self, x: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Carry the state over one step, by the cell of your own.

        Args:
            x: the input of this step, (N, D).
            state: the pair (h, c) before the step, each (N, H).

        Returns:
            h: the hidden state after the step, (N, H).
            c: the cell state after the step, (N, H).
        """
        h, c = state
        act = torch.tanh if self.activation == "tanh" else torch.relu
        w_ih, w_hh, b_ih, b_hh = views(self.flat, 4, self.input_size, self.hidden_size)
        i, f, g, o = (x @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * act(g)
        return o.sigmoid() * act(c), c

    def forward(
        self,
        x: torch.Tensor,
        state: tuple[torch.Tensor, torch.Tensor] | None = None,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
        """Run over a batch of sequences.

        At a masked step the state stays as it is, and the output is 0.

        Args:
            x: the inputs, (N, T, D).
            state: the pair (h, c) before the first step, each (N, H); None
                stands for zeros.
            mask: the valid steps, bool, (N, T); None where all are valid.

        Returns:
            hs: the hidden states after every step, (N, T, H).
            state: the pair (h, c) after the last valid step, each (N, H).
        """
        zeros = x.new_zeros(len(x), self.hidden_size)
        h, c = (zeros, zeros) if state is None else state
        self.why = obstacle(self.activation, mask)
        if not self.why:
            self.path = where_run(x)
            weights = views(self.flat, 4, self.input_size, self.hidden_size)
            hs, (h, c) = fused("lstm", x, (h, c), weights, mask)
            return hs, (h, c)
        self.path, outputs = "loop", []
        for t, x_t in enumerate(x.unbind(dim=1)):
            h_new, c_new = self.step(x_t, (h, c))
            valid = torch.ones_like(h[:, :1]) > 0 if mask is None else mask[:, t, None]
            h, c = torch.where(valid, h_new, h), torch.where(valid, c_new, c)
            outputs.append(h * valid)
        return torch.stack(outputs, dim=1), (h, c)


class CudnnGRU(torch.nn.Module):
    """A GRU that runs one fused operation where it may, and its own cell where it may not.

    As `CudnnLSTM`, with one state. The reset comes after the product, as cuDNN
    has it. N is the batch size, T the number of steps, D = input_size and H =
    hidden_size.

    Args:
        input_size: the number of inputs, D.
        hidden_size: the number of hidden units, H.
        activation: "tanh", or "relu" in its place, for the candidate.

    Attributes:
        flat: all weights, the one parameter, (3H(D + H + 2),), in the order of
            `cudnn_pack`, gates r, z, n.
        path: after a call, "cudnn" or "fused" where one operation ran, by
            device, and "loop" where the cell did.
        why: after a call, the reason for the loop in words, or "".

    Source: the equations of `gru_step_forward`; torch's `torch.gru`.
    """

    def __init__(self, input_size: int, hidden_size: int, activation: str = "tanh") -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        self.activation = activation
        bound = hidden_size**-0.5
        size = 3 * hidden_size * (input_size + hidden_size + 2)
        self.flat = torch.nn.Parameter(torch.empty(size).uniform_(-bound, bound))
        self.path, self.why = "", ""

    def step(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        """Carry the state over one step, by the cell of your own.

        Args:
            x: the input of this step, (N, D).
            h: the hidden state before the step, (N, H).

        Returns:
            The hidden state after the step, (N, H).
        """
        act = torch.tanh if self.activation == "tanh" else torch.relu
        w_ih, w_hh, b_ih, b_hh = views(self.flat, 3, self.input_size, self.hidden_size)
        r_x, z_x, n_x = (x @ w_ih.T + b_ih).chunk(3, dim=1)
        r_h, z_h, n_h = (h @ w_hh.T + b_hh).chunk(3, dim=1)
        r = torch.sigmoid(r_x + r_h)
        z = torch.sigmoid(z_x + z_h)
        n = act(n_x + r * n_h)
        return (1 - z) * n + z * h

    def forward(
        self,
        x: torch.Tensor,
        h: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Run over a batch of sequences.

        At a masked step the state stays as it is, and the output is 0.

        Args:
            x: the inputs, (N, T, D).
            h: the hidden state before the first step, (N, H); None stands for
                zeros.
            mask: the valid steps, bool, (N, T); None where all are valid.

        Returns:
            hs: the hidden states after every step, (N, T, H).
            h: the hidden state after the last valid step, (N, H).
        """
        h = x.new_zeros(len(x), self.hidden_size) if h is None else h
        self.why = obstacle(self.activation, mask)
        if not self.why:
            self.path = where_run(x)
            weights = views(self.flat, 3, self.input_size, self.hidden_size)
            hs, (h,) = fused("gru", x, (h,), weights, mask)
            return hs, h
        self.path, outputs = "loop", []
        for t, x_t in enumerate(x.unbind(dim=1)):
            valid = torch.ones_like(h[:, :1]) > 0 if mask is None else mask[:, t, None]
            h = torch.where(valid, self.step(x_t, h), h)
            outputs.append(h * valid)
        return torch.stack(outputs, dim=1), h


class CudnnConv2d(torch.nn.Module):
    """A convolution that runs torch's operation where it may, and its own where it may not.

    cuDNN pads with zeros. Where the padding is to mirror the image, the layer
    lays the windows out as columns and multiplies. N is the batch size,
    C = in_channels, F = out_channels, and (KH, KW) the size of the kernel.

    Args:
        in_channels: the number of channels of the input, C.
        out_channels: the number of filters, F.
        kernel_size: the pair (KH, KW).
        stride: the pair (sh, sw).
        padding: the pair (ph, pw), on each side.
        padding_mode: "zeros" or "reflect"; a reflection leaves the border
            itself out, as `torch.nn.functional.pad` has it.

    Attributes:
        flat: the filters (F, C, KH, KW) in C order, then the bias (F,); the one
            parameter, (F·C·KH·KW + F,).
        path: after a call, "cudnn" or "fused" where one operation ran, by
            device, and "loop" where your own did.
        why: after a call, the reason for the latter in words, or "".

    Source: the equation of `conv2d_forward`; torch's `torch.conv2d`.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: tuple[int, int],
        stride: tuple[int, int] = (1, 1),
        padding: tuple[int, int] = (0, 0),
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__()
        self.shape = (out_channels, in_channels, *kernel_size)
        self.stride, self.padding, self.padding_mode = stride, padding, padding_mode
        entries = in_channels * kernel_size[0] * kernel_size[1]
        bound = entries**-0.5
        size = out_channels * (entries + 1)
        self.flat = torch.nn.Parameter(torch.empty(size).uniform_(-bound, bound))
        self.path, self.why = "", ""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve a batch of images.

        Args:
            x: the images, (N, C, H, W).

        Returns:
            The feature maps, (N, F, Ho, Wo).
        """
        F, _, KH, KW = self.shape
        w, b = self.flat[:-F].view(self.shape), self.flat[-F:]
        if self.padding_mode == "zeros":
            self.path, self.why = where_run(x), ""
            return torch.conv2d(x, w, b, self.stride, self.padding)
        self.path, self.why = "loop", f"cuDNN pads with zeros and not with {self.padding_mode}"
        (ph, pw), (sh, sw) = self.padding, self.stride
        padded = torch.nn.functional.pad(x, (pw, pw, ph, ph), mode=self.padding_mode)
        windows = padded.unfold(2, KH, sh).unfold(3, KW, sw)
        y = torch.einsum("nchwuv,fcuv->nfhw", windows, w)
        return y + b[:, None, None]


class KerasCudnnLSTM(keras.layers.Layer):  # type: ignore[misc]
    """An LSTM of Keras that asks for cuDNN where it may run, and runs its own cell otherwise.

    N is the batch size, T the number of steps, D the number of inputs,
    H = units. Its weights are those of a `keras.layers.LSTM` inside:
    `get_weights()` gives the kernel (D, 4H), the recurrent kernel (H, 4H) and
    the bias (4H,), gates i, f, c, o.

    Args:
        units: the number of hidden units, H.
        activation: the name of the function for the candidate and for reading
            the cell state.
        device: where the layer will run, "cuda" or "cpu".

    Attributes:
        ran: after a call, "cudnn", or "loop" where the cell ran.
        reasons: after a call, what stood in the way of cuDNN, keys of
            `cudnn_eligible`, in any order. ("device",) where Keras refused
            all the same.

    Source: `keras.layers.LSTM`, argument `use_cudnn`.
    """

    def __init__(self, units: int, activation: str = "tanh", device: str = "cpu") -> None:
        super().__init__()
        self.units, self.activation, self.device = units, activation, device
        self.supports_masking = True
        given = {"return_sequences": True, "return_state": True, "use_cudnn": True}
        self.layer = keras.layers.LSTM(units, activation=activation, **given)
        self.ran: str = ""
        self.reasons: tuple[str, ...] = ()

    def build(self, input_shape: Any) -> None:
        """Make the weights.

        Args:
            input_shape: (N, T, D), N and T may be None.
        """
        self.layer.build(input_shape)

    def pick(self, mask: Any, device: str) -> tuple[bool, tuple[str, ...]]:
        """Tell whether to ask Keras for cuDNN, and if not, why not.

        `cudnn_eligible` says so, for an LSTM with biases, sigmoids as gates and
        use_cudnn=True, for which all else that it asks is False or 0: nothing
        is dropped, unrolled, stateful, turned round, or compiled.

        Args:
            mask: the valid steps, bool, (N, T), or None. In a call it arrives
                as a tensor of the backend.
            device: "cuda" or "cpu".

        Returns:
            use_cudnn: a bool.
            reasons: keys of `cudnn_eligible`, in any order.
        """
        off = ("recurrent_dropout", "unroll", "compiled", "dropout", "go_backwards", "stateful")
        config: dict[str, Any] = dict.fromkeys((*off, "return_sequences"), False)
        config |= {"kind": "lstm", "use_bias": True, "reset_after": True, "use_cudnn": True}
        config |= {"activation": self.activation, "recurrent_activation": "sigmoid"}
        config["mask"] = None if mask is None else keras.ops.convert_to_numpy(mask)
        eligible, reasons = cudnn_eligible(config | {"device": device}, keras.backend.backend())
        return eligible, tuple(reasons)

    def step(self, x: Any, states: Sequence[Any]) -> list[Any]:
        """Carry the states over one step, by the cell of your own.

        Args:
            x: the input of this step, (N, D).
            states: h and c before the step, each (N, H).

        Returns:
            The list of h and c after the step, each (N, H).
        """
        act, cell = keras.activations.get(self.activation), self.layer.cell
        h, c = states
        a = x @ cell.kernel + h @ cell.recurrent_kernel + cell.bias
        i, f, g, o = keras.ops.split(a, 4, axis=1)
        c = keras.ops.sigmoid(f) * c + keras.ops.sigmoid(i) * act(g)
        return [keras.ops.sigmoid(o) * act(c), c]

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """Run over a batch of sequences.

        Args:
            inputs: the inputs, (N, T, D).
            mask: the valid steps, bool, (N, T), an array or a tensor of the
                backend; None where all are valid.

        Returns:
            The outputs at every step, (N, T, H). At a masked step that of the
            last valid one, or zeros where there was none.
        """
        use, self.reasons = self.pick(mask, self.device)
        if use:
            try:
                hs, last, _ = self.layer(inputs, mask=mask)
            except ValueError:
                self.reasons = ("device",)
            else:
                self.ran = "cudnn"
                if mask is None:
                    return hs
                # The kernel leaves zeros at padded steps.
                return keras.ops.where(keras.ops.expand_dims(mask, 2), hs, last[:, None])
        self.ran, outputs = "loop", []
        states = [keras.ops.zeros_like(inputs[:, 0, :1] @ self.layer.cell.bias[None, : self.units])]
        states *= 2
        for t in range(inputs.shape[1]):
            new = self.step(inputs[:, t], states)
            if mask is not None:
                valid = keras.ops.convert_to_tensor(mask)[:, t, None]
                pairs = zip(new, states, strict=True)
                new = [keras.ops.where(valid, after, before) for after, before in pairs]
            states = new
            outputs.append(states[0])
        return keras.ops.stack(outputs, axis=1)
