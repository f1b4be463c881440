"""The index: beside the glossary's own entries, the sections that explain its terms."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

GLOSSARY = "chapters/about/glossary.md"
ENTRY = re.compile(
    r"^(?P<term>\S.*)\n  .* → \[(?P<title>[^]]+)\]\(\.\./(?P<page>\S+)\.md#", re.MULTILINE
)
"""A term, and the section to which its definition leads."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.connect("config-inited", _leave_out_an_empty_one)
    app.add_transform(Explained)


def explained(root: Path) -> dict[str, dict[str, list[str]]]:
    """The terms that a page explains, by its name and the title of a section."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    glossary = root / GLOSSARY
    for entry in ENTRY.finditer(glossary.read_text("utf-8") if glossary.is_file() else ""):
        found[f"chapters/{entry['page']}"][entry["title"]].append(entry["term"])
    return found


class Explained(SphinxTransform):  # type: ignore[misc]
    """Name a section in the index, under each of the terms that it explains."""

    default_priority = 800  # before 850, where Sphinx reads what stands in the index

    def apply(self, **kwargs: Any) -> None:
        """Put the entries into the sections of a page."""
        root = Path(self.app.confdir)
        self.env.note_dependency(str(root / GLOSSARY))
        terms = explained(root).get(self.env.docname, {})
        for section in list(self.document.findall(nodes.section)):
            title = section.next_node(nodes.title).astext()
            # A page may have the title of one of its sections.
            inner = isinstance(section.parent, nodes.section)
            for term in terms.get(title, []) if inner else []:
                entry = ("single", f"{term}; {title}", section["ids"][0], "", None)
                section.insert(1, addnodes.index(entries=[entry]))


def _leave_out_an_empty_one(app: Any, config: Any) -> None:
    """A book without a glossary has nothing in its index."""
    config.html_use_index = (Path(app.confdir) / GLOSSARY).is_file()
