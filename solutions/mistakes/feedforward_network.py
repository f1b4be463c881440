"""Mistakes in `initialise` and `MLP`."""

from __future__ import annotations

from autograder.grader.catalogue import Mistake, catalogue
from solutions.mistakes.feedforward_sections import BACKPROPAGATION, INITIALISATION, SHAPES

DRAW = "W: np.ndarray = np.sqrt(variances[kind]) * rng.standard_normal((fan_in, fan_out))"
TABLE = 'variances = {"normal": 1e-4, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}'
REFUSE = (
    "if kind not in variances:\n"
    """        raise ValueError(f"kind is one of {', '.join(variances)}, not {kind!r}")\n"""
)

WEIGHTS = (
    (
        "std-instead-of-variance",
        ((DRAW, DRAW.replace("np.sqrt(variances[kind])", "variances[kind]")),),
        "The variance is used as the standard deviation: a root is missing.",
    ),
    (
        "uniform-between-plus-and-minus-std",
        (
            (
                DRAW,
                "s = np.sqrt(variances[kind])\n"
                "    W: np.ndarray = rng.uniform(-s, s, (fan_in, fan_out))",
            ),
        ),
        "The weights are uniform between ± the standard deviation, so that their variance is a "
        "third of what is asked for.",
    ),
    (
        "half-the-variance",
        ((TABLE, TABLE.replace("2 / fan_in", "1 / fan_in")),),
        'The variance of "he" is half of what is asked for: the rectifier drops half of the '
        "signal, and the 2 makes up for it.",
    ),
    (
        "fan-out-instead-of-fan-in",
        ((TABLE, TABLE.replace('"he": 2 / fan_in', '"he": 2 / fan_out')),),
        'The variance of "he" is counted by the outputs; it is the inputs that are added up.',
    ),
    (
        "one-fan-instead-of-two",
        ((TABLE, TABLE.replace("2 / (fan_in + fan_out)", "1 / fan_in")),),
        'The variance of "xavier" is counted by the inputs alone; it is a compromise between '
        "inputs and outputs.",
    ),
    (
        "std-of-one-tenth",
        ((TABLE, TABLE.replace("1e-4", "1e-2")),),
        'The standard deviation of "normal" is 0.1; it should be 0.01.',
    ),
    (
        "std-of-one",
        ((DRAW, "W: np.ndarray = rng.standard_normal((fan_in, fan_out))"),),
        "The variance is 1 for every kind: the weights are not scaled.",
    ),
    (
        "xavier-for-he",
        ((TABLE, TABLE.replace('"he": 2 / fan_in', '"he": 2 / (fan_in + fan_out)')),),
        'The variance of "he" is that of "xavier".',
    ),
    (
        "mean-not-zero",
        (
            (
                DRAW,
                "s = np.sqrt(12 * variances[kind])\n"
                "    W: np.ndarray = rng.uniform(0, s, (fan_in, fan_out))",
            ),
        ),
        "All weights are positive: their mean is not 0.",
    ),
    (
        "all-zero",
        ((DRAW, "W = np.zeros((fan_in, fan_out))"),),
        "All weights are 0, so that all units of a layer stay alike for ever.",
    ),
    (
        "rows-alike",
        (
            (
                DRAW,
                "one = np.sqrt(variances[kind]) * rng.standard_normal(fan_out)\n"
                "    W = np.tile(one, (fan_in, 1))",
            ),
        ),
        "All rows are the same numbers: fan_out are drawn where fan_in · fan_out are wanted.",
    ),
    (
        "not-from-rng",
        ((DRAW, DRAW.replace("rng.standard_normal(", "np.random.default_rng().standard_normal(")),),
        "The numbers do not come from rng, so that the same seed gives other weights each time.",
    ),
    (
        "generator-made-anew",
        ((DRAW, DRAW.replace("rng.", "np.random.default_rng(0).")),),
        "Every call makes a generator of its own with a fixed seed, so that two layers of the same "
        "size get the same weights.",
    ),
    (
        "unknown-kind-taken",
        (
            (REFUSE, "if False:\n        pass\n"),
            (DRAW, DRAW.replace("variances[kind]", "variances.get(kind, 1.0)")),
        ),
        "A kind that there is not is taken without a word. Raise a ValueError.",
    ),
    (
        "single-precision",
        ((DRAW, f'{DRAW}\n    W = W.astype("float32")'),),
        "The weights are float32; float64 is wanted.",
    ),
)

