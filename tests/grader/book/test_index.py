"""The index leads from the terms of the glossary to the sections that explain them."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from autograder.grader.book.index import GLOSSARY, Explained, explained
from autograder.grader.checkout import ROOT


def test_every_term_of_the_glossary_has_its_section() -> None:
    text = (ROOT / GLOSSARY).read_text(encoding="utf-8")
    pages = explained(ROOT)
    terms = [term for page in pages.values() for section in page.values() for term in section]
    assert len(terms) == len(set(terms)) == text.count(" → [")
    assert pages["chapters/gated/index"]["The forget gate"] == ["forget gate", "gate"]


def test_a_section_stands_under_the_terms_that_it_explains_and_no_other() -> None:
    document = new_document("page")
    page = nodes.section("", nodes.title(text="The forget gate"), ids=["page"])
    document += page
    for title in ("The forget gate", "Questions"):
        page += nodes.section("", nodes.title(text=title), ids=[title.lower()])
    env = Mock(docname="chapters/gated/index")
    document.settings.env = env
    env.app = SimpleNamespace(confdir=str(ROOT))
    Explained(document).apply()
    found = [node["entries"][0] for node in document.findall(addnodes.index)]
    assert sorted(found) == [
        ("single", "forget gate; The forget gate", "the forget gate", "", None),
        ("single", "gate; The forget gate", "the forget gate", "", None),
    ]
    env.note_dependency.assert_called_once_with(str(ROOT / GLOSSARY))
