"""The stubs of a chapter, written from the references: nothing else in the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.grader import references
from autograder.grader.release import source, stubs
from autograder.grader.release.stubs import NoCellError, with_stubs


@pytest.mark.parametrize("assignment", source.assignments())
def test_a_chapter_has_the_stubs_of_its_references(assignment: str) -> None:
    text = source.page(assignment).read_text(encoding="utf-8")
    assert with_stubs(text, assignment) == (text, [])


def test_a_stub_is_written_anew_and_nothing_else() -> None:
    text = source.page("layers").read_text(encoding="utf-8")
    stub = references.stub("layers", "right_padded")
    signature, *rest = stub.splitlines(keepends=True)
    for old in ("", "pass\n", f"{signature}    return 1\n", "".join(["\n", signature, *rest])):
        assert text.count(stub) == 1
        spoiled = text.replace(stub, old)
        assert with_stubs(spoiled, "layers") == (text, ["right_padded"])


def test_a_cell_that_is_missing_is_named() -> None:
    text = source.page("lstm").read_text(encoding="utf-8")
    lost = text.replace("grade_id: LSTMCell\n", "grade_id: LSTMCel\n")
    with pytest.raises(NoCellError, match=r"no cell for LSTMCell: copy one of its stubs, write"):
        with_stubs(lost, "lstm")


def test_the_chapter_is_written_only_where_a_stub_was_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chapter = tmp_path / "lstm.md"
    text = source.page("lstm").read_text(encoding="utf-8")
    monkeypatch.setattr(stubs, "page", lambda _: chapter)
    chapter.write_text(text.replace("    raise NotImplementedError", "    pass", 1), "utf-8")
    assert stubs.write("lstm") == (chapter, ["lstm_step_forward"])
    assert chapter.read_text(encoding="utf-8") == text
    before = chapter.stat()
    assert stubs.write("lstm") == (chapter, [])
    assert chapter.stat().st_mtime_ns == before.st_mtime_ns
    assert chapter.stat().st_ino == before.st_ino
    assert list(tmp_path.iterdir()) == [chapter]
