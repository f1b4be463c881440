"""Odd folders: names, kinds and places of files, and times, as the net and archives bring them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.grader.release.source import text
from tests.attacks.attack import (  # fmt: skip
    ALL,
    EXERCISES,
    STEP,
    Attack,
    Proof,
    beside,
    shows_nothing,
)

REFUSED = dict.fromkeys(EXERCISES, "needs_review")
STUB = text("lstm").encode()


def tree(name: str, tries: str, make: Callable[[Path, bytes], None], *, points: float = ALL,
         proof: Proof | None = None, **more: Any) -> Attack:  # fmt: skip
    """A folder that is made by hand, of the bytes of the solved notebook."""

    def write(folder: Path, notebook: bytes) -> None:
        folder.mkdir()
        make(folder, notebook)

    return Attack(name, tries, points, solved=True, write=write, proof=proof or shows_nothing(),
                  statuses={} if points else REFUSED, **more)  # fmt: skip


def around(name: str, tries: str, more: Callable[[Path], None], **options: Any) -> Attack:
    """The solved notebook in its place, and more beside it."""

    def make(folder: Path, notebook: bytes) -> None:
        (folder / "lstm.ipynb").write_bytes(notebook)
        more(folder)

    return tree(name, tries, make, **options)


def put(folder: Path, name: str | bytes, data: bytes = b"x") -> None:
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def puts(*names: str | bytes) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name in names:
            put(folder, name)

    return make


def instead(*files: tuple[str, bytes | None]) -> Callable[[Path, bytes], None]:
    """These files and no other; None stands for the solved notebook."""

    def make(folder: Path, notebook: bytes) -> None:
        for name, data in files:
            put(folder, name, notebook if data is None else data)

    return make


def timed(name: str, tries: str, stamp: bytes) -> Attack:
    return around(name, tries, lambda folder: put(folder, "timestamp.txt", stamp))


def socket(name: str) -> Callable[[Path], None]:
    return lambda folder: os.mknod(folder / name, stat.S_IFSOCK | 0o600)


def special(folder: Path) -> None:
    socket("data.sock")(folder)
    os.mkfifo(folder / "data.pipe")


def cases(folder: Path) -> None:
    for name in ("LSTM.ipynb", "Lstm.ipynb", "lstm.IPYNB"):
        put(folder, name, STUB)


def links(folder: Path) -> None:
    os.link(folder / "lstm.ipynb", folder / "same.csv")
    os.link(folder / "lstm.ipynb", folder / "same.ipynb")


def folders(folder: Path) -> None:
    for number in range(3000):
        (folder / f"{number}").mkdir()


RUNS = b"import os\nprint('STARTED')\nopen('/tmp/started', 'w').close()\n"
STARTS = (
    ".ipython/profile_default/startup/00-first.py",
    ".ipython/profile_default/ipython_config.py",
    ".ipython/profile_default/ipython_kernel_config.py",
    ".jupyter/jupyter_config.py",
    ".local/lib/python3.11/site-packages/usercustomize.py",
    ".local/lib/python3.11/site-packages/own.pth",
    ".config/matplotlib/matplotlibrc",
    ".profile",
    ".bashrc",
    "sitecustomize.py",
    "usercustomize.py",
    "ipython_kernel_config.py",
    "ipython_config.py",
    "jupyter_config.py",
    "conftest.py",
    ".pythonrc.py",
    "pyvenv.cfg",
)
SHADOWS = ("random.py", "types.py", "token.py", "string.py", "copy.py", "json.py", "inspect.py",
           "socket.py", "zmq.py", "traceback.py", "lstm.py", "check.py", "test.py")  # fmt: skip

DEEP = "/".join(["d" * 200] * 8 + ["end.txt"])

ATTACKS = (
    Attack("starts", "hands in what Python, IPython and shells run when they start", ALL,
           solved=True, files=dict.fromkeys(STARTS, RUNS),
           cells={STEP: beside(STEP, "import os\nprint(os.path.exists('/tmp/started'))")},
           proof=shows_nothing("STARTED", "True")),
    Attack("shadows", "has files named like modules of Python beside its notebook", ALL,
           solved=True, files=dict.fromkeys(SHADOWS, b"raise SystemExit('shadow')")),
    Attack("ends-at-start", "hands in settings of IPython that end whoever reads them", ALL,
           solved=True, files=dict.fromkeys(STARTS, b"import os\nos._exit(0)")),
    Attack("own-helper", "keeps what its cells need in a module beside its notebook", ALL,
           solved=True, files={"lstm_helper.py": b"def half(a):\n    return 0.5 * a\n"},
           cells={STEP: "import sys\nfrom lstm_helper import half\nprint(sys.path)\n\n"
                  + beside(STEP, "").replace("0.5 * (1", "half(1")}),
    around("two-of-a-name", "has a file and a folder that get one name as they are read",
           puts(b"caf\xe9", "café/menu.txt")),
    around("two-files-of-a-name", "has two files that get one name as they are read",
           puts(b"caf\xe9.csv", "café.csv")),
    around("name-that-grows", "has a file whose name is too long when it is read as Latin-1",
           puts(b"\xe9" * 250)),
    around("names-of-no-text", "has names that are no text in any encoding",
           puts(b"\xff\xfe\x81\x8d", b"\x80" * 9, b"\xed\xa0\x80.csv")),
    around("hostile-names", "has names of commands for a terminal, of line ends and of HTML",
           puts("\x1b[2J\x07.csv", "a\nb\rc.csv", "\u202egpj.exe", "<img src=x onerror=alert(1)>",
                "-rf", "~", "$(touch x)", "`id`", "%s%n{0}", " ", ".csv.", "con", "nul.txt",
                "a\u2028b", "\u200b")),
    around("folder-of-time", "has a folder in the place of the time",
           lambda f: (f / "timestamp.txt").mkdir()),
    around("sockets", "has sockets and pipes among its files",
           special),
    around("hard-links", "has hard links of its notebook", links),
    around("many-folders", "has 3000 empty folders", folders),
    around("spread-files", "has 190 files, each in seven folders of its own",
           puts(*(f"{k}/a/b/c/d/e/f/data.csv" for k in range(190)))),
    around("to-the-brim", "has files of just the size that may be handed in",
           lambda folder: [put(folder, f"{k}.bin", bytes(32 << 20)) for k in range(2)] and None),
    around("deep-names", "has a path of 1600 characters", puts(DEEP)),
    around("cases", "has its notebook in the cases of letters that some systems cannot tell apart",
           cases),
    tree("a-socket", "hands in a socket in the place of its notebook",
         lambda f, _: socket("lstm.ipynb")(f), points=0.0),
    tree("empty-folder", "hands in a folder with nothing in it", lambda f, _: None, points=0.0),
    tree("checkpoints-only", "hands in nothing but what JupyterLab keeps for itself",
         instead((".ipynb_checkpoints/lstm-checkpoint.ipynb", None),
                 ("__pycache__/lstm.ipynb", None)), points=0.0),
    tree("copies", "hands in what a browser made of three downloads",
         instead(("lstm (1).ipynb", STUB), ("lstm (2).ipynb", STUB), ("lstm (10).ipynb", None))),
    tree("in-a-folder", "hands in its notebook within a folder", instead(("work/lstm.ipynb", None))),
    tree("from-a-mac", "hands in an archive of a Mac, with what that keeps beside each file",
         instead(("my work.ipynb", None), ("__MACOSX/._my work.ipynb", b"\0\5\x16\7\0\2\0\0"),
                 (".DS_Store", b"\0\0\0\1Bud1"))),
    tree("other-case", "hands in a notebook whose name is in capitals",
         instead(("LSTM.IPYNB", None))),
    tree("two-works", "hands in two notebooks of other names", points=0.0,
         make=instead(("one.ipynb", None), ("two.ipynb", STUB))),
    timed("time-of-nul", "was handed in at a time of NUL bytes", bytes(50)),
    timed("time-of-bytes", "was handed in at a time of bytes that are no text", b"\xff\xfe2026"),
    timed("time-before-time", "was handed in before the first day there is",
          b"0001-01-01 00:00:00 +14:00"),
    timed("time-after-time", "was handed in after the last day there is",
          b"9999-12-31 23:59:59 -14:00"),
    timed("time-of-words", "was handed in at a time of words and of half a date",
          b"10h36m28.5s sNaN 1e400 \xe2\x80\xae"),
    timed("time-of-hours", "was handed in at an hour of 30 digits", b"9" * 30 + b"h"),
    timed("time-of-lines", "was handed in at two times", b"2026-11-01\n2027-01-01 UTC\n"),
    timed("time-zone", "was handed in in a zone that is two years away",
          b"2026-11-01 10:00:00 +17520:00"),
)  # fmt: skip
