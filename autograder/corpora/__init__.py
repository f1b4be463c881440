"""Texts with labels, each with its card, read from files that are on this machine.

`valence` reads sentences of reviews that people rated, `goemotions` comments with emotions,
`help_pages` paragraphs in two languages, `interface` what menus say in both, and `korean` links
between events and times. `docstrings` and `descriptions` read texts with a line that sums them up,
`news` articles with their highlights. What they have in common is in `sentences`: a text as words,
texts that are nearly equal as one group, and groups in parts that share none. At set-up `python -m
autograder.corpora.fetch FOLDER` fetches the reviews, and on Debian `fetch_help` the pages and
`fetch_descriptions` the descriptions; nothing else here opens a connection.
"""

from __future__ import annotations


class MissingDataError(FileNotFoundError):
    """A file of a corpus is not there, or is another; the text says which, and what to do."""
