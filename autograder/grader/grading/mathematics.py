"""Formulas as MathML, which a browser shows by itself: nothing is fetched, and no script runs.

Students write formulas too. So what the converter makes counts for nothing until it is known to be
mathematics and nothing else; a formula that is not stays on the page as it was written.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree import ElementTree

from latex2mathml.converter import convert

MOST = 4000
"""The most characters of a formula that is converted. A long one of ours has 400."""

_ELEMENTS = (
    "math mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup "
    "mtable mtd mtext mtr munder munderover"
)
_ATTRIBUTES = (
    "accent accentunder columnalign depth display displaystyle fence form height largeop linebreak "
    "linethickness lspace mathvariant maxsize minsize movablelimits rspace rowspacing "
    "columnspacing scriptlevel separator stretchy symmetric width xmlns"
)
ELEMENTS, ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())
"""Of MathML, what shows something. `href`, `style`, `class` and all that acts are not among it."""

_SAME = {"{aligned}": "{split}"}
"""What the converter does not know, and what it knows that looks the same."""

_PREFIX = re.compile(r"\{http://www\.w3\.org/1998/Math/MathML\}")


@lru_cache(maxsize=2048)
def mathml(tex: str, display: bool = False) -> str:
    """A formula as MathML; as TeX, escaped, where it cannot be converted.

    Args:
        tex: the formula, without the signs around it.
        display: whether it stands in a line of its own.
    """
    made = _converted(tex, display) if len(tex) <= MOST else None
    if made is None:
        sign = "$$" if display else "$"
        return f"<code>{html.escape(f'{sign}{tex}{sign}')}</code>"
    return made


def _converted(tex: str, display: bool) -> str | None:
    for unknown, known in _SAME.items():
        tex = tex.replace(unknown, known)
    try:
        made = convert(tex, display="block" if display else "inline")
        tree = ElementTree.fromstring(made)  # noqa: S314 - of our making, without a document type
    except Exception:  # many kinds, of a converter that was not made for what a student may write
        return None
    return made if all(map(_is_mathematics, tree.iter())) else None


def _is_mathematics(part: ElementTree.Element) -> bool:
    name = _PREFIX.sub("", part.tag)
    unknown = "\\" in (part.text or "")  # a command that the converter does not know
    return name in ELEMENTS and part.attrib.keys() <= ATTRIBUTES and not unknown
