"""What a student's cell printed, as text and pictures that a browser and a terminal can be shown.

HTML, scripts, vector graphics and Markdown are left out: their plain text is kept.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from nbformat.v4 import new_output

from autograder.grader.kernels.exchange import TOO_LONG
from autograder.grader.kernels.printable import MAX_OUTPUT, coloured, line, plain

MOST_OUTPUTS = 100
"""Outputs that are kept of one cell."""

LEFT_OUT = "\n[The cell printed more. The rest is not kept.]\n"

MOST_PIXELS = 32 * 1024 * 1024
"""Of one picture: what its reader has to unpack."""

_LINE = re.compile(r"Cell In\[\d+\], line (\d{1,6})")
_PNG = b"\x89PNG\r\n\x1a\n"


class Outputs:
    """Collects outputs as they arrive, up to a limit.

    Attributes:
        kept: nbformat outputs; the last one says so where something was left out.
        line: the line of the cell at which an exception passed, counted from 1, or 0.
    """

    def __init__(self, limit: int = MAX_OUTPUT) -> None:
        self.kept: list[Any] = []
        self.line = 0
        self._left = limit
        self._full = False

    @property
    def size(self) -> int:
        """How much is kept, in characters."""
        return sum(_size(output) for output in self.kept)

    def hear(self, kind: str, content: Mapping[str, Any]) -> None:
        """Keep what a broadcast of the kernel shows, if anything."""
        if kind == TOO_LONG:
            self._leave_out()
            return
        output = _harmless(kind, content)
        if output is None:
            return
        if kind == "error":
            marks = _LINE.findall(plain("\n".join(output.traceback)))
            self.line = int(marks[0]) if marks else 0
        if self._full:
            return
        size = _size(output)
        if size <= self._left and len(self.kept) < MOST_OUTPUTS:
            self._left -= size
            self._add(output)
            return
        if kind == "stream":
            output.text = output.text[: self._left]
            self._add(output)
        self._leave_out()

    def _leave_out(self) -> None:
        if not self._full:
            self._full = True
            self._add(new_output("stream", name="stderr", text=LEFT_OUT))

    def _add(self, output: Any) -> None:
        last = self.kept[-1] if self.kept else None
        if last and output.output_type == "stream" == last.output_type and last.name == output.name:
            last.text += output.text
        else:
            self.kept.append(output)


def _harmless(kind: str, content: Mapping[str, Any]) -> Any:
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=coloured(content.get("text", "")))
    if kind == "error":
        traceback = content.get("traceback")
        lines = traceback[:200] if isinstance(traceback, list) else []
        return new_output(
            "error",
            ename=line(content.get("ename", ""), 100),
            evalue=coloured(content.get("evalue", ""), 2000),
            traceback=[coloured(part, 20_000) for part in lines],
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = content.get("data")
    if not isinstance(data, dict):
        return None
    kept = {}
    if isinstance(data.get("text/plain"), str):
        kept["text/plain"] = coloured(data["text/plain"])
    picture = _picture(data.get("image/png"))
    if picture:
        kept["image/png"] = picture
    return new_output("display_data", data=kept) if kept else None


def _picture(data: Any) -> str:
    """The picture in base64, written anew, where it is one of a size that can be shown; else ""."""
    if not isinstance(data, str) or len(data) > MAX_OUTPUT:
        return ""
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    if not raw.startswith(_PNG) or raw[12:16] != b"IHDR":
        return ""
    width, height = (int.from_bytes(raw[at : at + 4], "big") for at in (16, 20))
    return base64.b64encode(raw).decode() if width * height <= MOST_PIXELS else ""


def _size(output: Any) -> int:
    if output.output_type == "stream":
        return len(output.text)
    if output.output_type == "error":
        return len(output.evalue) + sum(map(len, output.traceback))
    return sum(map(len, output.data.values()))
