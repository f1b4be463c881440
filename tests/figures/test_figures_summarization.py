"""The drawing of the encoder of phrases: complete."""

from __future__ import annotations

from autograder.figures import summarization
from tests.drawings import texts


def test_every_word_stands_in_a_phrase_and_every_phrase_has_a_state() -> None:
    shown = [text.get_text() for text in texts(summarization.phrase_encoder())]
    words = [word or "PAD" for phrase in summarization.PHRASES for word in phrase]
    assert [text for text in shown if text in words] == words
    assert shown.count("max") == shown.count("LSTM") == len(summarization.PHRASES)
    assert {"words", "filters", "phrases", "states"} <= set(shown)
