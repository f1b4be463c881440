"""nbformat without a grammar of internationalised addresses, which is built anew in each process.

jsonschema imports it wherever it is installed, and that takes two seconds. No schema of notebooks
has such an address, and jsonschema does without where it is missing; so it is said to be. This
leans on what jsonschema imports, and was tried on one version of it.
"""

from __future__ import annotations

import sys

TRIED = "4.26.0"
"""The version of jsonschema."""


def leave_out_grammar() -> None:
    """Let nothing of this process find the grammar, if it was not imported yet."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
