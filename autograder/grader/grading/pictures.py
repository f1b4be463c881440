"""Pictures that a student pasted into text, such as a photograph of a derivation."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

LARGEST = 4 * 2**20
"""Characters of one picture, in base64."""

MOST = 8
"""Pictures of one cell."""

_SIGNS = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
_NAME = re.compile(r"[\w .()-]{1,100}")


def pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Those of a cell's attachments that are pictures of dots, by name; nothing that can act."""
    found: dict[str, dict[str, str]] = {}
    if not isinstance(attachments, dict):
        return found
    for name, data in list(attachments.items())[:MOST]:
        for kind, sign in _SIGNS.items():
            text = data.get(kind) if isinstance(data, dict) else None
            if _NAME.fullmatch(name) and isinstance(text, str) and _is(text, sign):
                found[name] = {kind: text}
    return found


def _is(text: str, sign: bytes) -> bool:
    if len(text) > LARGEST:
        return False
    try:
        return base64.b64decode(text, validate=True).startswith(sign)
    except (binascii.Error, ValueError):
        return False