WEIGHT_SHAPES = (
    (
        "shape-transposed",
        ((DRAW, DRAW.replace("(fan_in, fan_out))", "(fan_out, fan_in))")),),
        "W has the shape (outputs, inputs), as torch stores it; the course has (inputs, outputs).",
    ),
    (
        "bias-included",
        ((DRAW, DRAW.replace("(fan_in, fan_out))", "(fan_in + 1, fan_out))")),),
        "W has one row too many: the bias is an array of its own.",
    ),
)

FORWARD = (
    "            if k > 0:\n"
    "                y, cache = relu_forward(y)\n"
    "                self._relu.append(cache)\n"
)
BACK = "            if layer > 0:\n                dy = relu_backward(dy, self._relu[layer - 1])\n"
KEEP = "self._gradients[2 * layer : 2 * layer + 2] = [dW, db]"
START = "self._parameters += [W, np.zeros(fan_out)]"
LAST = "        return y\n"
OWN = "        return self._parameters\n"
GIVEN = "        return self._gradients\n"
KIND = 'initialise(fan_in, fan_out, "he", rng)'
RESET = "self._affine, self._relu = [], []"

LAYERS = (
    (
        "no-activation",
        ((FORWARD, ""), (BACK, "")),
        "There is no rectifier between the maps, and a chain of affine maps is one affine map.",
    ),
    (
        "activation-after-the-last-layer",
        (
            (LAST, "        y, self._last = relu_forward(y)\n        return y\n"),
            ("        dy = dz\n", "        dy = relu_backward(dz, self._last)\n"),
        ),
        "There is a rectifier after the last map too, so that no logit is negative.",
    ),
    (
        "tanh-between-the-layers",
        (
            (FORWARD, FORWARD.replace("relu_forward", "tanh_forward")),
            (BACK, BACK.replace("relu_backward", "tanh_backward")),
        ),
        "A tanh is between the maps; a rectifier is asked for.",
    ),
    (
        "activation-of-the-input",
        (
            (FORWARD, FORWARD.replace("if k > 0:", "if True:")),
            (BACK, "            dy = relu_backward(dy, self._relu[layer])\n"),
        ),
        "The input goes through a rectifier before the first map.",
    ),
    (
        "softmax-at-the-end",
        (
            (
                LAST,
                "        e = np.exp(y - y.max(axis=1, keepdims=True))\n"
                "        return e / e.sum(axis=1, keepdims=True)\n",
            ),
        ),
        "The result of forward adds up to 1 in each row: it is a softmax. The logits are wanted, "
        "for the loss takes the softmax itself.",
    ),
    (
        "cache-returned-too",
        ((LAST, "        return y, self._affine\n"),),
        "forward returns the caches as well. It returns z alone; the caches stay in the object.",
    ),
    (
        "biases-not-used",
        (("affine_forward(y, W, b)", "affine_forward(y, W, 0 * b)"),),
        "The biases are not used in the forward pass.",
    ),
)

