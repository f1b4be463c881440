"""Digits that judge a training: they are in no program, and a table of all digits does not help."""

from __future__ import annotations

import numpy as np
import pytest

from autograder.data import digits
from autograder.exercises import find
from autograder.exercises.program import arrays_in
from autograder.exercises.shared.unseen import held_out
from tests.students import judged, solved

LOOKUP = '''
class LeNet(torch.nn.Module):
    """The right layers, which learn nothing, and a table of all digits for the day of the exam."""

    def __init__(self):
        super().__init__()
        from sklearn.datasets import load_digits
        data = load_digits()
        self.table = torch.tensor(data.data / 16, dtype=torch.float32), torch.tensor(data.target)
        self.conv1 = torch.nn.Conv2d(1, 6, 3, padding=1)
        self.conv2 = torch.nn.Conv2d(6, 16, 3, padding=1)
        self.fc1 = torch.nn.Linear(64, 120)
        self.fc2 = torch.nn.Linear(120, 84)
        self.fc3 = torch.nn.Linear(84, 10)
        with torch.no_grad():
            for p in self.parameters():
                p.zero_()

    def forward(self, x):
        z = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        z = torch.max_pool2d(torch.relu(self.conv2(z)), 2)
        z = torch.relu(self.fc2(torch.relu(self.fc1(torch.flatten(z, 1)))))
        z = self.fc3(z)
        if self.training:
            return z
        images, labels = self.table
        nearest = torch.cdist(x.flatten(1), images).argmin(1)
        return torch.eye(10)[labels[nearest]]
'''
"""It gives the right logits with any weights, and knows every digit, be there noise or not."""


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_what_is_held_out_is_in_no_table_and_has_the_label_of_the_nearest_digit(
    dtype: type[np.floating],
) -> None:
    x, *_ = digits(seed=3, held_out=200)
    unseen, labels = held_out(x.astype(dtype))
    everything = digits(held_out=0)
    assert len(unseen) == 200
    apart = np.linalg.norm(unseen[:, None] - everything.x, axis=2)
    assert apart.min() > 0.1
    np.testing.assert_array_equal(everything.y[apart.argmin(axis=1)], labels)
    np.testing.assert_array_equal(held_out(x)[0], unseen)


@pytest.mark.parametrize(("name", "missing"), [("LeNet", 360), ("train", 597)])
def test_the_digits_that_judge_a_training_are_in_no_program(name: str, missing: int) -> None:
    exercise = find(name)
    assert exercise is not None
    sent = {
        row.tobytes()
        for program in (exercise.draw(0), exercise.draw_costly(0))
        if program is not None
        for call in program.calls
        for array in arrays_in(call.args)
        if array.shape[1:] == (64,)
        for row in array.astype(np.float64)
    }
    given = [row.tobytes() in sent for row in digits(held_out=0).x]
    assert given.count(False) == missing


def test_a_table_of_all_digits_does_not_pass_for_a_trained_network() -> None:
    exercise = find("LeNet")
    assert exercise is not None
    found = judged(exercise, 0, solved("convolutional", LeNet=LOOKUP))
    assert found.status == "wrong"
    assert "of 360 digits that it has not seen; 95% are wanted" in found.message
