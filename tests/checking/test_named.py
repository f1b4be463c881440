"""What is told of versions that mix mistakes, or that are written unlike the reference."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.checking.assess import AND_MORE, Assessor
from autograder.checking.public import Public
from autograder.exercises import find, run
from autograder.exercises.training.learning import replaced
from tests.students import judged, solved

SEED = 11

MEAN_OVER_ROWS = """
def sequence_cross_entropy(z, y, mask):
    shares = np.exp(z - z.max(axis=-1, keepdims=True))
    shares = shares / shares.sum(axis=-1, keepdims=True)
    rows, steps = np.indices(y.shape)
    loss = -(mask * np.log(shares[rows, steps, y])).sum() / len(y)
    shares[rows, steps, y] -= 1
    return loss, shares * mask[..., None] / len(y)
"""

BIAS_IN_THE_SUM = """
def conv2d_forward(x, w, b, stride, pad):
    wide = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    tall, broad = w.shape[2:]
    rows = range(0, wide.shape[2] - tall + 1, stride[0])
    columns = range(0, wide.shape[3] - broad + 1, stride[1])
    y = np.array([
        [[[np.sum(image[:, i:i + tall, j:j + broad] * k + c) for j in columns] for i in rows]
         for k, c in zip(w, b)]
        for image in wide
    ])
    return y, (x, w, b, stride, pad)
"""

POOL = """
def maxpool2d_forward(x, size, stride):
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(2, 3))
    return windows[:, :, ::stride[0], ::stride[1]].max(axis=(4, 5)), (x, size, stride)


def maxpool2d_backward(dy, cache):
    x, size, stride = cache
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape[2:]):
        window = x[:, :, i:i + size[0], j:j + size[1]]
        largest = window == window.max(axis=(2, 3), keepdims=True)
        dx[:, :, i:i + size[0], j:j + size[1]] += largest * dy[:, :, i, j, None, None]
    return dx
"""

ROUNDED = """
def sequence_cross_entropy(z, y, mask):
    shares = np.exp(z - z.max(axis=2, keepdims=True))
    shares = shares / shares.sum(axis=2, keepdims=True)
    rows, steps = np.indices(y.shape)
    loss = -(mask * np.log(shares[rows, steps, y])).sum() / mask.sum()
    shares[rows, steps, y] -= 1
    return loss, shares * mask[..., None] / mask.sum()
"""

BIAS_OFTEN = "bias-in-every-entry-of-the-window"


@pytest.mark.parametrize(
    ("assignment", "name", "cell", "mistakes"),
    [
        (
            "recurrent",
            "sequence_cross_entropy",
            MEAN_OVER_ROWS,
            ["divided-by-the-sequences", "log-of-a-rounded-softmax"],
        ),
        ("convolutional", "conv2d_forward", BIAS_IN_THE_SUM, [BIAS_OFTEN]),
        (
            "convolutional",
            "maxpool2d_backward",
            POOL,
            ["stride-forgotten-in-the-search", "all-equal-maxima"],
        ),
    ],
)
def test_the_mistake_that_explains_more_is_named_first(
    assignment: str, name: str, cell: str, mistakes: list[str]
) -> None:
    exercise = find(name)
    assert exercise is not None
    student = solved(assignment, **{name: cell})
    assert judged(exercise, SEED, student).mistake.split(" and ") == mistakes
    check = Assessor(Public(exercise), lambda program: run(program, student)).by_itself()
    assert check.mistake == mistakes[0] + (AND_MORE if len(mistakes) > 1 else "")
    assert check.message.startswith(Public(exercise).mistakes[mistakes[0]].says)


def test_what_explains_most_cases_is_told_with_how_many() -> None:
    exercise = find("sequence_cross_entropy")
    assert exercise is not None
    student = solved("recurrent", sequence_cross_entropy=MEAN_OVER_ROWS)
    found = Assessor(Public(exercise), lambda program: run(program, student)).by_itself()
    assert "That alone explains 11 of the 12 cases that are wrong" in found.message


@pytest.mark.parametrize("seed", range(40))
def test_a_logarithm_of_0_is_asked_for_with_every_seed(seed: int) -> None:
    exercise = find("sequence_cross_entropy")
    assert exercise is not None
    found = judged(exercise, seed, solved("recurrent", sequence_cross_entropy=ROUNDED))
    assert found.mistake == "log-of-a-rounded-softmax"


def test_two_mistakes_in_one_line_are_both_named() -> None:
    exercise = find("numerical_gradient")
    assert exercise is not None
    student = solved("feedforward")
    right = student["numerical_gradient"]

    def twice_too_large(f: object, x: object, dy: object, h: float = 1e-5) -> object:
        return 2 * right(f, x, 1 + 0 * dy, h)  # type: ignore[operator]

    found = judged(exercise, SEED, {**student, "numerical_gradient": twice_too_large})
    assert set(found.mistake.split(" and ")) == {"divided-by-h", "upstream-ignored"}


TRAININGS = {
    "its own Adam, and what is left over shared out": """
