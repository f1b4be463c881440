"""Mistakes in `CudnnLSTM`, `CudnnGRU` and `CudnnConv2d`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import CONVOLUTION, GRU_LAYER, LAYER

Rows = tuple[tuple[str, tuple[tuple[str, str], ...], str, str], ...]

ASKED = "self.why = obstacle(self.activation, mask)"
LOOPED = "valid = torch.ones_like(h[:, :1]) > 0 if mask is None else mask[:, t, None]"
OUTPUT = "outputs.append(h * valid)"
ACT = 'act = torch.tanh if self.activation == "tanh" else torch.relu'


def recurrent(kind: str, gates: int, read: str) -> Rows:
    """What goes wrong in both recurrent layers."""
    size = "self.input_size, self.hidden_size"
    weights = f"weights = views(self.flat, {gates}, {size})"
    step = f"w_ih, w_hh, b_ih, b_hh = views(self.flat, {gates}, {size})"
    state = "(h, c)" if kind == "lstm" else "(h,)"
    call = f'fused("{kind}", x, {state}, weights, mask)'
    rolled = f"self.flat.roll(-2 * {gates} * self.hidden_size)"
    return (
        (
            "never-fused",
            ((ASKED, f'{ASKED} or "not written yet"'),),
            "The cell runs in a loop where one operation could: without a mask, or with one that "
            "is right-padded. The values are right, and slow.",
            read,
        ),
        (
            "relu-by-the-kernel",
            ((ASKED, 'self.why = obstacle("tanh", mask)'),),
            "With activation relu the fused operation runs all the same, and computes tanh.",
            read,
        ),
        (
            "relu-forgotten-in-the-cell",
            ((ACT, "act = torch.tanh"),),
            "The cell computes tanh whatever the activation is.",
            read,
        ),
        (
            "mask-not-asked",
            ((ASKED, "self.why = obstacle(self.activation, None)"),),
            "The fused operation runs with masks that it cannot be told: with holes, padded on "
            "the left, or without a valid step in some row.",
            read,
        ),
        (
            "mask-ignored-by-the-kernel",
            ((call, call.replace("mask", "None")),),
            "On the fast road a right-padded mask is ignored: the layer runs on over the padding.",
            read,
        ),
        (
            "mask-ignored-in-the-loop",
            ((LOOPED, "valid = torch.ones_like(h[:, :1]) > 0"),),
            "In the loop the mask is ignored.",
            read,
        ),
        (
            "masked-output-repeated",
            ((OUTPUT, "outputs.append(h)"),),
            "In the loop a masked step repeats the last output, as in Keras; here it gives 0, as "
            "on the fast road.",
            read,
        ),
        (
            "no-reason-given",
            (
                (ASKED, f"{ASKED}\n        why, self.why = self.why, str()"),
                ("if not self.why:", "if not why:"),
            ),
            "Where the cell runs in a loop, `why` is empty. Say in words what stands in the way.",
            read,
        ),
        (
            "bias-of-the-hidden-state-lost",
            ((step, f"{step}\n        b_hh = 0 * b_hh"),),
            "The cell leaves out the second bias; the buffer holds two.",
            read,
        ),
        (
            "biases-first",
            (
                (step, step.replace("self.flat", rolled)),
                (weights, weights.replace("self.flat", rolled)),
            ),
            "The biases are read from the beginning of the buffer; they stand at its end.",
            read,
        ),
    )


LSTM_GATES = "i, f, g, o = (x @"
LSTM: Rows = (
    *recurrent("lstm", 4, LAYER),
    (
        "gates-of-the-cell-reordered",
        ((LSTM_GATES, "i, f, o, g = (x @"),),
        "The cell takes the gates in the order i, f, o, g; the buffer has i, f, g, o. So the cell "
        "and the fused operation disagree.",
        LAYER,
    ),
    (
        "state-ignored",
        (("(zeros, zeros) if state is None else state", "(zeros, zeros)"),),
        "The state that is given to the layer is ignored: it starts from zeros.",
        LAYER,
    ),
    (
        "cell-state-ignored",
        (
            (
                "(zeros, zeros) if state is None else state",
                "(zeros, zeros) if state is None else (state[0], zeros)",
            ),
        ),
        "Of the state that is given to the layer the cell state is ignored.",
        LAYER,
    ),
    (
        "cell-state-not-held",
        (("torch.where(valid, c_new, c)", "c_new"),),
        "In the loop the cell state moves on at masked steps; it should stay, as the hidden "
        "state does.",
        LAYER,
    ),
    (
        "cell-state-not-squashed",
        (("o.sigmoid() * act(c), c", "o.sigmoid() * c, c"),),
        "The cell shows the bare cell state: the activation is missing where it is read.",
        LAYER,
    ),
)

GRU: Rows = (
    *recurrent("gru", 3, GRU_LAYER),
    (
        "gates-of-the-cell-exchanged",
        (
            ("r = torch.sigmoid(r_x + r_h)", "r = torch.sigmoid(z_x + z_h)"),
            ("z = torch.sigmoid(z_x + z_h)", "z = torch.sigmoid(r_x + r_h)"),
        ),
        "The cell takes z for r and r for z, the order of Keras. So the cell and the fused "
        "operation disagree.",
        GRU_LAYER,
    ),
    (
        "update-gate-inverted",
        (("return (1 - z) * n + z * h", "return z * n + (1 - z) * h"),),
        "In the cell the update gate is the wrong way round: where z is 1 the state stays.",
        GRU_LAYER,
    ),
    (
        "reset-before-the-product",
        (
            (
                "n = act(n_x + r * n_h)",
                "n = act(n_x + (torch.nn.functional.linear(r * h, w_hh, b_hh)).chunk(3, 1)[2])",
            ),
        ),
        "The cell resets before the product; cuDNN's GRU resets after it.",
        GRU_LAYER,
    ),
    (
        "hidden-bias-outside-the-reset",
        (
            (
                "n = act(n_x + r * n_h)",
                "b_n = b_hh.chunk(3)[2]\n        n = act(n_x + b_n + r * (n_h - b_n))",
            ),
        ),
        "In the cell the bias of the hidden state stands outside the reset gate, which acts on "
        "it too.",
        GRU_LAYER,
    ),
    (
        "state-ignored",
        (
            (
                "h = x.new_zeros(len(x), self.hidden_size) if h is None else h",
                "h = x.new_zeros(len(x), self.hidden_size)",
            ),
        ),
        "The state that is given to the layer is ignored: it starts from zeros.",
        GRU_LAYER,
    ),
)

READ = "w, b = self.flat[:-F].view(self.shape), self.flat[-F:]"
BY_TORCH = "return torch.conv2d(x, w, b, self.stride, self.padding)"
OWN = 'y = torch.einsum("nchwuv,fcuv->nfhw", windows, w)'
CONV: Rows = (
    (
        "never-fused",
        (
            ('if self.padding_mode == "zeros":', 'if self.padding_mode == "none":'),
            (
                "mode=self.padding_mode)",
                'mode="constant" if self.padding_mode == "zeros" else self.padding_mode)',
            ),
        ),
        "It multiplies windows by itself where torch's operation could run. The values are right, "
        "and slow.",
        CONVOLUTION,
    ),
    (
        "reflection-by-the-kernel",
        (('if self.padding_mode == "zeros":', "if self.padding_mode:"),),
        "Where the padding is to mirror the image, it pads with zeros.",
        CONVOLUTION,
    ),
    (
        "bias-first",
        ((READ, "w, b = self.flat[F:].view(self.shape), self.flat[:F]"),),
        "The bias is read from the beginning of the buffer; it stands at its end.",
        CONVOLUTION,
    ),
    (
        "bias-missing-in-ones-own",
        (("return y + b[:, None, None]", "return y"),),
        "Your own way adds no bias.",
        CONVOLUTION,
    ),
    (
        "kernel-turned-in-ones-own",
        ((OWN, OWN.replace(", w)", ", w.flip(2, 3))")),),
        "Your own way turns the kernel round; torch cross-correlates.",
        CONVOLUTION,
    ),
    (
        "stride-exchanged-in-ones-own",
        (
            (
                "windows = padded.unfold(2, KH, sh).unfold(3, KW, sw)",
                "windows = padded.unfold(2, KH, sw).unfold(3, KW, sh)",
            ),
        ),
        "In your own way the two strides are exchanged: height comes first.",
        CONVOLUTION,
    ),
    (
        "padding-exchanged-in-ones-own",
        (("(pw, pw, ph, ph)", "(ph, ph, pw, pw)"),),
        "In your own way the two paddings are exchanged. torch's pad counts from the last axis.",
        CONVOLUTION,
    ),
    (
        "border-repeated",
        (("mode=self.padding_mode)", 'mode="replicate")'),),
        "The padding repeats the border; a reflection mirrors the image at it.",
        CONVOLUTION,
    ),
    (
        "stride-ignored",
        ((BY_TORCH, "return torch.conv2d(x, w, b, padding=self.padding)"),),
        "The stride is not given to torch's operation.",
        CONVOLUTION,
    ),
    (
        "no-reason-given",
        (('"loop", f"cuDNN pads with zeros and not with {self.padding_mode}"', '"loop", ""'),),
        "Where your own way runs, `why` is empty. Say in words what stands in the way.",
        CONVOLUTION,
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("CudnnLSTM", LSTM),
    *catalogue("CudnnGRU", GRU),
    *catalogue("CudnnConv2d", CONV),
)
