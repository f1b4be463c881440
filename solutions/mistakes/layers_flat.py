"""Mistakes in `cudnn_pack` and `cudnn_unpack`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import FLAT

PARTS = "[Wx.T.ravel(), Wh.T.ravel(), bx, bh]"
MADE = f"return np.concatenate({PARTS})"
SPLIT = "Wx, Wh, bx, bh = np.split(flat, np.cumsum([columns * D, columns * H, columns]))"
SHAPED = "return Wx.reshape(columns, D).T, Wh.reshape(columns, H).T, bx, bh"

MISTAKES: tuple[Mistake, ...] = (
    *catalogue(
        "cudnn_pack",
        (
            (
                "not-transposed",
                ((PARTS, "[Wx.ravel(), Wh.ravel(), bx, bh]"),),
                "The matrices are written row by row as the course keeps them. In the buffer "
                "every hidden unit of a gate has a row: transpose first.",
                FLAT,
            ),
            (
                "biases-first",
                ((PARTS, "[bx, bh, Wx.T.ravel(), Wh.T.ravel()]"),),
                "The biases stand before the matrices; in cuDNN's buffer they come last.",
                FLAT,
            ),
            (
                "layer-by-input-and-hidden",
                ((PARTS, "[Wx.T.ravel(), bx, Wh.T.ravel(), bh]"),),
                "Each bias stands behind its matrix; in cuDNN's buffer all matrices come first.",
                FLAT,
            ),
            (
                "hidden-state-first",
                ((PARTS, "[Wh.T.ravel(), Wx.T.ravel(), bx, bh]"),),
                "The weights of the hidden state stand before those of the input.",
                FLAT,
            ),
            (
                "biases-exchanged",
                ((PARTS, "[Wx.T.ravel(), Wh.T.ravel(), bh, bx]"),),
                "The two biases are exchanged: that of the input comes first.",
                FLAT,
            ),
            (
                "biases-added",
                ((PARTS, "[Wx.T.ravel(), Wh.T.ravel(), bx + bh]"),),
                "The two biases are added, so that the buffer is too short. cuDNN wants both.",
                FLAT,
            ),
            (
                "gate-by-gate",
                (
                    (
                        MADE,
                        "pairs = zip(\n"
                        "        np.split(Wx.T, GATES[kind]),\n"
                        "        np.split(Wh.T, GATES[kind]),\n"
                        "        strict=True,\n"
                        "    )\n"
                        "    rows = [w.ravel() for pair in pairs for w in pair]\n"
                        "    return np.concatenate([*rows, bx, bh])",
                    ),
                ),
                "The two matrices of each gate stand together. In the buffer those of the input "
                "come first, for all gates.",
                FLAT,
            ),
            (
                "kind-not-checked",
                (("if kind not in GATES or", "if kind in GATES and kind not in GATES or"),),
                "It packs what is no layer of this kind. Raise a ValueError where the kind is not "
                "known, or Wx has not G·H columns.",
                FLAT,
            ),
        ),
    ),
    *catalogue(
        "cudnn_unpack",
        (
            (
                "not-transposed",
                ((SHAPED, "return Wx.reshape(D, columns), Wh.reshape(H, columns), bx, bh"),),
                "The matrices are shaped as the course keeps them, without being transposed: in "
                "the buffer every hidden unit of a gate has a row.",
                FLAT,
            ),
            (
                "left-as-rows",
                ((SHAPED, "return Wx.reshape(columns, D), Wh.reshape(columns, H), bx, bh"),),
                "The matrices have a row for every hidden unit of a gate, as torch keeps them; "
                "the course has a column. Transpose them.",
                FLAT,
            ),
            (
                "biases-exchanged",
                ((SHAPED, SHAPED.replace("bx, bh", "bh, bx")),),
                "The two biases are exchanged: that of the input comes first.",
                FLAT,
            ),
            (
                "biases-first",
                (
                    (
                        SPLIT,
                        "bx, bh, Wx, Wh = np.split(\n"
                        "        flat, np.cumsum([columns, columns, columns * D])\n"
                        "    )",
                    ),
                ),
                "The biases are read from the beginning of the buffer; they stand at its end.",
                FLAT,
            ),
            (
                "hidden-state-first",
                (
                    (
                        SPLIT,
                        "Wh, Wx, bx, bh = np.split(\n"
                        "        flat, np.cumsum([columns * H, columns * D, columns])\n"
                        "    )",
                    ),
                ),
                "The weights of the hidden state are read before those of the input.",
                FLAT,
            ),
            (
                "size-not-checked",
                (
                    (
                        "if kind not in GATES or flat.size != GATES[kind] * H * (D + H + 2):",
                        "if kind not in GATES:",
                    ),
                    (SPLIT, f"flat = np.resize(flat, columns * (D + H + 2))\n    {SPLIT}"),
                ),
                "A buffer of another size is taken without a word. Raise a ValueError: it belongs "
                "to another layer.",
                FLAT,
            ),
            (
                "sizes-exchanged",
                (
                    (SPLIT, f"flat, D, H = flat.copy(), H, D\n    {SPLIT}"),
                    (SHAPED, f"{SHAPED.replace('return ', 'D, H = H, D; return ')}"),
                ),
                "The sizes D and H are exchanged where the buffer is cut.",
                FLAT,
            ),
        ),
    ),
)
