"""What buttons and menus say in English and in French: a small set that pip installs.

Card. *Source*: the Python package jupyterlab-language-pack-fr-FR 4.5.post3, the catalogues of
JupyterLab and of its extensions. *Licence*: BSD-3-Clause. *Size*: about 3,200 distinct pairs, half
of three words or fewer. *Translations*: by the volunteers who translate the program. *Split*: as of
`help_pages`, pairs that are nearly equal on either side in one part. *What is wrong with it*: names
of commands rather than sentences, with marks such as `%1` for what is put in; some entries were
translated by machine and looked through. It is too little to learn a language from, and enough to
see a training at work.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

from autograder.corpora import MissingDataError
from autograder.corpora.help_pages import Pair

MODULE = "jupyterlab_language_pack_fr_FR"
FETCH = "pip installs it: `pip install jupyterlab-language-pack-fr-FR==4.5.post3`."
CONTEXT = "\x04"
"""What parts the context of an entry from its text."""


def load(folder: Path | None = None) -> list[Pair]:
    """The distinct pairs of all catalogues, in the order of their names and entries.

    Args:
        folder: where the catalogues are; if there is none, those of the installed package.

    Raises:
        MissingDataError: where there are none.
    """
    place = folder or _installed()
    files = sorted(place.glob("*.json"))
    if not files:
        raise MissingDataError(f"There is no catalogue in {place}. {FETCH}")
    found: dict[Pair, None] = {}
    for file in files:
        for entry, texts in json.loads(file.read_text(encoding="utf-8")).items():
            english = entry.rpartition(CONTEXT)[2]
            french = texts[0] if isinstance(texts, list) and texts else ""
            if english and french and french != english:
                found[Pair(english, french)] = None
    return list(found)


def _installed() -> Path:
    spec = importlib.util.find_spec(MODULE)
    if spec is None or spec.origin is None:
        raise MissingDataError(f"The language pack of JupyterLab is not installed. {FETCH}")
    return Path(spec.origin).parent / "locale" / "fr_FR" / "LC_MESSAGES"
