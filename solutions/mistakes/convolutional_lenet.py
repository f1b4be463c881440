"""Mistakes in `LeNet`."""

from __future__ import annotations

from autograder.grader.catalogue import Edits, Mistake, catalogue
from solutions.mistakes.convolutional_sections import LENET

ONE = "x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)"
TWO = "x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)"
FLAT = "x = torch.flatten(x, 1)"
FC1 = "x = torch.relu(self.fc1(x))"
FC2 = "x = torch.relu(self.fc2(x))"
LOGITS = "logits: torch.Tensor = self.fc3(x)"
CONV1 = "self.conv1 = torch.nn.Conv2d(1, 6, 3, padding=1)"
CONV2 = "self.conv2 = torch.nn.Conv2d(6, 16, 3, padding=1)"
HEAD = "self.fc3 = torch.nn.Linear(84, 10)"


def everywhere(activation: str) -> Edits:
    """Another activation in place of each ReLU."""
    return tuple((line, line.replace("torch.relu", activation)) for line in (ONE, TWO, FC1, FC2))


def pools(pool: str, last: str = "2") -> Edits:
    """Another pool in place of both."""
    return tuple(
        (line, line.replace("torch.max_pool2d", pool).replace(", 2)", f", {last})"))
        for line in (ONE, TWO)
    )


def said(line: str, new: str) -> Edits:
    """One line replaced."""
    return ((line, new),)


MISTAKES: tuple[Mistake, ...] = catalogue(
    "LeNet",
    (
        (
            "no-relu-after-conv1",
            said(ONE, "x = torch.max_pool2d(self.conv1(x), 2)"),
            "There is no ReLU after conv1.",
            LENET,
        ),
        (
            "no-relu-after-conv2",
            said(TWO, "x = torch.max_pool2d(self.conv2(x), 2)"),
            "There is no ReLU after conv2.",
            LENET,
        ),
        ("no-relu-after-fc1", said(FC1, "x = self.fc1(x)"), "There is no ReLU after fc1.", LENET),
        ("no-relu-after-fc2", said(FC2, "x = self.fc2(x)"), "There is no ReLU after fc2.", LENET),
        (
            "no-relu-at-all",
            everywhere(""),
            "There is no ReLU anywhere, so that all layers but the pools are one linear map.",
            LENET,
        ),
        (
            "tanh-for-relu",
            everywhere("torch.tanh"),
            "The activation is the tanh, as in 1998; here it is the ReLU.",
            LENET,
        ),
        (
            "sigmoid-for-relu",
            everywhere("torch.sigmoid"),
            "The activation is the sigmoid; here it is the ReLU.",
            LENET,
        ),
        (
            "relu-on-logits",
            said(LOGITS, "logits = torch.relu(self.fc3(x))"),
            "A ReLU cuts the logits to 0; the last layer has no activation.",
            LENET,
        ),
        (
            "softmax-on-logits",
            said(LOGITS, "logits = torch.softmax(self.fc3(x), 1)"),
            "The softmax is applied. Return the logits: the loss applies it, and twice is too "
            "often.",
            LENET,
        ),
        (
            "log-softmax-on-logits",
            said(LOGITS, "logits = torch.log_softmax(self.fc3(x), 1)"),
            "The logarithm of the softmax is returned; return the logits.",
            LENET,
        ),
        (
            "average-pools",
            pools("torch.nn.functional.avg_pool2d"),
            "The pools take the mean; here they take the maximum.",
            LENET,
        ),
        (
            "pools-of-three",
            pools("torch.max_pool2d", "3, 2, 1"),
            "The pools look at windows of 3 × 3; here they are 2 × 2 and do not overlap.",
            LENET,
        ),
        (
            "sizes-do-not-fit",
            said(TWO, "x = torch.relu(self.conv2(x))"),
            "The sizes do not fit: fc1 expects 16 × 2 × 2 inputs. Look for a pool that is missing, "
            "for a convolution without padding, or for a flattening that takes the batch too.",
            LENET,
        ),
        (
            "channels-last-in-the-flattening",
            said(FLAT, "x = torch.flatten(x.permute(0, 2, 3, 1), 1)"),
            "The feature maps are flattened with the channels running fastest, as Keras does; "
            "torch.flatten takes them as they lie: channel, row, column.",
            LENET,
        ),
        (
            "image-transposed",
            said(ONE, f"x = x.transpose(2, 3)\n        {ONE}"),
            "Height and width of the digits are exchanged on the way in.",
            LENET,
        ),
        (
            "reflecting-border",
            (
                (CONV1, CONV1.replace("padding=1", 'padding=1, padding_mode="reflect"')),
                (CONV2, CONV2.replace("padding=1", 'padding=1, padding_mode="reflect"')),
            ),
            "The convolutions pad with a mirror image; they pad with zeros.",
            LENET,
        ),
        (
            "kernels-of-five",
            said(CONV1, CONV1.replace("6, 3, padding=1", "6, 5, padding=2")),
            "The kernels of conv1 are 5 × 5, as in 1998; for digits of 8 × 8 they are 3 × 3.",
            LENET,
        ),
        (
            "convolution-without-bias",
            said(CONV1, CONV1.replace("padding=1", "padding=1, bias=False")),
            "The layer conv1 has no bias.",
            LENET,
        ),
        (
            "layers-in-a-list",
            said(HEAD, f"{HEAD}\n        self.layers = [self._modules.pop('fc3')]"),
            "A layer is kept in a list, where torch does not find its parameters. Assign each "
            "layer to an attribute of its own.",
            LENET,
        ),
        (
            "layer-frozen",
            said(HEAD, f"{HEAD}\n        self.conv1.requires_grad_(False)"),
            "The layer conv1 cannot be trained.",
            LENET,
        ),
        (
            "graph-cut",
            said(FLAT, "x = torch.flatten(x.detach(), 1)"),
            "No gradient reaches the convolutions: the feature maps are detached on the way.",
            LENET,
        ),
        (
            "logits-detached",
            said(LOGITS, "logits = self.fc3(x).detach()"),
            "No gradient leaves the logits: they are detached.",
            LENET,
        ),
        (
            "double-precision",
            said(HEAD, f"{HEAD}\n        self.double()"),
            "The parameters are float64; they are float32 by default, and nothing has to be done "
            "for it.",
            LENET,
        ),
        (
            "another-layer",
            said(HEAD, f"{HEAD}\n        self.fc4 = torch.nn.Linear(10, 10)"),
            "There is a layer beside the five.",
            LENET,
        ),
    ),
)
