"""The glossary and the notation: what they say stands on the pages that they name."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

from mdit_py_plugins.anchors.index import slugify

from autograder.grader.checkout import CHAPTERS

ABOUT = CHAPTERS / "about"
GLOSSARY = (ABOUT / "glossary.md").read_text(encoding="utf-8")
NOTATION = (ABOUT / "notation.md").read_text(encoding="utf-8")
SECTION = re.compile(r"→ \[(?P<title>[^]]+)\]\((?P<page>\.\./\S+\.md)#(?P<place>\S+)\)$")

Rows = list[list[str]]


def terms() -> dict[str, str]:
    """What the glossary says, by term."""
    body = GLOSSARY.split("```{glossary}\n")[1].split("\n```")[0]
    return dict(entry.split("\n  ") for entry in body.strip().split("\n\n"))


@cache
def text(place: str) -> str:
    """A page in one line."""
    return " ".join((ABOUT / place).read_text(encoding="utf-8").split())


def tables(section: str) -> Rows:
    """The rows of the tables of a section, without their heads."""
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in rows][1:]


def sections() -> dict[str, str]:
    """The sections of the notation, by title."""
    return dict(part.split("\n", 1) for part in NOTATION.split("\n## ")[1:])


def test_terms_are_in_order_and_explained_in_one_or_two_sentences() -> None:
    assert 60 <= len(terms()) <= 110
    assert all(a.lower() < b.lower() for a, b in pairwise(terms()))
    for term, says in terms().items():
        assert says.split(" → ")[0].endswith("."), term
        assert len(says.split(" → ")[0].split()) <= 45, term


def test_every_term_is_used_on_the_page_that_explains_it_in_a_section_of_that_title() -> None:
    for term, says in terms().items():
        where = SECTION.search(says)
        assert where, term
        page = (ABOUT / where["page"]).read_text(encoding="utf-8")
        assert f"\n## {where['title']}\n" in page, term
        assert where["place"] == slugify(where["title"]), term
        assert re.search(rf"\b{re.escape(term)}", text(where["page"]), re.IGNORECASE), term


def test_symbols_and_shapes_are_those_of_the_docstrings() -> None:
    seen = 0
    for title, section in sections().items():
        pages = re.findall(r"\]\((\.\./\S+\.md)\)", section)
        for symbol, code, _, shape in (row for row in tables(section) if len(row) == 4):
            name = re.escape(code.strip("`"))
            said = re.compile(
                rf"(?<!\w){name}(?!\w)[^;:]{{0,40}}: [^;:]{{0,150}}?{re.escape(shape)}"
            )
            assert "[" in name or any(said.search(text(page)) for page in pages), (title, symbol)
            seen += 1
    assert seen > 30


def test_every_symbol_stands_in_an_equation_of_its_chapter() -> None:
    for title, section in sections().items():
        folders = {page.split("/")[1] for page in re.findall(r"\]\((\.\./\S+\.md)\)", section)}
        equations = "".join(
            "".join(re.findall(r"\$(.+?)\$", page.read_text("utf-8"), re.DOTALL))
            for folder in folders
            for page in CHAPTERS.glob(f"{folder}/*.md")
        )
        for symbol in re.findall(r"\$([^$]+)\$", " ".join(r[0] for r in tables(section))):
            if folders:
                assert symbol in equations, (title, symbol)


def test_no_letter_of_the_conventions_has_a_second_meaning_but_those_that_are_said() -> None:
    conventions = (CHAPTERS / "index.md").read_text(encoding="utf-8").split("(conventions)=")[1]
    sizes = set(re.findall(r"\| ([A-Z]) \|", conventions))
    assert sizes == set("NTDHCFV")
    *scopes, exceptions = sections().items()
    assert exceptions[0] == "A letter twice"
    for letter, *_ in tables(exceptions[1]):
        assert letter[1] in sizes
    for title, section in scopes:
        rows = tables(section)
        symbols = [row[0].strip("$") for row in rows if len(row) == 4]
        assert not sizes & set(symbols), title
        # Other letters of a shape are explained beside the table.
        words = "\n".join(line for line in section.splitlines() if not line.startswith("|"))
        words += " ".join(row[2] for row in rows)
        for row in rows:
            used = set(re.findall(r"[A-Z][a-zA-Z]?", row[3])) if len(row) == 4 else set()
            assert not {x for x in used - sizes - {"KH", "W"} if x not in words}, row
