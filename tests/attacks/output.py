"""What cells print and exceptions say, on its way into terminals, pages and notebooks."""

from __future__ import annotations

import base64
import struct
import zlib

from tests.attacks.attack import ALL, BACK, CELL, POINTS, STEP, Attack, Outcome, beside, says

SCRIPTS = """from IPython.display import (HTML, SVG, IFrame, Image, Javascript, JSON, Latex, Markdown,
                             Math, display)
display(HTML("<script>alert('HOSTILE-html')</script>"))
display(Javascript("alert('HOSTILE-js')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>alert('HOSTILE-svg')</script></svg>"))
display(Markdown("<img src=x onerror=alert('HOSTILE-md')>"))
display(Latex("$\\\\href{javascript:alert('HOSTILE-latex')}{x}$"))
display(IFrame("file:///etc/passwd?HOSTILE-iframe", 1, 1))
display({"text/html": "HOSTILE-raw", "application/vnd.jupyter.widget-view+json": {"a": "HOSTILE"},
         "application/javascript": "HOSTILE", "application/pdf": "HOSTILE",
         "image/svg+xml": "HOSTILE", "image/gif": "HOSTILE", "image/jpeg": "HOSTILE",
         "text/latex": "HOSTILE", "application/geo+json": {"HOSTILE": 1}}, raw=True)
display({"text/plain": "kept"}, raw=True, metadata={"text/plain": {"evil": "HOSTILE-meta"}})
"""


def png(width: int, height: int, data: bytes = b"") -> str:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(data or bytes(10)))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")).decode()


def no_displayed(outcome: Outcome) -> None:
    says("kept")(outcome)
    assert "HOSTILE" not in outcome.printed
    assert "image/svg" not in outcome.printed
    assert "<script>alert('HOSTILE" not in outcome.feedback
    assert "<img src=x onerror" not in outcome.feedback


def escaped(outcome: Outcome) -> None:
    assert "<script>alert('TEXT')" not in outcome.feedback
    assert "alert('TEXT')" in outcome.feedback or "alert(&#39;TEXT&#39;)" in outcome.feedback
    assert "<img src=x onerror" not in outcome.feedback


def no_controls(outcome: Outcome) -> None:
    shown = outcome.printed + outcome.messages + outcome.feedback
    assert "kept" in outcome.printed
    for control in ("\x1b[2J", "\x1b]", "\x07", "\x08", "\x9b", "\x00", "\u202e"):
        assert control not in shown


def no_picture(outcome: Outcome) -> None:
    assert "image/png" not in outcome.printed
    assert "onerror" not in outcome.printed
    assert "<img src=x onerror" not in outcome.feedback


TEXT = "<script>alert('TEXT')</script><img src=x onerror=alert('TEXT')>"

ATTACKS = (
    Attack("scripts", "displays HTML, JavaScript, SVG, Markdown, LaTeX and widgets", ALL,
           solved=True, cells={STEP: beside(STEP, SCRIPTS)}, feedback=True,
           proof=no_displayed),
    Attack("scripts-as-text", "prints scripts as text, in results and in tracebacks",
           ALL - POINTS[BACK], solved=True,
           cells={STEP: beside(STEP, f"print({TEXT!r})\n"
                               f"from IPython.display import display\n"
                               f"display({{'text/plain': {TEXT!r}}}, raw=True)"),
                  BACK: f"raise type({TEXT!r}, (Exception,), {{}})({TEXT!r})"},
           feedback=True, proof=escaped),
    Attack("terminal-commands", "prints commands for a terminal, and raises them",
           ALL - POINTS[BACK] - POINTS[CELL], solved=True,
           cells={STEP: beside(STEP, "print('kept \\x1b[2J\\x1b]0;owned\\x07\\x08\\x9b2J\\0\\u202e')"),
                  BACK: "raise ValueError('\\x1b[2J\\x1b]8;;file:///etc/passwd\\x07x\\x9b')",
                  CELL: "class LSTMCell:\n"
                        "    def __init__(self, *args): raise ValueError('\\x1b[2J[/][red]\\x07')"},
           feedback=True, proof=no_controls),
    Attack("false-pictures", "displays HTML as a picture, and a picture of a billion points", ALL,
           solved=True,
           cells={STEP: beside(STEP, "from IPython.display import display\n"
                               "display({'image/png': '\"><img src=x onerror=alert(1)>'}, raw=True)\n"
                               f"display({{'image/png': '{png(1 << 16, 1 << 16)}'}}, raw=True)\n"
                               "display({'image/png': 'AAAA' * 100_000}, raw=True)")},
           feedback=True, proof=no_picture),
    Attack("a-picture", "displays a picture, as it may", ALL, solved=True,
           cells={STEP: beside(STEP, "from IPython.display import display\n"
                               f"display({{'image/png': '{png(1, 1)}'}}, raw=True)")},
           feedback=True, proof=says("image/png")),
)  # fmt: skip