PASSES = (
    (
        "backward-without-activation",
        ((BACK, ""),),
        "The backward pass goes by the rectifiers.",
    ),
    (
        "wrong-cache-for-the-activation",
        ((BACK, BACK.replace("layer - 1", "-1")),),
        "Every rectifier gets the cache of the last one on the way back.",
    ),
    (
        "layers-in-forward-order",
        (("reversed(range(len(self._affine)))", "range(len(self._affine))"),),
        "The backward pass takes the layers from the first to the last.",
    ),
    (
        "gradients-not-zeroed",
        (
            (
                KEEP,
                "self._gradients[2 * layer] = self._gradients[2 * layer] + dW\n"
                "            self._gradients[2 * layer + 1] = self._gradients[2 * layer + 1] + db",
            ),
        ),
        "The gradients of several backward passes add up. gradients() holds those of the last "
        "one alone.",
    ),
    (
        "gradients-averaged-over-the-batch",
        ((KEEP, KEEP.replace("[dW, db]", "[dW / len(dz), db / len(dz)]")),),
        "The gradients are divided by N. The loss has done that, if it is a mean.",
    ),
    (
        "gradients-in-backward-order",
        ((GIVEN, "        return self._gradients[::-1]\n"),),
        "gradients() lists the last layer first. It has the order of parameters().",
    ),
    (
        "bias-gradients-first",
        ((KEEP, "self._gradients[2 * layer : 2 * layer + 2] = [db, dW]"),),
        "gradients() has the bias before the weights of each layer; parameters() has W first.",
    ),
    (
        "dx-not-returned",
        (("        return dy\n", "        return None\n"),),
        "backward returns None; the gradient of the inputs is wanted.",
    ),
    (
        "dz-returned",
        (("        return dy\n", "        return dz\n"),),
        "backward returns the gradient that it was given; that of the inputs is wanted.",
    ),
    (
        "caches-of-the-first-batch",
        (
            (RESET, "self._affine, self._relu = self._affine[:0], self._relu"),
            (BACK, BACK.replace("[layer - 1]", "[layer - 1][: len(dz)]")),
        ),
        "The rectifiers go back with the masks of an earlier batch: caches of old forward passes "
        "are kept.",
    ),
    (
        "caches-used-up",
        (("self._affine[layer])", "self._affine.pop())"),),
        "A second backward pass after the same forward pass fails: the caches are taken away as "
        "they are used.",
    ),
)

PARAMETERS = (
    (
        "parameters-copied",
        ((OWN, "        return [p.copy() for p in self._parameters]\n"),),
        "parameters() returns copies: what is written into them does not reach the network, so "
        "that nothing can be learned.",
    ),
    (
        "parameters-as-pairs",
        (
            (
                OWN,
                "        p = self._parameters\n"
                "        return list(zip(p[::2], p[1::2], strict=True))\n",
            ),
        ),
        "parameters() is a list of pairs; a flat list [W1, b1, W2, b2, …] is wanted.",
    ),
    (
        "weights-before-biases",
        ((OWN, "        return self._parameters[::2] + self._parameters[1::2]\n"),),
        "parameters() has all weights first and then all biases; each W is followed by its b.",
    ),
    (
        "parameters-in-a-dict",
        ((OWN, "        return dict(enumerate(self._parameters))\n"),),
        "parameters() returns a dict; a list is wanted.",
    ),
    (
        "biases-as-rows",
        ((START, START.replace("np.zeros(fan_out)", "np.zeros((1, fan_out))")),),
        "The biases have the shape (1, M) in place of (M,).",
    ),
    (
        "biases-missing",
        (
            (START, "self._parameters += [W]"),
            ("W, b = self._parameters[k : k + 2]", "W, b = self._parameters[k // 2], 0.0"),
            ("range(0, len(self._parameters), 2)", "range(0, 2 * len(self._parameters), 2)"),
        ),
        "There are no biases among the parameters.",
    ),
)

FIRST = (
    (
        "biases-not-zero",
        ((START, START.replace("np.zeros(fan_out)", "np.ones(fan_out)")),),
        "The biases of a new network are not 0.",
    ),
    (
        "weights-not-from-rng",
        ((KIND, KIND.replace("rng)", "np.random.default_rng())")),),
        "The first weights do not come from rng.",
    ),
    (
        "weights-not-he",
        ((KIND, KIND.replace('"he"', '"xavier"')),),
        'The first weights have not the variance of "he".',
    ),
)

MISTAKES: tuple[Mistake, ...] = (
    *catalogue("initialise", ((*row, INITIALISATION) for row in WEIGHTS)),
    *catalogue("initialise", ((*row, SHAPES) for row in WEIGHT_SHAPES)),
    *catalogue("MLP", ((*row, BACKPROPAGATION) for row in (*LAYERS, *PASSES))),
    *catalogue("MLP", ((*row, SHAPES) for row in PARAMETERS)),
    *catalogue("MLP", ((*row, INITIALISATION) for row in FIRST)),
)
