"""Mistakes in `stream`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import STREAM

CALL = "hs, state = layer(chunk, state)"
CUT = "state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()"
END = "return torch.cat(outputs, dim=1), state"

MISTAKES: tuple[Mistake, ...] = catalogue(
    "stream",
    (
        (
            "state-not-carried",
            ((CALL, "hs, state = layer(chunk)"),),
            "Every chunk starts from zeros: the state that the one before has left is not given "
            "to the layer.",
            STREAM,
        ),
        (
            "state-not-cut",
            ((f"        {CUT}\n", ""),),
            "The values are right, but gradients flow from a chunk back into all earlier ones, "
            "and memory grows with the length. Detach the state between chunks.",
            STREAM,
        ),
        (
            "cell-state-lost",
            (
                (
                    CUT,
                    "state = (\n"
                    "            (state[0].detach(), torch.zeros_like(state[1]))\n"
                    "            if isinstance(state, tuple)\n"
                    "            else state.detach()\n"
                    "        )",
                ),
            ),
            "The hidden state is carried on and the cell state is not. An LSTM has two.",
            STREAM,
        ),
        (
            "outputs-cut",
            (("outputs.append(hs)", "outputs.append(hs.detach() + 0 * hs)"),),
            "The outputs are detached, so that nothing can be learned from them. Detach the state "
            "alone.",
            STREAM,
        ),
        (
            "last-chunk-only",
            ((END, "return hs, state"),),
            "The outputs are those of the last chunk; join those of all.",
            STREAM,
        ),
        (
            "joined-along-the-batch",
            (
                (
                    END,
                    "return torch.vstack(\n"
                    "        [hs.transpose(0, 1) for hs in outputs]\n"
                    "    ), state",
                ),
            ),
            "The outputs are joined with time as the first axis; the batch is first.",
            STREAM,
        ),
        (
            "chunks-backwards",
            (
                ("for chunk in chunks:", "for chunk in reversed(chunks):"),
                (END, "return torch.cat(outputs[::-1], dim=1), state"),
            ),
            "The chunks are run in the wrong order: the first one comes first.",
            STREAM,
        ),
        (
            "state-of-the-first-chunk",
            (
                (
                    CALL,
                    "hs, new = layer(chunk, state)\n"
                    "        state = new if state is None else state",
                ),
            ),
            "The state after the first chunk is kept for all later ones.",
            STREAM,
        ),
    ),
)
