"""Catalogues as text: read, applied, composed; and what does not fit is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.exercises import assignments
from autograder.grader import catalogue, references
from autograder.grader.catalogue import CatalogueError, Entry

REFERENCE = '''"""A made-up assignment."""

import numpy as np

SCALE = 2


def double(x):
    """Twice x."""
    y = SCALE * x
    return y


class Counter:
    """Counts up and down."""

    def up(self, n):
        n = n + 1
        return n

    def down(self, n):
        n = n - 1
        if n < 0:
            raise ValueError("below 0")
        return n


def quadruple(x):
    return double(double(x))
'''
FAMILIES = """# offset: result, by
A result that is off by a constant.

$result-off-by-$by: $result is $by too large; it costs $$5.
- return $result
+ return $result + $by

# two-offsets: result

use offset: result = $result; by = 1
use offset: result = $result; by = 2

# sums: times

## ‘Sums’
summed: It is $times times too large.
- n = n + 1
+ n = n + $times
"""


@pytest.fixture
def solutions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "reference.py").write_text(REFERENCE, encoding="utf-8")
    (tmp_path / "families.diff").write_text(FAMILIES, encoding="utf-8")
    monkeypatch.setattr(references, "SOLUTIONS", tmp_path)
    return tmp_path


@pytest.fixture(autouse=True)
def _made_up(solutions: Path) -> None:
    """All tests here but the last ones are about the made-up assignment."""


def made(text: str) -> tuple[Entry, ...]:
    return catalogue.written("toy", text)


def one(edit: str, exercise: str = "double") -> Entry:
    (entry,) = made(f"# {exercise}\n## ‘Twice’\nodd: It is odd.\n{edit}\n")
    return entry


def body(*entries: Entry) -> list[str]:
    return catalogue.wrong("toy", *entries).splitlines()[-2:]


def test_an_entry_has_name_sentences_section_and_edit() -> None:
    text = "# double\n## ‘Twice’\nthrice: It is three times x, which is\nmore.\n"
    (entry,) = made(f"{text}- y = SCALE * x\n+ y = 3 * x\n")
    assert (entry.exercise, entry.name) == ("double", "thrice")
    assert entry.mistake.says == "It is three times x, which is more."
    assert entry.mistake.read == "‘Twice’"
    assert body(entry) == ["    y = 3 * x", "    return y"]


def test_a_section_holds_until_the_next_and_not_for_the_next_exercise() -> None:
    edit = "- return y\n+ return x\n\n"
    found = made(f"# double\n## ‘A’\na: It is.\n{edit}b: It is.\n{edit}## ‘B’\nc: It is.\n{edit}")
    assert [entry.mistake.read for entry in found] == ["‘A’", "‘A’", "‘B’"]
    with pytest.raises(CatalogueError, match="no section"):
        made(f"# double\n## ‘A’\na: It is.\n{edit}# Counter\nb: It is.\n- n = n + 1")


def test_lines_put_in_are_indented_as_the_first_that_is_taken_out() -> None:
    entry = one("- y = SCALE * x\n+ for _ in range(2):\n+     y = x * x")
    source = catalogue.wrong("toy", entry)
    assert source.endswith("    for _ in range(2):\n        y = x * x\n    return y\n")


def test_lines_put_in_may_end_further_left_than_they_begin() -> None:
    entry = one("- n = n - 1\n- if n < 0:\n- raise ValueError(\"below 0\")\n+   n = 0\n+ n = 1",
                "Counter").edits  # fmt: skip
    assert entry[0].put_in == ("        n = 0", "      n = 1")


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("- y = SCALE * x\n+ y = x\n- return y\n+ return -y", ["    y = x", "    return -y"]),
        ("- y = SCALE * x", ['    """Twice x."""', "    return y"]),
        ("@ y = SCALE * x\n+ y = -y", ["    y = -y", "    return y"]),
        ("- y = SCALE * x\n@\n- return y\n+ return x", ['    """Twice x."""', "    return x"]),
        ('- """Twice x."""\n+\n@ return y\n+ y = 0', ["    return y", "    y = 0"]),
    ],
)
def test_hunks(edit: str, expected: list[str]) -> None:
    assert body(one(edit)) == expected


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("~ SCALE * => SCALE ** ", ["    y = SCALE ** x", "    return y"]),
        ("~ SCALE * x => x\n~ return y => return -y", ["    y = x", "    return -y"]),
        ("@ y = SCALE * x\n~ y => x", ["    y = SCALE * x", "    return x"]),
        ("~ SCALE * x => x\n@ y = SCALE * x\n+ y = -y", ["    y = -y", "    return y"]),
        ("- y = SCALE * x\n+ y = x\n~ return y => return x", ["    y = x", "    return x"]),
        (
            '@ """Twice x."""\n~ x => x + x\n- return y',
            ['    """Twice x."""', "    y = SCALE * x + x"],
        ),
    ],
)
def test_a_part_of_a_line_becomes_another(edit: str, expected: list[str]) -> None:
    assert body(one(edit)) == expected


def test_a_part_is_searched_in_the_code_and_not_in_a_docstring() -> None:
    source = catalogue.wrong("toy", one("~ up => rise", "Counter"))
    assert '"""Counts up and down."""' in source
    assert "def rise(self, n):" in source


def test_an_anchor_tells_two_methods_apart_and_opens_a_block() -> None:
    entry = one("@ def down(self, n):\n- return n\n+ return -n\n@ def up(self, n):\n+ n = 0",
                "Counter")  # fmt: skip
    lines = catalogue.wrong("toy", entry).splitlines()
    assert lines[4] == "        n = 0"
    assert lines[6] == "        return n"
    assert lines[-1] == "        return -n"


def test_lines_taken_out_may_stand_above_several_entries() -> None:
    text = (
        "# double\n## ‘Twice’\n- y = SCALE * x\n\na: It is.\n+ y = x\n\nb: It is.\n- return y\n\n"
    )
    text += "use sign: by = -1\n\n@ y = SCALE * x\n- return y\n\nd: It is.\n+ return -y\n\n"
    sign = "# sign: by\n\nsign: It is times $by.\n+ y = $by * x\n"
    (references.SOLUTIONS / "families.diff").write_text(sign, encoding="utf-8")
    found = made(text)
    assert [entry.name for entry in found] == ["a", "b", "sign", "d"]
    assert body(found[0]) == ["    y = x", "    return y"]
    assert body(found[1])[-1] == "    y = SCALE * x"
    assert body(found[2]) == ["    y = -1 * x", "    return y"]
    assert body(found[3])[-1] == "    return -y"
    with pytest.raises(CatalogueError, match="need a line taken out"):
        made(text + "# Counter\n## ‘Up’\nodd: It is.\n+ n = 0")


def test_a_family_is_applied_with_its_keys() -> None:
    first, second = made(
        "# double\n## ‘Twice’\nuse offset: result = y;\nby = 1\nuse offset: result = y; by = 7"
    )
    assert (first.name, second.name) == ("y-off-by-1", "y-off-by-7")
    assert second.mistake.says == "y is 7 too large; it costs $5."
    assert body(second)[-1] == "    return y + 7"


def test_values_may_be_empty_and_hold_equals_signs() -> None:
    family = "# kept: own, new\n\nodd: It is.\n- y = SCALE * x\n+ y = ${own}f($new)\n"
    (references.SOLUTIONS / "families.diff").write_text(family, encoding="utf-8")
    (entry,) = made("# double\n## ‘Twice’\nuse kept: own =; new = x, a=1; b == 2")
    assert body(entry)[0] == "    y = f(x, a=1; b == 2)"


def test_a_family_may_use_another_and_have_a_section_of_its_own() -> None:
    found = made("# Counter\n## ‘Up’\nuse sums: times = 3\n\nodd: It is.\n- n = n - 1")
    assert [entry.mistake.read for entry in found] == ["‘Sums’", "‘Up’"]
    found = made("# double\n## ‘Twice’\nuse two-offsets: result = y")
    assert [entry.name for entry in found] == ["y-off-by-1", "y-off-by-2"]


def test_the_namespace_calls_the_wrong_version() -> None:
    names = catalogue.namespace("toy", one("- return y\n+ return -y"))
    assert names["quadruple"](1) == 4
    assert names["double"](1) == -2
    assert references.namespace("toy")["double"](1) == 2


def test_only_the_one_definition_is_replaced() -> None:
    entry = one("- return y\n+ return -y")
    text = catalogue.text("toy", entry)
    assert references.pick(text, "double") == catalogue.wrong("toy", entry)
    assert text.replace("return -y", "return y") == REFERENCE


def test_entries_compose_where_they_edit_different_lines() -> None:
    times, sign = one("- y = SCALE * x\n+ y = 3 * x"), one("- return y\n+ return -y")
    below = one("@ y = SCALE * x\n+ y = y + 1")
    assert catalogue.composable(times, sign)
    assert catalogue.namespace("toy", sign, below, times)["double"](1) == -4
    assert not catalogue.composable(times, one("- y = SCALE * x\n- return y\n+ return x"))
    assert not catalogue.composable(below, one("@ y = SCALE * x\n+ y = y + 2"))
    assert not catalogue.composable(below, one("- y = SCALE * x\n- return y\n+ return x"))
    with pytest.raises(CatalogueError, match="odd and odd of double edit the same words"):
        catalogue.wrong("toy", times, times)


def test_entries_compose_where_they_edit_different_words_of_a_line() -> None:
    times, squared = one("~ SCALE => 3"), one("- y = SCALE * x\n+ y = SCALE * x**2")
    assert catalogue.composable(times, squared)
    assert catalogue.wrong("toy", times, squared) == catalogue.wrong("toy", squared, times)
    assert catalogue.namespace("toy", times, squared)["double"](5) == 75
    assert not catalogue.composable(times, one("~ SCALE => 4"))
    assert not catalogue.composable(one("~ * x => * x + 1"), one("~ * x => * x - 1"))
    assert not catalogue.composable(times, one("- y = SCALE * x\n@\n- return y\n+ return x"))


def test_entries_of_different_exercises_compose() -> None:
    up, sign = one("- n = n + 1\n+ n = n + 2", "Counter"), one("- return y\n+ return -y")
    assert catalogue.composable(up, sign)
    names = catalogue.namespace("toy", up, sign)
    assert (names["Counter"]().up(1), names["double"](1)) == (3, -2)
    assert catalogue.wrong("toy", up, sign).count("\n\n") > 1


PLAIN = """import math

