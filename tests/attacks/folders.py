"""The folder that is handed in: links, pipes, sizes, files beside the notebook, and names."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.attacks.attack import (
    ALL,
    BACK,
    CELL,
    EXERCISES,
    POINTS,
    STEP,
    Attack,
    beside,
    both,
    reference,
    says,
    shows_nothing,
)

REFUSED = dict.fromkeys(EXERCISES, "needs_review")


def linked(name: str, tries: str, target: Callable[[Path], Path], says_: str = "symbolic link",
           **more: Any) -> Attack:  # fmt: skip
    """Its notebook is a link to what `target` finds, given the folder `submitted`."""

    def write(folder: Path, notebook: bytes) -> None:
        folder.mkdir()
        (folder / "lstm.ipynb").symlink_to(target(folder.parent.parent))

    return Attack(
        name,
        tries,
        0.0,
        write=write,
        statuses=REFUSED,
        proof=both(says(says_), shows_nothing("root:")),
        **more,
    )


def folder_link(folder: Path, notebook: bytes) -> None:
    folder.symlink_to(folder.parent.parent / "honest-1" / "lstm")


def pipe(folder: Path, notebook: bytes) -> None:
    folder.mkdir()
    os.mkfifo(folder / "lstm.ipynb")


def a_folder(folder: Path, notebook: bytes) -> None:
    (folder / "lstm.ipynb").mkdir(parents=True)


def beside_notebook(more: Callable[[Path], None]) -> Callable[[Path, bytes], None]:
    def write(folder: Path, notebook: bytes) -> None:
        folder.mkdir()
        (folder / "lstm.ipynb").write_bytes(notebook)
        more(folder)

    return write


def links_inside(folder: Path) -> None:
    (folder / "passwd.csv").symlink_to("/etc/passwd")
    (folder / "class").symlink_to(folder.parent.parent)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")


def oversized(folder: Path) -> None:
    with open(folder / "big.bin", "wb") as file:
        file.truncate(3 << 30)
    for number in range(3):
        (folder / f"{number}.bin").write_bytes(bytes(30 << 20))


def crowded(folder: Path) -> None:
    for number in range(1000):
        (folder / f"{number}.txt").write_text("x")
    deep = folder
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "bottom.txt").write_text("x")


def odd_time(folder: Path) -> None:
    (folder / "timestamp.txt").write_text("9" * 400)


def linked_time(folder: Path) -> None:
    (folder / "timestamp.txt").symlink_to("/dev/zero")


def named(name: str, tries: str) -> Attack:
    """A right submission of a student with this name."""
    return Attack(name, tries, ALL, solved=True)


LISTS = ("import os\nprint(sorted(os.listdir('.'))[:20])\n"
         "for name in ('passwd.csv', 'class/honest-1/lstm/lstm.ipynb', 'big.bin'):\n"
         "    print('SEEN' if os.path.lexists(name) else 'not there', name[:5])")  # fmt: skip

ATTACKS = (
    linked("link-to-passwd", "hands in a link to a file of the system",
           lambda submitted: Path("/etc/passwd"), feedback=True),
    linked("link-to-secret", "hands in a link to a file of the staff",
           lambda submitted: submitted.parent / ".autograder" / "seeds.json"),
    linked("link-to-honest", "hands in a link to the notebook of another student",
           lambda submitted: submitted / "honest-1" / "lstm" / "lstm.ipynb"),
    linked("link-to-zero", "hands in a link to a file without an end", lambda s: Path("/dev/zero")),
    linked("link-to-nothing", "hands in a link that leads nowhere", lambda s: Path("/nowhere")),
    Attack("link-to-folder", "hands in a link to the folder of another student", 0.0,
           write=folder_link, statuses=REFUSED, proof=says("symbolic link")),
    Attack("a-pipe", "hands in a pipe, which keeps whoever reads it waiting", 0.0, write=pipe,
           statuses=REFUSED, proof=says("not an ordinary file")),
    Attack("a-folder", "hands in a folder of the notebook's name", 0.0, write=a_folder,
           statuses=REFUSED, proof=says("not an ordinary file")),
    Attack("links-inside", "hands in links to other files beside its notebook", ALL - POINTS[BACK],
           solved=True, cells={STEP: beside(STEP, LISTS), BACK: "raise OSError('passwd.csv')"},
           write=beside_notebook(links_inside),
           proof=both(shows_nothing("SEEN", "root:"), says("passwd.csv is a symbolic link", "class was left out",
                                 "pipe.csv is not an ordinary file"))),
    Attack("oversized", "hands in 3 GB of data", ALL - POINTS[BACK], solved=True,
           cells={STEP: beside(STEP, LISTS), BACK: "raise OSError('big.bin')"},
           write=beside_notebook(oversized), proof=says("big.bin was left out: it has 3072 MiB",
                                                        "2.bin was left out")),
    Attack("crowded", "hands in 1000 files, and folders 60 deep", ALL, solved=True,
           cells={STEP: beside(STEP, LISTS)}, write=beside_notebook(crowded)),
    Attack("own-numpy", "hands in modules of its own named numpy, torch and autograder", 0.0,
           cells={STEP: "import sys\n"
                        "for name in [n for n in sys.modules if n.startswith('autograder')]:\n"
                        "    del sys.modules[name]\n"
                        "def lstm_step_forward(*args): return args[1], args[2], None"},
           files={"numpy.py": b"allclose = lambda *a: True", "torch.py": b"",
                  "autograder/__init__.py": b"",
                  "autograder/exercises/__init__.py": b"",
                  "autograder/exercises/respond.py": b"respond = lambda *a: 'correct'",
                  "sitecustomize.py": b"import os; os._exit(0)",
                  "ipython_config.py": b"raise SystemExit", "usercustomize.py": b"1/0"}),
    Attack("an-exploding-archive", "hands in an archive that explodes, and unpacks it",
           ALL, solved=True,
           files={"bomb.gz": gzip.compress(bytes(400 << 20), 9)},
           cells={CELL: "import gzip, shutil\n"
                        "shutil.copyfileobj(gzip.open('bomb.gz'), open('all', 'wb'))\n"
                        + reference()[CELL]},
           statuses={CELL: "correct"}),
    Attack("honest-data", "hands in a data file that its cell reads, as it may", ALL, solved=True,
           files={"data/numbers.csv": b"1,2,3"},
           cells={STEP: beside(STEP, "assert open('data/numbers.csv').read() == '1,2,3'")}),
    Attack("odd-time", "hands in a time that no calendar has", ALL, solved=True,
           write=beside_notebook(odd_time)),
    Attack("linked-time", "hands in a time that is a file without an end", ALL, solved=True,
           write=beside_notebook(linked_time)),
    named("[red]x[bold]y", "has a name that is markup for rich"),
    named("\x1b[2J\x1b]0;owned\x07x", "has a name that clears the terminal"),
    named("<img src=x onerror=alert(1)>", "has a name that is HTML"),
    named("'; drop table grade; --", "has a name that is SQL"),
    named("{student_id}%s{0}", "has a name that is a format"),
    named("..x..", "has a name of dots"),
    named("\u202egpj.evil", "has a name that is written backwards"),
)  # fmt: skip
