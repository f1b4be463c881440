"""Texts with labels, read from small files that are written for this, and what is missing told."""

from __future__ import annotations

import hashlib
import io
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.corpora import MissingDataError, fetch, goemotions, sentences, valence


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I DON'T like it :(", ["i", "don't", "like", "it", ":("]),
        ("Don’t!!! [NAME]", ["don't", "!!!", "[name]"]),
        ("12 of 1,000 <3", ["0", "of", "0", ",", "0", "<3"]),
        ("déjà vu? ?? 😂😂", ["déjà", "vu", "?", "??", "😂", "😂"]),
        ("", []),
        ("__", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert sentences.words(text) == found


def test_nearly_equal_texts_have_one_key() -> None:
    assert len({sentences.key(text) for text in ("This is great", "this is GREAT!! 2")}) == 1
    assert sentences.key(":(") != sentences.key(":)"), "without letters the text itself"


def test_groups_are_joined_through_others() -> None:
    marks = [["a"], ["b"], ["a", "x"], ["c"], ["x", "b"], []]
    found = sentences.groups(marks)
    assert found[0] == found[1] == found[2] == found[4]
    assert len({found[0], found[3], found[5]}) == 3


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(0, 99))
def test_no_group_is_in_two_parts(given_groups: list[int], seed: int) -> None:
    grouped = np.unique(given_groups, return_inverse=True)[1]
    found = sentences.parts(grouped, (0.6, 0.2, 0.2), seed)
    assert sorted(np.concatenate(found)) == list(range(len(grouped)))
    in_part = [set(grouped[part]) for part in found]
    assert not in_part[0] & in_part[1]
    assert not in_part[2] & (in_part[0] | in_part[1])


def test_parts_have_their_shares() -> None:
    grouped = np.repeat(np.arange(400), 3)
    sizes = [len(part) for part in sentences.parts(grouped, (0.7, 0.15, 0.15))]
    np.testing.assert_allclose(sizes, [840, 180, 180], atol=4)


def test_a_vocabulary_is_ordered_by_frequency() -> None:
    texts = [["b", "a", "a"], ["c", "b", "a"]]
    assert sentences.vocabulary(texts, 2, first=4) == {"a": 4, "b": 5}


FILM = "1\t2.5\tA joy .\r\n2\t-0.6\tNot one .\r\n3\t0.5\tIt is there ."
PRODUCT = "1_1\t0.0\tit has two buttons .\r\n1_2\t-3.0\tboth broke .\r\n"


def archived(folder: Path, **texts: str) -> None:
    place = folder / valence.ARCHIVE
    place.parent.mkdir(parents=True)
    with tarfile.open(place, "w:gz") as archive:
        for source, text in texts.items():
            info = tarfile.TarInfo(f"hutto_ICWSM_2014/{valence.FILES[source]}_GroundTruth.txt")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))


def test_rated_sentences_are_read(tmp_path: Path) -> None:
    archived(tmp_path, film=FILM, product=PRODUCT)
    found = valence.load(tmp_path)
    assert [one.label for one in found] == [
        "positive", "negative", "neutral", "neutral", "negative"
    ]  # fmt: skip
    assert found[0] == valence.Rated("A joy .", 2.5, "film", "")
    assert {one.document for one in found[3:]} == {"product 1"}
    assert [one.source for one in valence.load(tmp_path, ["product"])] == ["product"] * 2


def test_what_is_missing_of_the_rated_sentences_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"no vaderSentiment.*fetches it"):
        valence.load(tmp_path)
    archived(tmp_path, film="1\tgood\tA joy .")
    with pytest.raises(MissingDataError, match=r"Line 1 of .*movie.* has not the form"):
        valence.load(tmp_path, ["film"])
    with pytest.raises(MissingDataError, match=r"The archive has no .*amazon"):
        valence.load(tmp_path, ["product"])


def published(folder: Path, names: str = "emotions.txt", **parts: str) -> Path:
    (folder / names).write_text("admiration\nanger\nfear\nneutral\n", encoding="utf-8")
    for part in goemotions.PARTS:
        (folder / f"{part}.tsv").write_text(parts.get(part, "ok\t3\tx\n"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("names", goemotions.NAMES)
def test_comments_are_read(tmp_path: Path, names: str) -> None:
    train = "You’re “great”\t0\tab1\nwho did this\t1,2\tab2\n"
    found = goemotions.load(published(tmp_path, names, train=train))
    assert found["train"][0] == goemotions.Comment("You’re “great”", ("admiration",), "ab1")
    assert [one.label for one in found["train"]] == ["joy", ""]
    assert [one.label for one in found["test"]] == ["neutral"]


def test_every_emotion_belongs_to_one_of_ekman() -> None:
    assert len(goemotions.GROUP) == 28 == sum(map(len, goemotions.EKMAN.values()))


@pytest.mark.parametrize(
    ("train", "says"),
    [
        ("a comment\t9\tab1\n", "numbers of labels from 0 to 3"),
        ("a comment\n", "Line 1 of train.tsv has not the form of GoEmotions"),
        ("fine\t0\tab1\nso\tfear\tab2\n", "Line 2 of train.tsv"),
    ],
)
def test_another_form_is_told(tmp_path: Path, train: str, says: str) -> None:
    with pytest.raises(MissingDataError, match=says):
        goemotions.load(published(tmp_path, train=train))


def test_missing_comments_are_told(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"labels in emotions.txt or labels.txt"):
        goemotions.load(tmp_path)
    (published(tmp_path) / "dev.tsv").unlink()
    with pytest.raises(MissingDataError, match=r"There is no dev.tsv in .*name the folder"):
        goemotions.load(tmp_path)


def distribution(folder: Path) -> Path:
    file = folder / f"{fetch.NAME}.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        info = tarfile.TarInfo(f"{fetch.NAME}/LICENSE.txt")
        info.size = 3
        archive.addfile(info, io.BytesIO(b"MIT"))
    return file


def test_what_is_fetched_is_unpacked_where_its_digest_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = distribution(tmp_path)
    with pytest.raises(MissingDataError, match="another file"):
        fetch.unpack(file, tmp_path / "there")
    assert not (tmp_path / "there").exists()
    monkeypatch.setattr(fetch, "SHA256", hashlib.sha256(file.read_bytes()).hexdigest())
    fetch.unpack(file, tmp_path / "there")
    assert (tmp_path / "there" / fetch.NAME / "LICENSE.txt").read_text() == "MIT"


def test_what_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / fetch.NAME).mkdir()

    def nothing(*_: object, **__: object) -> None:
        raise AssertionError("nothing is fetched")

    monkeypatch.setattr(subprocess, "run", nothing)
    assert fetch.fetch(tmp_path) == tmp_path / fetch.NAME


def test_without_a_connection_the_reason_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "a warning\nERROR: no route to host\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(MissingDataError, match=r"could not fetch vaderSentiment.*no route to host"):
        fetch.fetch(tmp_path)
