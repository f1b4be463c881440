"""Formulas as words, for the places that set no mathematics: results of a search, descriptions."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.search.en import SearchEnglish

COMMAND = re.compile(r"\\[A-Za-z]+\*?")
LAYOUT = re.compile(r"\\(?:begin|end)\{split\}|\\math(?:rel|bin|op)\b")
"""What docutils does not know, and what changes no symbol."""

APPLICATION = "\N{FUNCTION APPLICATION}"
"""What stands, unseen, between a function and its argument."""

FORMULA = re.compile(
    r'(<(?:span|div) class="[^"]*\bmath\b[^"]*"[^>]*)'
    r'(>\s*(?:<span class="eqno">.*?</span>\s*)?)'
    r"(?=\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\])",
    re.DOTALL,
)
"""A formula as Sphinx hands it to MathJax."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.add_search_language(Words)
    app.connect("html-page-context", _say_formulas)


class Words(SearchEnglish):  # type: ignore[misc]
    r"""The words of a page in English; those of a formula are what it shows, so not `\mathbf`."""

    def split(self, input: str) -> list[str]:
        """The words of `input`."""
        words: list[str] = super().split(COMMAND.sub(" ", input))
        return words


def plain(tex: str) -> str:
    r"""A formula in one line, without commands: `\frac{a_t}{2}` is a_t/2."""
    tex = LAYOUT.sub("", tex).replace(r"\dots", r"\ldots")
    try:
        # The one entity among its symbols, which XML does not know.
        tree = tex2mathml(tex).replace("&ApplyFunction;", APPLICATION)
        text = _line(ElementTree.fromstring(tree))  # noqa: S314 - the book's own text
    except (MathError, SyntaxError):  # a command that docutils does not know
        text = re.sub(r"[\\{}&]", " ", COMMAND.sub(" ", tex))
    text = re.sub(rf"{APPLICATION} *(?=[(\[])", "", text).replace(APPLICATION, " ")
    # From the letters of mathematics to those that are read and searched: from 𝐜 to c.
    return " ".join(unicodedata.normalize("NFKC", text).split())


def text(node: nodes.Element) -> str:
    """The text of a node in one line, with its formulas as words."""
    parts = (
        plain(part.astext()) if isinstance(part.parent, nodes.math) else part.astext()
        for part in node.findall(nodes.Text)
    )
    return " ".join("".join(parts).split())


def _line(element: ElementTree.Element) -> str:
    """The text of a piece of MathML."""
    parts = [_line(child) for child in element]
    match element.tag.rpartition("}")[2]:
        case "mo":
            symbol = element.text or ""
            kind = unicodedata.category(symbol[:1] or " ")
            if kind in ("Lm", "Sk"):  # an accent
                return ""
            return f" {symbol} " if kind == "Sm" else symbol
        case "msub" | "munder":
            return parts[0].rstrip() + _beside("_", parts[1])
        case "msup" | "mover":
            return parts[0].rstrip() + _beside("^", parts[1])
        case "msubsup" | "munderover":
            return parts[0].rstrip() + _beside("_", parts[1]) + _beside("^", parts[2])
        case "mfrac":
            return f"{_group(parts[0])}/{_group(parts[1])}"
        case "msqrt":
            return f"√{_group(''.join(parts))}"
        case "mtr":
            return " ".join(parts)
        case "mtable":
            return "; ".join(parts)
        case "mspace":
            return " "
        case _:
            return (element.text or "").strip("\n") + "".join(parts)


def _beside(sign: str, part: str) -> str:
    return sign + _group(part) if part else ""


def _group(part: str) -> str:
    """A part that has to be read as one."""
    part = re.sub(r"^ *− +", "−", part).strip()
    return part if len(part) <= 1 or part.isalnum() else f"({part})"


def _say_formulas(app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
    """Write beside each formula of a page what `search.js` shows in its place."""
    if "body" in context:
        context["body"] = FORMULA.sub(_say, context["body"])


def _say(found: re.Match[str]) -> str:
    tex = html.unescape(found["inline"] or found["display"] or "")
    return f'{found[1]} data-plain="{html.escape(plain(tex))}"{found[2]}'