BASE = 1


def _plus(a, b):
    return math.fsum([a, b])


def double(x):
    total = _plus(x, x)
    return total
"""


def test_a_plain_version_is_edited_where_there_is_one(solutions: Path) -> None:
    (solutions / "toy" / "plain.py").write_text(PLAIN, encoding="utf-8")
    entry = one("- return total\n+ return -total")
    assert body(entry) == ["    total = _plus(x, x)", "    return -total"]
    text = catalogue.text("toy", entry)
    assert "y = SCALE * x" not in text
    assert "BASE" not in text, "what is needed comes along, and nothing else"
    for names in (catalogue.namespace("toy", entry), references.execute(text)):
        assert (names["double"](1), names["quadruple"](1)) == (-2, 4)


def test_the_plain_versions_stand_together(solutions: Path) -> None:
    plain = "def quadruple(x):\n    return double(x, 4)\n\n\n"
    plain += "def double(x, by=2):\n    return by * x\n"
    (solutions / "toy" / "plain.py").write_text(plain, encoding="utf-8")
    counter = one("- n = n + 1\n+ n = n + 2", "Counter")
    for names in (
        catalogue.namespace("toy", counter),
        references.execute(catalogue.text("toy", counter)),
    ):
        assert (names["Counter"]().up(1), names["quadruple"](1)) == (3, 4)
    assert references.namespace("toy")["quadruple"](1) == 4
    with pytest.raises(TypeError):
        references.namespace("toy")["double"](1, 4)


HEAD = "# double\n## ‘Twice’\nodd: It is odd.\n"


@pytest.mark.parametrize(
    ("text", "where", "reason"),
    [
        ("odd: It is.", 1, "has to be a heading"),
        ("# triple\n## ‘T’\nodd: It is odd.\n- a", 3, "the reference has no triple"),
        ("# double\n## Twice", 2, "the section Twice has to stand in quotes"),
        ("# double\nodd: It is odd.\n- return y", 2, "no section, ## ‘…’, stands above"),
        ("# double\n## ‘T’\nIt is odd.\n- return y", 3, "begins with its name"),
        (HEAD, 3, "the mistake odd has no edit"),
        (HEAD + "- return y\n\n" + HEAD[20:] + "- return y", 6, "double has two mistakes odd"),
        (HEAD + "- return z", 4, "'return z' is no line of the definition"),
        (HEAD + "- return y\n- y = SCALE * x", 4, "'return y' is not followed by"),
        (HEAD + "@ no line\n+ y = 1", 4, "'no line' is no line of the definition"),
        (HEAD + "@ return y\n- y = SCALE * x", 4, "is no line of the definition after 'return y'"),
        (HEAD + "- y = SCALE * x\n+ y = x\n- return z", 6, "'return z' is no line"),
        (HEAD + "+ return z", 4, "need a line taken out, or an @ line"),
        (HEAD + "@ return y", 4, "need a line taken out, or an @ line"),
        (HEAD + "@", 4, "need a line taken out, or an @ line"),
        (HEAD + "~ return z => return y", 4, "'return z' is in no line of the definition."),
        (HEAD + "@ return y\n~ return y => 1", 5, "in no line of the definition after 'return y'"),
        (HEAD + "~ y => x", 4, "'y' stands at 2 places of the definition; write more"),
        (HEAD + "~ return y", 4, "changes so: ~ what it is => what it becomes"),
        (HEAD + "- y = SCALE * x\n~ return y =>", 5, "changes so: ~ what it is"),
        (HEAD + "~ SCALE => y\n~ * x => * y", 3, "two edits of odd change the same line"),
        (HEAD + "~ SCALE => y\n- return z", 5, "'return z' is no line"),
        (HEAD + "- return y\nodder: It is.", 5, "a line of an edit begins with"),
        (HEAD + "- return y\n- return y", 4, "'return y' is not followed by"),
        (HEAD + "- return y\n+ return x\n- return y\n+ return 1", 3, "two edits of odd change"),
        (HEAD + "- return y\n+         y = 1\n+ return y", 4, "too little indentation"),
        ("# Counter" + HEAD[8:] + "- return n", 4, "'return n' stands at 2 places"),
        ("# double\n## ‘T’\nuse sum: a = 1", 3, "there is no family 'sum'"),
        ("# double\n## ‘T’\nuse sums: times = 1\n- return y", 4, "a blank line ends its use"),
        ("# double\n## ‘T’\nuse offset: by = 1", 3, "'result' is missing"),
        ("# double\n## ‘T’\nuse sums: times = 1; by = 1", 3, "'by' is none of its keys"),
    ],
)
def test_what_does_not_fit_is_a_sentence_with_its_line(text: str, where: int, reason: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        made(text)
    message = str(caught.value)
    assert message.startswith(f"text:{where}: "), message
    assert reason in message
    assert message.endswith(".")


def test_what_does_not_fit_of_a_family_tells_both_lines() -> None:
    with pytest.raises(CatalogueError) as caught:
        made("# double\n## ‘Twice’\nuse offset: result = z; by = 1")
    assert str(caught.value).startswith(
        "solutions/families.diff:5, used in text:3: 'return z' is no line"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# odd: a, b\n\nodd: It is $a.\n- $a", "families.diff:1: 'b' has to be a key"),
        ("# odd: a\n\nodd: It is $b.\n- $a", "families.diff:1: 'b' has to be a key"),
        ("# odd: a\n\nodd: It is $a, for 5 $.\n- $a", "families.diff:3: a $ begins"),
        ("# odd\n\nodd: It is.\n- a\n\n# odd\n", "families.diff:6: there are two families 'odd'"),
        ("# odd\n\nuse odd:", "families.diff:3, used in text:3: there is no family 'odd'"),
    ],
)
def test_a_family_that_is_not_well_formed_is_told(solutions: Path, text: str, reason: str) -> None:
    (solutions / "families.diff").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        made("# double\n## ‘Twice’\nuse odd:")
    assert reason in str(caught.value)


def test_an_assignment_without_catalogue_is_told() -> None:
    with pytest.raises(references.SolutionsMissingError, match=r"no solutions/toy/mistakes\.diff"):
        catalogue.entries("toy")


class TestTheCatalogues:
    """Of the assignments as they are."""

    @pytest.fixture(autouse=True)
    def _real(self, monkeypatch: pytest.MonkeyPatch, _made_up: None) -> None:
        monkeypatch.undo()

    @pytest.mark.parametrize("assignment", assignments())
    def test_every_entry_fits_and_makes_a_module_of_it(self, assignment: str) -> None:
        for entry in catalogue.entries(assignment):
            right = references.pick(references.plain(assignment), entry.exercise)
            source = catalogue.wrong(assignment, entry)
            assert source != right
            compile(source, entry.name, "exec")

    def test_a_pass_over_all_reads_each_reference_once(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parsed: list[str] = []
        parse = references.parse
        monkeypatch.setattr(references, "parse", lambda s: parsed.append(s) or parse(s))
        references._bindings.cache_clear()
        catalogue._entries.cache_clear()
        for entry in catalogue.entries("lstm"):
            catalogue.wrong("lstm", entry)
        assert parsed.count(references.text("lstm")) == 1
