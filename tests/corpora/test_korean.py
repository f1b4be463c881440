"""Temporal links in Korean: the two files are as their cards say, and what is wrong is told."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from autograder.corpora import MissingDataError, korean
from autograder.corpora.korean import REAL, WRITTEN, generated, lexicon, parse, validate
from autograder.exercises.temporal.names import RELATIONS
from autograder.grader.checkout import ROOT

LINE = "BEFORE | 까지 | ambiguous | 그는 [금요일까지]t 일을 [끝냈다]e. | he finished by Friday"
GOOD = """# a comment
## work
BEFORE | 까지 | ambiguous | 그는 [금요일까지]t 일을 [끝냈다]e. | he finished by Friday
IBEFORE | 자 | | 문을 [열자]e 고양이가 [들어왔다]f. | I opened the door and the cat came in
"""


def test_both_files_are_as_they_should_be() -> None:
    assert validate.problems(korean.FOLDER / "written.txt", WRITTEN) == []
    real = korean.FOLDER / "debian_history.txt"
    assert validate.problems(real, REAL, repeats=True) == []


def test_the_cards_say_how_many_links_there_are() -> None:
    assert tuple(WRITTEN) == RELATIONS
    assert set(REAL) < set(RELATIONS)
    text = korean.__doc__ or ""
    assert f"*Size*: {sum(WRITTEN.values())} links" in text
    assert f"*Size*: {sum(REAL.values())} sentences" in text
    assert len(korean.written()) == sum(WRITTEN.values()) >= 300
    assert len(korean.real()) == sum(REAL.values()) >= 100
    assert min(WRITTEN.values()) >= 15
    topics = {link.topic for link in korean.written()}
    assert len(topics) == 13
    assert sum(topic.startswith("text: ") for topic in topics) == 1


def test_every_tag_is_there() -> None:
    times = Counter(tag for link in korean.written() for tag in link.tags)
    assert set(times) == set(korean.TAGS)
    assert min(times.values()) >= 15


def test_a_line_is_read() -> None:
    link = parse(LINE, "work")
    assert link.tokens == ("그는", "금요일까지", "일을", "끝냈다", ".")
    assert (link.first, link.second, link.timed) == ((3, 4), (1, 2), True)
    assert link.text == "그는 금요일까지 일을 끝냈다."
    assert (link.signal, link.tags, link.topic) == ("까지", ("ambiguous",), "work")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("2.0(햄)이 나왔다.", ["2.0", "(", "햄", ")", "이", "나왔다", "."]),
        ('"그때" 08:00, 1,500개!', ['"', "그때", '"', "08:00", ",", "1,500개", "!"]),
    ],
)
def test_signs_are_tokens_but_between_digits(text: str, tokens: list[str]) -> None:
    assert korean.TOKEN.findall(text) == tokens


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE.rpartition("|")[0], "it has 4 fields"),
        (LINE.replace("[금요일까지]t", "금요일까지"), "one event is to be marked e"),
        (LINE.replace("[금요일까지]t", "[금요일까지]e"), "two arguments that are marked e"),
    ],
)
def test_another_form_is_told(tmp_path: Path, line: str, says: str) -> None:
    file = tmp_path / "links.txt"
    file.write_text(f"## work\n{line}\n", encoding="utf-8")
    with pytest.raises(MissingDataError, match=f"Line 2 of links.txt: .*{says}"):
        korean.read(file)
    assert any(says in problem for problem in validate.problems(file, {}))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (LINE.replace("BEFORE", "EARLIER"), "EARLIER is no relation"),
        (LINE.replace("ambiguous", "hard"), "hard is no tag"),
        (unicodedata.normalize("NFD", LINE), "not in NFC"),
        (LINE.replace("[끝냈다]e", "[끝냈]e다"), "within a word"),
        (LINE.replace("끝냈다", "[끝냈다"), "a bracket is left open"),
        (LINE.replace("| 까지", "| 부터"), "the signal 부터 is not in the text"),
        (LINE.replace("he finished by Friday", "금요일까지"), "the gloss behind it is not"),
        (LINE.replace("| 까지 | ambiguous", "| 까지 | bare"), "a bare time has no signal"),
        ("BEFORE | 고 | | [왔다]f 하고 [갔다]e. | x", "e has to stand first"),
        ("BEFORE | 고 | across | [가고]e [왔다]f. | x", "stand in one sentence"),
        ("BEFORE | 고 | duration | [가고]e [왔다]f. | x", "no duration"),
    ],
)
def test_a_fault_of_a_line_is_found(line: str, says: str) -> None:
    assert any(says in fault for fault in validate.faults(line, parse(line), WRITTEN))
    assert validate.faults(LINE, parse(LINE), WRITTEN) == []


def test_counts_and_repeats_are_found(tmp_path: Path) -> None:
    file = tmp_path / "links.txt"
    file.write_text(GOOD, encoding="utf-8")
    counts = {"BEFORE": 1, "IBEFORE": 1}
    assert validate.problems(file, counts) == []
    assert validate.problems(file, counts | {"BEFORE": 2}) == [
        "There are 1 links BEFORE, and the card says 2."
    ]
    file.write_text(f"{GOOD}{LINE}\n", encoding="utf-8")
    assert any("is there twice" in one for one in validate.problems(file, {"BEFORE": 2} | counts))
    file.write_text(GOOD + LINE.replace("그는", "그녀는") + "\n", encoding="utf-8")
    assert any("is nearly" in one for one in validate.problems(file, counts | {"BEFORE": 2}))
    made = generated.links(1, 0)[0]
    marked = next(iter(validate.near([made.text, made.text])))
    assert made.text in marked


def test_what_is_written_near_a_generated_text_is_found(tmp_path: Path) -> None:
    grammar_text = generated.links(1, 0)[0]
    words = list(grammar_text.tokens)
    for mark, span in sorted(
        {"e": grammar_text.first, "t" if grammar_text.timed else "f": grammar_text.second}.items(),
        key=lambda one: one[1],
        reverse=True,
    ):
        words[span[0] : span[1]] = [f"[{' '.join(words[span[0] : span[1]])}]{mark}"]
    file = tmp_path / "links.txt"
    file.write_text(f"{grammar_text.relation} | - | | {' '.join(words)} | x\n", encoding="utf-8")
    found = validate.problems(file, {grammar_text.relation: 1})
    assert any("is nearly a generated one" in one for one in found)


def test_generated_links_are_well_formed_and_the_same_again() -> None:
    links = generated.links(500, 3)
    assert links == generated.links(500, 3)
    assert links != generated.links(500, 4)
    assert {link.relation for link in links} == set(RELATIONS)
    assert len({link.text for link in links}) == 500
    for link in links:
        assert link.signal in link.text
        assert link.timed or link.first < link.second
        assert unicodedata.is_normalized("NFC", link.text)


def test_what_is_chosen_by_has_other_verbs_than_what_is_learned_from() -> None:
    learned, held = (
        {word for link in generated.links(600, 0, part) for word in link.tokens}
        for part in (False, True)
    )
    for rows in (lexicon.MOMENTS, lexicon.ACTIONS, lexicon.STATES):
        for k, verb in enumerate(rows):
            other = learned if k % 5 == 4 else held
            form = f"{verb.past}다"
            alone = [row for row in rows if row.past == verb.past]
            assert len(alone) > 1 or form not in other


@pytest.mark.parametrize(
    ("noun", "marked"),
    [("책", "책을 책이 책은 책으로"), ("의사", "의사를 의사가 의사는 의사로"), ("연설", "연설로")],
)
def test_particles_go_by_the_last_syllable(noun: str, marked: str) -> None:
    forms = [generated.object_mark(noun), generated.subject_mark(noun), generated.topic_mark(noun)]
    assert set(marked.split()) <= {*forms, generated.means_mark(noun)}


def test_the_real_text_is_in_no_wheel_and_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"autograder/corpora/korean/debian_history.txt"' in settings
    monkeypatch.setattr(korean, "FOLDER", tmp_path)
    with pytest.raises(MissingDataError, match=r"no debian_history\.txt .*GPL.*a checkout"):
        korean.real()
    head = (Path(korean.__file__).parent / "debian_history.txt").read_text(encoding="utf-8")
    assert "GNU General\n# Public License, version 2 or any later version" in head
