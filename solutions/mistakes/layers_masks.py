"""Mistakes in `right_padded`, `lengths`, `last_valid` and `masked_equal_packed`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import MASKS, PACKED

COMPARED = "np.all(valid[:, 1:] <= valid[:, :-1])"
COUNT = "counts: np.ndarray = np.count_nonzero(mask, axis=1)"
REFUSAL = (
    "    if not right_padded(mask):\n"
    '        raise ValueError("a valid step follows a masked one, which no length can say")\n'
)
TAKEN = "hs[np.arange(len(hs)), lengths - 1]"
MASKED = "masked = keras.ops.convert_to_numpy(layer(x, mask=mask))"
MASK = "mask = np.arange(T) < lengths[:, None]"
STEPS = "steps = torch.from_numpy(np.array(lengths))"
END = "return masked, packed.detach().numpy()"

PADDED = catalogue(
    "right_padded",
    (
        (
            "left-padded",
            ((COMPARED, COMPARED.replace("<=", ">=")),),
            "It is true for padding on the left. Valid steps come first in a right-padded row.",
            MASKS,
        ),
        (
            "first-step-only",
            ((COMPARED, "np.all(valid[:, 0])"),),
            "It looks at the first step alone. A row may start with a valid step and have a hole "
            "further on; and a row without any valid step is right-padded.",
            MASKS,
        ),
        (
            "one-row-is-enough",
            ((COMPARED, "np.any(np.all(valid[:, 1:] <= valid[:, :-1], axis=1))"),),
            "It is true where one row is right-padded; all of them have to be.",
            MASKS,
        ),
        (
            "first-row-only",
            ((COMPARED, "np.all(valid[0, 1:] <= valid[0, :-1])"),),
            "It looks at the first row alone.",
            MASKS,
        ),
        (
            "last-row-only",
            ((COMPARED, "np.all(valid[-1, 1:] <= valid[-1, :-1])"),),
            "It looks at the last row alone, as a loop does that overwrites what it has found.",
            MASKS,
        ),
        (
            "one-answer-a-row",
            (
                (
                    "bool(np.all(valid[:, 1:] <= valid[:, :-1]))",
                    "np.all(np.diff(valid * 1) <= 0, 1)",
                ),
            ),
            "It answers for every row; one bool for the whole batch is wanted.",
            MASKS,
        ),
        (
            "padding-not-allowed",
            ((COMPARED, "np.all(valid)"),),
            "It is true only where no step is masked.",
            MASKS,
        ),
        (
            "masked-row-refused",
            ((COMPARED, f"{COMPARED} and np.all(valid.any(axis=1))"),),
            "A row without any valid step is right-padded too: no valid step follows a masked one.",
            MASKS,
        ),
    ),
)

LENGTHS = catalogue(
    "lengths",
    (
        (
            "first-masked-step",
            ((COUNT, "counts = np.argmin(mask, axis=1)"),),
            "The length is taken as the place of the first masked step. A row without padding has "
            "none, and argmin gives 0 there.",
            MASKS,
        ),
        (
            "last-valid-step",
            ((COUNT, "counts = np.count_nonzero(mask, axis=1) - 1"),),
            "It gives the place of the last valid step; the length is one more.",
            MASKS,
        ),
        (
            "steps-for-rows",
            ((COUNT, "counts = np.count_nonzero(mask, axis=0)"),),
            "It counts the rows that are valid at every step; the steps of every row are wanted.",
            MASKS,
        ),
        (
            "masked-steps-counted",
            ((COUNT, "counts = np.count_nonzero(mask == 0, axis=1)"),),
            "It counts the masked steps.",
            MASKS,
        ),
        (
            "holes-accepted",
            ((REFUSAL, ""),),
            "It counts the valid steps of a mask that is not right-padded. No length says where "
            "they are: raise a ValueError.",
            MASKS,
        ),
        (
            "whole-batch-counted",
            ((COUNT, "counts = np.count_nonzero(mask)"),),
            "It counts the valid steps of the whole batch; one length a row is wanted.",
            MASKS,
        ),
        (
            "not-whole-numbers",
            ((COUNT, "counts = mask.astype(float).sum(axis=1)"),),
            "The lengths are floats. A float mask has to be counted in ints.",
            MASKS,
        ),
    ),
)

LAST = catalogue(
    "last_valid",
    (
        (
            "last-step",
            ((TAKEN, "hs[:, -1]"),),
            "It takes the last step, which is padding in a shorter row.",
            MASKS,
        ),
        (
            "one-step-late",
            ((TAKEN, "hs[np.arange(len(hs)), np.minimum(lengths, hs.shape[1] - 1)]"),),
            "It takes the step after the last valid one: steps are counted from 0.",
            MASKS,
        ),
        (
            "longest-for-all",
            ((TAKEN, "hs[:, lengths.max() - 1]"),),
            "It takes the last step of the longest row for all rows.",
            MASKS,
        ),
        (
            "shortest-for-all",
            ((TAKEN, "hs[:, lengths.min() - 1]"),),
            "It takes the last step of the shortest row for all rows.",
            MASKS,
        ),
        (
            "every-row-with-every-length",
            ((TAKEN, "hs[:, lengths - 1]"),),
            "hs[:, lengths − 1] takes every row at every length. Give the numbers of the rows "
            "as well.",
            MASKS,
        ),
        (
            "mean-of-valid-steps",
            (
                (
                    TAKEN,
                    "np.stack([h[:n].mean(axis=0) for h, n in zip(hs, lengths, strict=True)])",
                ),
            ),
            "It takes the mean of the valid steps; the last one is asked.",
            MASKS,
        ),
        (
            "first-step",
            ((TAKEN, "hs[:, 0]"),),
            "It takes the first step.",
            MASKS,
        ),
    ),
)

EQUAL = catalogue(
    "masked_equal_packed",
    (
        (
            "no-mask",
            ((MASKED, MASKED.replace(", mask=mask", "")),),
            "Keras is given no mask, and runs on over the padding.",
            PACKED,
        ),
        (
            "mask-inverted",
            ((MASK, MASK.replace("<", ">=")),),
            "The mask is inverted: True marks a step that counts.",
            PACKED,
        ),
        (
            "mask-one-step-long",
            ((MASK, MASK.replace("<", "<=")),),
            "The mask has a valid step too many in every row.",
            PACKED,
        ),
        (
            "masked-steps-zero",
            ((END, "return masked * mask[..., None], packed.detach().numpy()"),),
            "The outputs of Keras at padded steps are set to zero; Keras repeats the last one, and "
            "this is asked.",
            PACKED,
        ),
        (
            "not-packed",
            (
                ("hs, _ = keras_to_torch_lstm(weights)(batch)", ""),
                (
                    "packed, _ = pad_packed_sequence(hs, batch_first=True, total_length=T)",
                    "packed, _ = keras_to_torch_lstm(weights)(torch.from_numpy(x))",
                ),
            ),
            "torch is given the padded batch as it is, and runs on over the padding.",
            PACKED,
        ),
        (
            "cut-to-the-longest",
            ((", total_length=T", ""),),
            "The unpacked outputs end with the longest row. Ask pad_packed_sequence for all T "
            "steps: total_length.",
            PACKED,
        ),
        (
            "rows-left-sorted",
            (
                (
                    STEPS,
                    "sorted_first = np.argsort(-lengths)\n"
                    "    steps = torch.from_numpy(lengths[sorted_first])",
                ),
                ("torch.from_numpy(x), steps", "torch.from_numpy(x[sorted_first]), steps"),
            ),
            "The rows are sorted by length for packing, and not put back. Undo it, or let "
            "enforce_sorted=False do both.",
            PACKED,
        ),
        (
            "rows-have-to-be-sorted",
            ((", enforce_sorted=False", ""),),
            "It fails where the lengths do not fall. pack_padded_sequence sorts by itself with "
            "enforce_sorted=False.",
            PACKED,
        ),
        (
            "results-exchanged",
            ((END, "return packed.detach().numpy(), masked"),),
            "The two results are exchanged: that of Keras comes first.",
            PACKED,
        ),
    ),
)

MISTAKES: tuple[Mistake, ...] = (*PADDED, *LENGTHS, *LAST, *EQUAL)
