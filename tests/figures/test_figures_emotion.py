"""The drawing of the classifier of comments: complete."""

from __future__ import annotations

from autograder.figures import emotion
from tests.drawings import texts


def test_every_word_is_read_in_both_directions_and_three_things_reach_the_classes() -> None:
    shown = [text.get_text() for text in texts(emotion.classifier())]
    assert set(emotion.WORDS) <= set(shown)
    assert shown.count("→") == shown.count("←") == len(emotion.WORDS)
    assert {"context", "last →", "← first", "classes"} <= set(shown)
    assert abs(sum(emotion.SHARES) - 1) < 1e-9
