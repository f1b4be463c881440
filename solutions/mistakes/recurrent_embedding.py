"""Mistakes in `embedding_forward` and `embedding_backward`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import EMBEDDING

LOOK_UP = "out = E[ids]"
TABLE = "dE = np.zeros(shape)"
ADD = "np.add.at(dE, ids, dout)"


def looked_up(new: str) -> Edits:
    """The look-up replaced."""
    return ((LOOK_UP, f"out = {new}"),)


def added(new: str) -> Edits:
    """The sum over the places replaced."""
    return ((ADD, new),)


LOOK_UPS = (
    (
        "columns-for-rows",
        looked_up("E.T[ids]"),
        "The vectors are columns of E; the vector of word v is row v.",
    ),
    (
        "ids-late-by-one",
        looked_up("E[ids - 1]"),
        "Each word gets the vector of the word before it in the table: ids count from 0.",
    ),
    (
        "ids-early-by-one",
        looked_up("E[(ids + 1) % len(E)]"),
        "Each word gets the vector of the word after it in the table: ids count from 0.",
    ),
    (
        "first-row-for-all",
        looked_up("np.broadcast_to(E[0], (*ids.shape, E.shape[1])).copy()"),
        "Every word gets the first row of E.",
    ),
    (
        "padding-id-set-to-zero",
        looked_up("E[ids] * (ids > 0)[..., None]"),
        "The word 0 gets a vector of zeros, as if it were padding. No id is special here.",
    ),
    (
        "scaled-by-the-root-of-d",
        looked_up("E[ids] * np.sqrt(E.shape[1])"),
        "The vectors are scaled. They are the rows of E as they are.",
    ),
    (
        "vectors-normalised",
        looked_up("E[ids] / np.linalg.norm(E[ids], axis=-1, keepdims=True)"),
        "The vectors are scaled to length 1. They are the rows of E as they are.",
    ),
    (
        "activation-applied",
        looked_up("np.tanh(E[ids])"),
        "The vectors go through a tanh. They are the rows of E as they are.",
    ),
    (
        "multiplied-by-the-ids",
        looked_up("E[ids] * ids[..., None]"),
        "The vectors are multiplied by the ids. An id is a name, and no quantity.",
    ),
    (
        "one-vector-a-sequence",
        looked_up("E[ids].mean(axis=-2)"),
        "There is one vector a sequence, the mean of its words; one a word is wanted.",
    ),
    (
        "table-changed-in-place",
        ((LOOK_UP, "out = E[ids]\n    E[0] = 0"),),
        "The table E that was passed in is changed: its first row is set to zero.",
    ),
    (
        "single-precision",
        looked_up('E[ids].astype("float32")'),
        "The vectors are float32 and have lost half their digits.",
    ),
)

GRADIENTS = (
    (
        "repeated-words-counted-once",
        added("dE[ids] += dout"),
        "A word that occurs several times gets the gradient of one of its places; rows of other "
        "words are right. With an array of ids `+=` writes each row once.",
    ),
    (
        "repeated-words-averaged",
        added(
            "np.add.at(dE, ids, dout)\n"
            "    dE /= np.maximum(np.bincount(ids.ravel(), minlength=len(dE)), 1)[:, None]"
        ),
        "The gradients of a word that occurs several times are averaged; they add up.",
    ),
    (
        "divided-by-the-words",
        added("np.add.at(dE, ids, dout / ids.size)"),
        "dE is divided by the number of words; whether to average, the loss has said.",
    ),
    (
        "divided-by-the-sequences",
        added("np.add.at(dE, ids, dout / len(ids))"),
        "dE is divided by the number of sequences; whether to average, the loss has said.",
    ),
    (
        "first-sequence-alone",
        added("np.add.at(dE, ids[:1], dout[:1])"),
        "Only the first sequence has a gradient.",
    ),
    (
        "padding-id-left-out",
        added("np.add.at(dE, ids, dout)\n    dE[0] = 0"),
        "The word 0 has no gradient, as if it were padding. No id is special here.",
    ),
    (
        "occurrences-counted",
        added("np.add.at(dE, ids, np.ones_like(dout))"),
        "dE counts how often each word occurs; it adds up the gradients of its places.",
    ),
    (
        "ids-late-by-one",
        added("np.add.at(dE, ids - 1, dout)"),
        "Each gradient goes to the row before its own: ids count from 0.",
    ),
    (
        "spread-over-all-rows",
        added("dE += dout.reshape(-1, dout.shape[-1]).sum(axis=0)"),
        "Every row has the sum of all gradients; a row has those of its own word.",
    ),
    (
        "sign",
        added("np.add.at(dE, ids, -dout)"),
        "The sign of dE is wrong.",
    ),
    (
        "rows-of-words-in-use-alone",
        (("return dE", "return dE[: ids.max() + 1]"),),
        "dE has rows up to the largest id in use; it has the shape of E, and rows of words that "
        "do not occur are 0.",
    ),
    (
        "rows-left-out",
        (("return dE", "return dE[np.unique(ids)]"),),
        "dE has rows for the words in use alone; it has the shape of E.",
    ),
    (
        "de-transposed",
        (("return dE", "return dE.T"),),
        "dE is transposed; it has the shape of E.",
    ),
    (
        "de-by-place",
        (("return dE", "return dout.reshape(-1, dout.shape[-1])"),),
        "dE has a row for each place in the text; it has one for each word of the table.",
    ),
    (
        "dout-changed-in-place",
        added("np.add.at(dE, ids, dout)\n    dout *= 0"),
        "The array dout that was passed in is overwritten, and a caller still needs it.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("embedding_forward", ((*row, EMBEDDING) for row in LOOK_UPS)),
    *catalogue("embedding_backward", ((*row, EMBEDDING) for row in GRADIENTS)),
)
