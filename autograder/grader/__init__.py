"""For those who teach: it grades, releases and builds the book, and is in no wheel."""

from __future__ import annotations

import sys

# nbformat imports jsonschema, and that, where it is installed, a grammar of internationalised
# addresses, which is built anew in each process and takes two seconds. No schema of notebooks has
# such an address, and jsonschema does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
