"""Mistakes in `lenet_to_keras`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import LENET

W1 = "w1 = w1.transpose(2, 3, 1, 0)"
W2 = "w2 = w2.transpose(2, 3, 1, 0)"
W3 = "w3 = by_channel.transpose(2, 3, 1, 0).reshape(64, 120)"
SET = "model.set_weights([w1, b1, w2, b2, w3, b3, w4.T, b4, w5.T, b5])"
CONV1 = 'keras.layers.Conv2D(6, 3, padding="same", activation="relu")'
CONV2 = 'keras.layers.Conv2D(16, 3, padding="same", activation="relu")'
FC1 = 'keras.layers.Dense(120, activation="relu")'
FC2 = 'keras.layers.Dense(84, activation="relu")'
FC3 = "keras.layers.Dense(10)"
POOLS = (
    f"{CONV1},\n            keras.layers.MaxPooling2D(2)",
    f"{CONV2},\n            keras.layers.MaxPooling2D(2)",
)


def replaced(*pairs: tuple[str, str]) -> Edits:
    """The pairs as edits."""
    return pairs


MISTAKES: tuple[Mistake, ...] = catalogue(
    "lenet_to_keras",
    (
        (
            "flattening-not-permuted",
            replaced((W3, "w3 = w3.T")),
            "The weights of fc1 are transposed and no more. Keras flattens (H, W, C) and torch "
            "(C, H, W): the rows of fc1 have to be put into the other order.",
            LENET,
        ),
        (
            "flattening-with-width-first",
            replaced((W3, W3.replace("(2, 3, 1, 0)", "(3, 2, 1, 0)"))),
            "The rows of fc1 are put into the order (W, H, C); Keras flattens (H, W, C).",
            LENET,
        ),
        (
            "kernels-transposed",
            replaced(
                (W1, W1.replace("(2, 3", "(3, 2")),
                (W2, W2.replace("(2, 3", "(3, 2")),
            ),
            "Rows and columns of the kernels are exchanged: the axes of w are reversed. Keras "
            "wants (KH, KW, C, F).",
            LENET,
        ),
        (
            "kernels-flipped",
            replaced((W1, f"{W1}[::-1, ::-1]"), (W2, f"{W2}[::-1, ::-1]")),
            "The kernels are turned round. Keras cross-correlates, as torch does.",
            LENET,
        ),
        (
            "kernels-reshaped",
            replaced((W1, "w1 = w1.reshape(3, 3, 1, 6)"), (W2, "w2 = w2.reshape(3, 3, 6, 16)")),
            "The kernels are reshaped to (KH, KW, C, F); a reshape moves no axis. Transpose them.",
            LENET,
        ),
        (
            "affine-weights-reshaped",
            replaced((SET, SET.replace("w4.T", "w4.reshape(120, 84)"))),
            "The weights of fc2 are reshaped to (inputs, outputs); a reshape moves no axis. "
            "Transpose them.",
            LENET,
        ),
        (
            "weights-do-not-fit",
            replaced((SET, SET.replace("w4.T", "w4"))),
            "The weights do not fit the layers. Keras has kernels as (KH, KW, C, F) and affine "
            "weights as (inputs, outputs), and pads a convolution only if it is told to.",
            LENET,
        ),
        (
            "biases-of-convolutions-lost",
            replaced((SET, SET.replace("b1", "0 * b1").replace("b2", "0 * b2"))),
            "The biases of the convolutions are not copied.",
            LENET,
        ),
        (
            "biases-of-affine-layers-lost",
            replaced(
                (SET, SET.replace("b3", "0 * b3").replace("b4", "0 * b4").replace("b5", "0 * b5"))
            ),
            "The biases of the affine layers are not copied.",
            LENET,
        ),
        (
            "no-relu-after-convolutions",
            replaced(
                (CONV1, CONV1.replace(', activation="relu"', "")),
                (CONV2, CONV2.replace(', activation="relu"', "")),
            ),
            "The convolutions have no activation; LeNet has a ReLU after each.",
            LENET,
        ),
        (
            "no-relu-after-affine-layers",
            replaced(
                (FC1, FC1.replace(', activation="relu"', "")),
                (FC2, FC2.replace(', activation="relu"', "")),
            ),
            "The affine layers have no activation; LeNet has a ReLU after fc1 and fc2.",
            LENET,
        ),
        (
            "tanh-for-relu",
            replaced(*((line, line.replace("relu", "tanh")) for line in (CONV1, CONV2, FC1, FC2))),
            "The activation is the tanh; it is the ReLU in LeNet.",
            LENET,
        ),
        (
            "softmax-on-logits",
            replaced((FC3, 'keras.layers.Dense(10, activation="softmax")')),
            "The last layer applies the softmax; logits are wanted.",
            LENET,
        ),
        (
            "relu-on-logits",
            replaced((FC3, 'keras.layers.Dense(10, activation="relu")')),
            "The last layer applies a ReLU; it has no activation.",
            LENET,
        ),
        (
            "average-pools",
            replaced(*((pool, pool.replace("MaxPooling", "AveragePooling")) for pool in POOLS)),
            "The pools take the mean; LeNet takes the maximum.",
            LENET,
        ),
        (
            "weights-for-a-model",
            replaced(("return model", "return model.get_weights()")),
            "The weights are returned; return the model.",
            LENET,
        ),
        (
            "network-changed",
            replaced((SET, f"{SET}\n    lenet.fc1.weight.data.zero_()")),
            "The network that was passed in is changed; it is to be read only.",
            LENET,
        ),
    ),
)
