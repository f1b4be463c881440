"""Mistakes in `KerasCudnnLSTM`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.layers_sections import KERAS_LAYER

ASKED = "use, self.reasons = self.pick(mask, self.device)"
MASK = 'config["mask"] = None if mask is None else keras.ops.convert_to_numpy(mask)'
GATES = "i, f, g, o = keras.ops.split(a, 4, axis=1)"
HELD = "            if mask is not None:\n"
OUTPUT = "outputs.append(states[0])"

MISTAKES: tuple[Mistake, ...] = catalogue(
    "KerasCudnnLSTM",
    (
        (
            "mask-not-asked",
            ((MASK, 'config["mask"] = None'),),
            "What is picked does not depend on the mask. A mask with a hole, or a row without a "
            "valid step, is in the way of cuDNN.",
            KERAS_LAYER,
        ),
        (
            "activation-not-asked",
            (('config |= {"activation": self.activation,', 'config |= {"activation": "tanh",'),),
            "What is picked does not depend on the activation; cuDNN knows tanh alone.",
            KERAS_LAYER,
        ),
        (
            "device-not-asked",
            (('config | {"device": device}', 'config | {"device": "cuda"}'),),
            "What is picked does not depend on the device that pick is given; cuDNN runs on CUDA "
            "alone.",
            KERAS_LAYER,
        ),
        (
            "own-device-for-the-given",
            (('config | {"device": device}', 'config | {"device": self.device}'),),
            "pick looks at the layer's own device and not at the one that it is given.",
            KERAS_LAYER,
        ),
        (
            "no-reason-given",
            ((ASKED, "use, _ = self.pick(mask, self.device)"),),
            "After a call `reasons` is empty, although cuDNN did not run. Keep what pick has said.",
            KERAS_LAYER,
        ),
        (
            "mask-ignored",
            ((HELD, "            if mask is not None and not self.ran:\n"),),
            "In the loop the mask is ignored.",
            KERAS_LAYER,
        ),
        (
            "masked-output-zero",
            (
                (
                    OUTPUT,
                    "outputs.append(\n"
                    "                states[0] if mask is None else keras.ops.where("
                    "valid, states[0], 0.0)\n"
                    "            )",
                ),
            ),
            "A masked step gives zeros, as a packed batch does in torch. In Keras the last output "
            "is repeated.",
            KERAS_LAYER,
        ),
        (
            "relu-forgotten-in-the-cell",
            (("keras.activations.get(self.activation)", 'keras.activations.get("tanh")'),),
            "The cell computes tanh whatever the activation is.",
            KERAS_LAYER,
        ),
        (
            "gates-reordered",
            ((GATES, "i, f, o, g = keras.ops.split(a, 4, axis=1)"),),
            "The cell takes the gates in the order i, f, o, c; Keras has i, f, c, o.",
            KERAS_LAYER,
        ),
        (
            "bias-missing",
            ((" + cell.bias", ""),),
            "The cell adds no bias.",
            KERAS_LAYER,
        ),
        (
            "last-output-alone",
            (("return keras.ops.stack(outputs, axis=1)", "return outputs[-1]"),),
            "Only the last output is returned; the outputs at all steps are wanted.",
            KERAS_LAYER,
        ),
        (
            "time-first",
            (("keras.ops.stack(outputs, axis=1)", "keras.ops.stack(outputs, axis=0)"),),
            "The outputs have time as their first axis; the batch is first.",
            KERAS_LAYER,
        ),
    ),
)
