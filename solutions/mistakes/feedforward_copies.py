"""Mistakes in `mlp_to_torch` and `mlp_to_keras`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import FRAMEWORKS

WEIGHT = "linear.weight.copy_(torch.tensor(W.T))"
BIAS = "linear.bias.copy_(torch.tensor(b))"
LINEAR = "linear = torch.nn.Linear(*W.shape)"
LAYERS = "layers += [linear, torch.nn.ReLU()]"
END = "return torch.nn.Sequential(*layers[:-1])"

TORCH = (
    (
        "weights-not-transposed",
        ((WEIGHT, WEIGHT.replace("W.T", "W")),),
        "The weights are copied as they are; torch stores them as (outputs, inputs).",
    ),
    (
        "weights-reshaped",
        ((WEIGHT, WEIGHT.replace("W.T", "W.reshape(W.T.shape)")),),
        "The weights are brought into torch's shape by reshape, which puts the numbers in other "
        "places. They have to be transposed.",
    ),
    ("weights-not-copied", ((WEIGHT, "W"),), "The weights of the copy are torch's own first ones."),
    ("biases-not-copied", ((BIAS, "b"),), "The biases of the copy are torch's own first ones."),
    (
        "biases-missing",
        ((LINEAR, LINEAR.replace("*W.shape", "*W.shape, bias=False")), (BIAS, "b")),
        "The layers of the copy have no bias.",
    ),
    (
        "biases-zero",
        ((BIAS, "linear.bias.zero_()"),),
        "The biases of the copy are 0.",
    ),
    (
        "no-activation",
        ((LAYERS, "layers += [linear]"), (END, "return torch.nn.Sequential(*layers)")),
        "There is no rectifier between the layers of the copy.",
    ),
    (
        "activation-after-the-last-layer",
        ((END, "return torch.nn.Sequential(*layers)"),),
        "There is a rectifier after the last layer of the copy.",
    ),
    (
        "softmax-at-the-end",
        ((END, "return torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(dim=1))"),),
        "The copy ends with a softmax; the logits are wanted.",
    ),
    (
        "tanh-for-the-rectifier",
        ((LAYERS, LAYERS.replace("ReLU", "Tanh")),),
        "The copy has a tanh where the network has a rectifier.",
    ),
    (
        "sigmoid-for-the-rectifier",
        ((LAYERS, LAYERS.replace("ReLU", "Sigmoid")),),
        "The copy has a sigmoid where the network has a rectifier.",
    ),
    (
        "leaky-rectifier",
        ((LAYERS, LAYERS.replace("ReLU", "LeakyReLU")),),
        "The rectifier of the copy lets a hundredth of negative numbers through.",
    ),
    (
        "frozen",
        ((END, f"{END}.requires_grad_(False)"),),
        "The copy cannot be trained: its parameters do not require a gradient.",
    ),
    (
        "biases-frozen",
        ((BIAS, f"{BIAS}\n            linear.bias.requires_grad_(False)"),),
        "The biases of the copy cannot be trained.",
    ),
    (
        "double-precision",
        ((END, f"{END}.double()"),),
        "The copy is float64; a float32 one is wanted.",
    ),
    (
        "layers-in-reverse",
        ((END, "return torch.nn.Sequential(*reversed(layers[:-1]))"),),
        "The layers of the copy are in reverse order.",
    ),
    (
        "read-when-called",
        (
            (
                END,
                "class Late(torch.nn.Module):\n"
                "        def __init__(self):\n"
                "            super().__init__()\n"
                "            self.layers = torch.nn.Sequential(*layers[:-1])\n\n"
                "        def forward(self, x):\n"
                "            with torch.no_grad():\n"
                "                for k, p in enumerate(self.layers.parameters()):\n"
                "                    p.copy_(torch.tensor(mlp.parameters()[k].T))\n"
                "            return self.layers(x)\n\n"
                "    return Late()",
            ),
        ),
        "The copy follows the network when that is trained further: its parameters are read at "
        "every call. A copy is made once.",
    ),
    (
        "detached",
        (
            (
                END,
                "class Cut(torch.nn.Sequential):\n"
                "        def forward(self, x):\n"
                "            return super().forward(x).detach()\n\n"
                "    return Cut(*layers[:-1])",
            ),
        ),
        "The logits of the copy are detached: no gradient can be computed.",
    ),
    (
        "original-emptied",
        ((END, f"for p in parameters:\n        p[...] = 0\n    {END}"),),
        "The parameters of the network itself are changed.",
    ),
    (
        "function-returned",
        ((END, "return torch.nn.Sequential(*layers[:-1]).forward"),),
        "A function is returned; a torch.nn.Module is wanted.",
    ),
)

DENSE = 'layers += [keras.layers.Dense(b.size, activation="relu") for b in biases[:-1]]'
LAST = "layers += [keras.layers.Dense(biases[-1].size)]"
INPUT = "layers = [keras.Input(parameters[0].shape[:1])]"
MODEL = "model = keras.Sequential(layers)"
SET = "model.set_weights(parameters)"
RETURN = "return model"

KERAS = (
    ("weights-not-copied", ((SET, "0"),), "The weights of the copy are Keras' own first ones."),
    (
        "weights-transposed",
        ((SET, "model.set_weights([p.T.reshape(p.shape) for p in parameters])"),),
        "The weights are transposed on the way. Keras stores them as the course does.",
    ),
    (
        "biases-zero",
        ((SET, "model.set_weights([p if p.ndim == 2 else 0 * p for p in parameters])"),),
        "The biases of the copy are 0.",
    ),
    (
        "biases-missing",
        (
            (DENSE, DENSE.replace("b.size, ", "b.size, use_bias=False, ")),
            (LAST, LAST.replace(".size)", ".size, use_bias=False)")),
            (SET, "model.set_weights(parameters[::2])"),
        ),
        "The layers of the copy have no bias.",
    ),
    (
        "no-activation",
        ((DENSE, DENSE.replace(', activation="relu"', "")),),
        "There is no rectifier between the layers of the copy.",
    ),
    (
        "activation-after-the-last-layer",
        ((LAST, LAST.replace(".size)", '.size, activation="relu")')),),
        "There is a rectifier after the last layer of the copy.",
    ),
    (
        "softmax-at-the-end",
        ((LAST, LAST.replace(".size)", '.size, activation="softmax")')),),
        "The copy ends with a softmax; the logits are wanted.",
    ),
    (
        "tanh-for-the-rectifier",
        ((DENSE, DENSE.replace("relu", "tanh")),),
        "The copy has a tanh where the network has a rectifier.",
    ),
    (
        "sigmoid-for-the-rectifier",
        ((DENSE, DENSE.replace("relu", "sigmoid")),),
        "The copy has a sigmoid where the network has a rectifier.",
    ),
    (
        "leaky-rectifier",
        ((DENSE, DENSE.replace("relu", "leaky_relu")),),
        "The rectifier of the copy lets a part of negative numbers through.",
    ),
    (
        "frozen",
        ((RETURN, "model.trainable = False\n    return model"),),
        "The copy cannot be trained: its layers are frozen.",
    ),
    (
        "first-layer-frozen",
        ((RETURN, "model.layers[0].trainable = False\n    return model"),),
        "The first layer of the copy cannot be trained.",
    ),
    (
        "double-precision",
        (
            (INPUT, 'layers = [keras.Input(parameters[0].shape[:1], dtype="float64")]'),
            (DENSE, DENSE.replace("b.size, ", 'b.size, dtype="float64", ')),
            (LAST, LAST.replace(".size)", '.size, dtype="float64")')),
        ),
        "The copy is float64; a float32 one is wanted.",
    ),
    (
        "not-built",
        ((INPUT, "layers = []"), (SET, "0")),
        "The model is not built, so that it has no weights yet: tell it the size of its input.",
    ),
    (
        "dropout-added",
        (
            (
                LAST,
                f"layers += [keras.layers.Rescaling(0.5)]\n    {LAST}",
            ),
        ),
        "Something halves the numbers before the last layer of the copy.",
    ),
    (
        "original-emptied",
        ((SET, f"{SET}\n    for p in parameters:\n        p[...] = 0"),),
        "The parameters of the network itself are changed.",
    ),
    (
        "function-returned",
        ((RETURN, "return model.call"),),
        "A function is returned; a keras.Model is wanted.",
    ),
    (
        "read-when-called",
        (
            (
                RETURN,
                "class Late(keras.Sequential):\n"
                "        def call(self, *args, **kwargs):\n"
                "            self.set_weights(mlp.parameters())\n"
                "            return super().call(*args, **kwargs)\n\n"
                "    model = Late(layers)\n"
                "    return model",
            ),
        ),
        "The copy follows the network when that is trained further: its parameters are read at "
        "every call. A copy is made once.",
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("mlp_to_torch", ((*row, FRAMEWORKS) for row in TORCH)),
    *catalogue("mlp_to_keras", ((*row, FRAMEWORKS) for row in KERAS)),
)
