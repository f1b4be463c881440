"""Mistakes in `tbptt`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.recurrent_sections import EMBEDDING, LOSS, THROUGH_TIME, TRUNCATION

SHIFT = "inputs, targets = x[:, :-1], x[:, 1:]"
CHUNKS = "for start in range(0, inputs.shape[1], k):"
CHUNK = "chunk = slice(start, start + k)"
FORWARD = 'hs, caches = rnn_forward(e, h, params["Wx"], params["Wh"], params["b"])'
SUM = "grads = {key: grads[key] + found[key] for key in grads}"
STATE = "h = hs[:, -1]"
RETURN = "return losses, grads, h"
LOSS_LINE = 'loss, dz = sequence_cross_entropy(hs @ Wy + params["by"], y, np.ones(y.shape))'
BACK = "rnn_backward(dz @ Wy.T, nothing, caches)"
WY = '"Wy": np.tensordot(hs, dz, axes=((0, 1), (0, 1))),'
BY = '"by": dz.sum(axis=(0, 1)),'
E = '"E": embedding_backward(de, looked_up),'


def start(new: str) -> Edits:
    """The state that a chunk starts from replaced."""
    return ((FORWARD, FORWARD.replace("(e, h,", f"(e, {new},")),)


def upstream(new: str) -> Edits:
    """The gradient of the hidden states replaced."""
    return ((BACK, f"rnn_backward({new}, nothing, caches)"),)


WHOLE = (
    "    e_all, known = embedding_forward(inputs, params['E'])\n"
    "    hs_all, caches = rnn_forward(e_all, h0, params['Wx'], params['Wh'], params['b'])\n"
    "    dz_all = np.zeros((*inputs.shape, Wy.shape[1]))\n"
    "    for start in range(0, inputs.shape[1], k):\n"
    "        y = targets[:, start : start + k]\n"
    "        z = hs_all[:, start : start + k] @ Wy + params['by']\n"
    "        dz_all[:, start : start + k] = sequence_cross_entropy(z, y, np.ones(y.shape))[1]\n"
    "    de, _, dWx, dWh, db = rnn_backward(dz_all @ Wy.T, 0 * h0, caches)\n"
    "    grads |= {'E': embedding_backward(de, known), 'Wx': dWx, 'Wh': dWh, 'b': db}\n"
)
"""The gradients of the recurrent part by the whole of the sequence, uncut."""

STATES = (
    (
        "every-chunk-from-h0",
        start("h0"),
        "Every chunk starts from h0. The state at the end of a chunk is where the next one starts.",
    ),
    (
        "every-chunk-after-the-first-from-zeros",
        ((STATE, "h = 0 * h0"), (RETURN, "return losses, grads, hs[:, -1]")),
        "From the second chunk on each starts from zeros. The state at the end of a chunk is "
        "where the next one starts.",
    ),
    (
        "h0-ignored",
        (("h = h0", "h = 0 * h0"),),
        "The first chunk starts from zeros: h0 is not used.",
    ),
    (
        "state-after-the-first-step",
        ((STATE, "h = hs[:, 0]"),),
        "A chunk starts from the state after the first step of the one before; it starts from "
        "the last.",
    ),
    (
        "mean-state-carried",
        ((STATE, "h = hs.mean(axis=1)"),),
        "What is carried on is the mean of the states of a chunk; it is the last one.",
    ),
    (
        "gradient-not-cut",
        ((RETURN, f"{WHOLE.lstrip()}    {RETURN}"),),
        "The gradient passes from a chunk into the one before it: nothing is cut. The state is "
        "carried on, and its gradient is not.",
    ),
    (
        "ht-is-h0",
        ((RETURN, "return losses, grads, h0"),),
        "hT is h0; the state after the last step is wanted.",
    ),
    (
        "ht-of-the-first-chunk",
        (
            (STATE, "h = hs[:, -1]\n        first = h if start == 0 else first"),
            (RETURN, "return losses, grads, first"),
        ),
        "hT is the state after the first chunk; that after the last step is wanted.",
    ),
    (
        "ht-all-states",
        ((RETURN, "return losses, grads, hs"),),
        "hT holds the states of a whole chunk; the last one alone is wanted.",
    ),
)

CUTS = (
    (
        "one-chunk",
        ((CHUNKS, f"k = inputs.shape[1]\n    {CHUNKS}"),),
        "There is one chunk, the whole sequence: k is not used.",
    ),
    (
        "last-chunk-missing",
        ((CHUNKS, "for start in range(0, max(inputs.shape[1] - k, 0) + 1, k):"),),
        "The shorter chunk at the end is missing; its words count too.",
    ),
    (
        "last-chunk-stretched",
        (
            (
                CHUNK,
                "start = max(min(start, inputs.shape[1] - k), 0)\n"
                "        chunk = slice(start, start + k)",
            ),
        ),
        "The last chunk is stretched back to k steps, so that some words count twice. It may be "
        "shorter.",
    ),
    (
        "chunks-overlap",
        ((CHUNK, "chunk = slice(max(start - 1, 0), start + k)"),),
        "Chunks overlap by one step, whose words count twice.",
    ),
    (
        "chunks-one-step-longer",
        ((CHUNKS, f"k = k + 1\n    {CHUNKS}"),),
        "The chunks have k + 1 steps.",
    ),
    (
        "first-chunk-alone",
        ((CHUNKS, "for start in range(0, min(k, inputs.shape[1]), k):"),),
        "Only the first chunk is read.",
    ),
    (
        "k-is-the-number-of-chunks",
        ((CHUNKS, f"k = max(inputs.shape[1] // k, 1)\n    {CHUNKS}"),),
        "The number of chunks is taken to be k; k is their length.",
    ),
)

WORDS = (
    (
        "words-not-shifted",
        ((SHIFT, "inputs, targets = x[:, :-1], x[:, :-1]"),),
        "The model has to predict the word that it has just read. It predicts the next one.",
    ),
    (
        "words-shifted-the-wrong-way",
        ((SHIFT, "inputs, targets = x[:, 1:], x[:, :-1]"),),
        "The model reads a word and predicts the one before it. It predicts the next one.",
    ),
    (
        "words-shifted-by-two",
        ((SHIFT, "inputs, targets = x[:, :-1], np.roll(x[:, 1:], -1, axis=1)"),),
        "The model predicts the word after the next one.",
    ),
    (
        "words-shifted-within-a-chunk",
        (("y = targets[:, chunk]", "y = np.roll(inputs[:, chunk], -1, axis=1)"),),
        "The words are shifted within each chunk, so that its last word has a wrong successor.",
    ),
)

LOSSES = (
    (
        "one-loss",
        ((RETURN, "return [np.mean(losses)], grads, h"),),
        "There is one loss, the mean of all chunks; one a chunk is wanted.",
    ),
    (
        "losses-summed",
        (("losses.append(loss)", "losses.append(loss * y.size)"),),
        "The losses are sums over the words of a chunk; their gradients are those of means.",
    ),
    (
        "losses-added-up",
        (("losses.append(loss)", "losses.append(loss + sum(losses[-1:]))"),),
        "Each loss has those of the chunks before it added.",
    ),
    (
        "divided-by-k",
        (
            (
                LOSS_LINE,
                f"{LOSS_LINE}\n        loss, dz = loss * y.shape[1] / k, dz * y.shape[1] / k",
            ),
        ),
        "A shorter chunk at the end is divided by k steps; it is divided by those that it has.",
    ),
    (
        "divided-by-all-steps",
        (
            (
                LOSS_LINE,
                f"{LOSS_LINE}\n"
                "        loss, dz = (a * y.shape[1] / inputs.shape[1] for a in (loss, dz))",
            ),
        ),
        "Each loss is divided by all words of the text; it is the mean over its own chunk.",
    ),
    (
        "gradient-of-sums",
        ((LOSS_LINE, f"{LOSS_LINE}\n        dz = dz * y.size"),),
        "The losses are means and the gradients are those of sums.",
    ),
    (
        "perplexities",
        (("losses.append(loss)", "losses.append(np.exp(loss))"),),
        "The losses are perplexities, their exponentials.",
    ),
    (
        "output-bias-missing",
        ((LOSS_LINE, LOSS_LINE.replace(' + params["by"]', "")),),
        "The bias by is not added to the logits.",
    ),
)

GRADIENTS = (
    (
        "last-chunk-alone",
        ((SUM, "grads = found"),),
        "The gradients are those of the last chunk: each chunk overwrites them. They add up.",
    ),
    (
        "gradients-averaged",
        ((RETURN, "return losses, {key: g / len(losses) for key, g in grads.items()}, h"),),
        "The gradients are means over the chunks; their sum is wanted.",
    ),
    (
        "last-word-of-a-chunk-alone",
        upstream("(dz * (np.arange(dz.shape[1]) == dz.shape[1] - 1)[:, None]) @ Wy.T"),
        "Only the last word of a chunk sends its gradient back; every word does.",
    ),
    (
        "gradient-of-the-state-sent-back",
        ((BACK, "rnn_backward(dz @ Wy.T, (dz @ Wy.T)[:, -1], caches)"),),
        "The gradient of the last state of a chunk counts twice: it is in dhs and in dhT.",
    ),
    (
        "embedding-gradient-overwritten",
        ((SUM, f'{SUM}\n        grads["E"] = found["E"]'),),
        "The gradient of E is that of the last chunk; those of the others add up.",
    ),
    (
        "repeated-words-counted-once",
        (
            (
                E,
                '"E": np.stack([de[words][-1] if (words := inputs[:, chunk] == v).any() '
                'else 0 * params["E"][v] for v in range(len(params["E"]))]),',
            ),
        ),
        "In the gradient of E a word that occurs several times counts once.",
    ),
    (
        "embedding-without-gradient",
        ((E, '"E": 0 * params["E"],'),),
        "E has no gradient: the word vectors are learned too.",
    ),
    (
        "output-weights-of-the-last-step",
        ((WY, '"Wy": hs[:, -1].T @ dz[:, -1],'),),
        "The gradient of Wy is that of the last step of each chunk; all steps count.",
    ),
    (
        "output-bias-of-the-last-step",
        ((BY, '"by": dz[:, -1].sum(axis=0),'),),
        "The gradient of by is that of the last step of each chunk; all steps count.",
    ),
    (
        "output-bias-averaged",
        ((BY, '"by": dz.mean(axis=(0, 1)),'),),
        "The gradient of by is a mean over the words of a chunk; the loss has averaged already.",
    ),
    (
        "output-weights-from-late-states",
        (
            (
                WY,
                '"Wy": np.tensordot(np.roll(hs, 1, axis=1), dz, axes=((0, 1), (0, 1))),',
            ),
        ),
        "The gradient of Wy is made with the state of the step before; the logits were made from "
        "the state of their own step.",
    ),
    (
        "input-weights-without-gradient",
        ((SUM, f'{SUM}\n        grads["Wx"] = grads["Wx"] * 0'),),
        "Wx has no gradient.",
    ),
    (
        "state-weights-without-gradient",
        ((SUM, f'{SUM}\n        grads["Wh"] = grads["Wh"] * 0'),),
        "Wh has no gradient.",
    ),
    (
        "parameters-updated",
        (
            (
                SUM,
                f"{SUM}\n"
                "        params = {key: p - 0.1 * found[key] for key, p in params.items()}\n"
                '        Wy = params["Wy"]',
            ),
        ),
        "The parameters are updated after each chunk; here they stay, and the gradients are "
        "returned.",
    ),
    (
        "parameters-changed-in-place",
        ((RETURN, f'params["by"][...] = params["by"] - 0.1 * grads["by"]\n    {RETURN}'),),
        "The array by that was passed in is changed; whoever calls makes the update.",
    ),
    (
        "h0-changed-in-place",
        ((RETURN, f"h0[...] = h\n    {RETURN}"),),
        "The array h0 that was passed in is overwritten with the last state. Return it instead.",
    ),
)

SECTIONS = {
    "embedding-gradient-overwritten": EMBEDDING,
    "repeated-words-counted-once": EMBEDDING,
    "embedding-without-gradient": EMBEDDING,
    "divided-by-k": LOSS,
    "divided-by-all-steps": LOSS,
    "losses-summed": LOSS,
    "gradient-of-sums": LOSS,
    "perplexities": LOSS,
    "last-word-of-a-chunk-alone": THROUGH_TIME,
    "gradient-of-the-state-sent-back": THROUGH_TIME,
}

MISTAKES: tuple[Mistake, ...] = catalogue(
    "tbptt",
    (
        (*row, SECTIONS.get(row[0], TRUNCATION))
        for row in (*STATES, *CUTS, *WORDS, *LOSSES, *GRADIENTS)
    ),
)