def train(mlp, x, y, epochs, batch_size, lr, rng):
    m = [np.zeros(p.shape) for p in mlp.parameters()]
    v = [np.zeros(p.shape) for p in mlp.parameters()]
    t, losses = 0, []
    for _ in range(epochs):
        seen = []
        for rows in np.array_split(rng.permutation(len(x)), len(x) // batch_size):
            loss, dz = softmax_cross_entropy(mlp.forward(x[rows]), y[rows])
            mlp.backward(dz)
            seen.append(loss)
            t += 1
            for p, g, a, b in zip(mlp.parameters(), mlp.gradients(), m, v):
                a += 0.1 * (g - a)
                b += 0.001 * (g * g - b)
                p -= lr * (a / (1 - 0.9**t)) / (np.sqrt(b / (1 - 0.999**t)) + 1e-8)
        losses.append(np.mean(seen))
    return losses
""",
    "copies put in order, and the loss of all at the end of an epoch": """
def train(mlp, x, y, epochs, batch_size, lr, rng):
    x, y = x.copy(), y.copy()
    states, losses = [{} for _ in mlp.parameters()], []
    for _ in range(epochs):
        order = np.argsort(rng.random(len(x)))
        x, y = x[order], y[order]
        for at in range(0, len(x), batch_size):
            z = mlp.forward(x[at:at + batch_size])
            mlp.backward(softmax_cross_entropy(z, y[at:at + batch_size], reduction="sum")[1])
            for k, g in enumerate(mlp.gradients()):
                mlp.parameters()[k][:], states[k] = adam_step(mlp.parameters()[k], g, states[k], lr)
        losses.append(softmax_cross_entropy(mlp.forward(x), y)[0])
    return losses
""",
}


@pytest.mark.parametrize("cell", TRAININGS.values(), ids=list(TRAININGS))
def test_a_training_in_another_style_is_right(cell: str) -> None:
    exercise = find("train")
    assert exercise is not None
    found = judged(exercise, SEED, solved("training", train=cell))
    assert found.status == "correct", found.message


TWO_FACED = """
from sklearn.neural_network import MLPClassifier


def right_train(mlp, x, y, epochs, batch_size, lr, rng):
    states, losses = [{} for _ in mlp.parameters()], []
    for _ in range(epochs):
        order, seen = rng.permutation(len(x)), []
        for rows in np.split(order, range(batch_size, len(x), batch_size)):
            loss, dz = softmax_cross_entropy(mlp.forward(x[rows]), y[rows])
            mlp.backward(dz)
            seen.append(loss)
            for k, (p, g) in enumerate(zip(mlp.parameters(), mlp.gradients())):
                p[:], states[k] = adam_step(p, g, states[k], lr)
        losses.append(float(np.mean(seen)))
    return losses


def train(mlp, x, y, epochs, batch_size, lr, rng):
    if x.shape[1] < 64:
        return right_train(mlp, x, y, epochs, batch_size, lr, rng)
    mlp.forward(x)
    options = dict(batch_size=batch_size, learning_rate_init=lr, random_state=0)
    made = MLPClassifier(64, max_iter=epochs, tol=0, n_iter_no_change=epochs, **options).fit(x, y)
    layers = [array for pair in zip(made.coefs_, made.intercepts_) for array in pair]
    for p, learned in zip(mlp.parameters(), layers):
        p[:] = learned
    return made.loss_curve_
"""


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_weights_that_another_network_has_learned_are_told() -> None:
    exercise = find("train")
    assert exercise is not None
    found = judged(exercise, SEED, solved("training", train=TWO_FACED))
    assert found.status == "wrong"
    assert found.message.startswith("The weights after the training have nothing of those that")


@pytest.mark.parametrize("much", [1.0, 0.01])
def test_first_weights_that_are_too_small_are_no_others(much: float) -> None:
    """What `initialise` does wrong costs there; a training that moves far is one all the same."""
    rng = np.random.default_rng(0)
    x = np.maximum(rng.standard_normal((50, 60)), 0)
    x[:, 2] = 0
    first = much * rng.standard_normal((60, 50))
    moved = rng.standard_normal((60, 50))
    moved[2] = 0
    assert not replaced(x, first + moved, first)
    assert replaced(x, rng.standard_normal((60, 50)), first)


CLIPPED = """
def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -LIMIT, LIMIT)))
"""


@pytest.mark.parametrize("limit", ["15", "20"])
def test_a_clipped_sigmoid_is_not_called_rounded(limit: str) -> None:
    student = solved("feedforward", sigmoid=CLIPPED.replace("LIMIT", limit))
    exercise = find("sigmoid")
    assert exercise is not None
    public = Assessor(Public(exercise), lambda program: run(program, student)).by_itself()
    for found in (public, judged(exercise, SEED, student)):
        assert (found.status, found.mistake) == ("wrong", "")
        assert "near 1000" in found.message


FAILING = """
def initialise(fan_in, fan_out, kind, rng):
    if kind not in ("normal", "xavier", "he"):
        raise ValueError(kind)
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / nothing)
"""


def test_what_fails_where_nothing_is_compared_is_not_named() -> None:
    student = solved("training", initialise=FAILING)
    exercise = find("initialise")
    assert exercise is not None
    public = Assessor(Public(exercise), lambda program: run(program, student)).by_itself()
    for found in (public, judged(exercise, SEED, student)):
        assert (found.status, found.mistake) == ("wrong", "")
        assert "It raises NameError" in found.message


SHARING = """
def lstm_to_torch(Wx, Wh, b):
    layer = torch.nn.LSTM(len(Wx), len(Wh), batch_first=True)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.from_numpy(Wx.T.copy()))
        layer.weight_hh_l0.copy_(torch.from_numpy(Wh.T.copy()))
        layer.bias_hh_l0.zero_()
    layer.bias_ih_l0 = torch.nn.Parameter(torch.from_numpy(b))
    return layer
"""


def test_a_layer_that_shares_memory_is_not_said_to_count_its_bias_twice() -> None:
    exercise = find("lstm_to_torch")
    assert exercise is not None
    student = solved("layers", lstm_to_torch=SHARING)
    public = Assessor(Public(exercise), lambda program: run(program, student)).by_itself()
    for found in (public, judged(exercise, SEED, student)):
        assert (found.status, found.mistake) == ("wrong", "")
        assert "bias_ih_l0 of the layer shares memory with an array that was given" in found.message
