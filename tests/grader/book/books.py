"""Books to build and to look into."""

from __future__ import annotations

import contextlib
import html
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbgrader

from autograder.grader.checkout import ROOT

TOC = """\
format: jb-book
root: chapters/index
chapters:
"""

INDEX = """\
# A small book

The landing page says what the book is about, at more length than a list of results can show: \
its description has to end with a whole word and with a mark that something was left out.

```{install-checks} notebook
```
"""

MINI = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# Twice

Doubling is the only exercise, and $2x$ its only formula.

```{code-cell} ipython3
def double(x):
    \"\"\"Return 2x.\"\"\"
    raise NotImplementedError
```

```{code-cell} ipython3
print(f"seven doubled is {double(7)}")
```

```{code-cell} ipython3
from IPython.display import HTML

verdict = "correct" if double(7) == 14 else "wrong"
HTML(f'<div class="autograder-check autograder-{verdict}">{verdict}</div>')
```
"""

SOLUTION = """\
def double(x):
    \"\"\"Return 2x.\"\"\"
    secret_sum = x + x
    return secret_sum
"""


@dataclass(frozen=True)
class Book:
    """A book in a folder of its own, built as a person builds it."""

    root: Path

    @property
    def html(self) -> Path:
        return self.root / "_build" / "html"

    def page(self, docname: str) -> str:
        """The markup of a page."""
        return (self.html / f"{docname}.html").read_text(encoding="utf-8")

    def text(self, docname: str) -> str:
        """The text of a page."""
        return plain(self.page(docname))

    def add(self, name: str, page: str, reference: str) -> None:
        """Add a page of one exercise to the end of the contents."""
        (self.root / "chapters" / f"{name}.md").write_text(page, encoding="utf-8")
        self.set_reference(name, reference)
        with (self.root / "_toc.yml").open("a", encoding="utf-8") as contents:
            contents.write(f"  - file: chapters/{name}\n")

    def set_reference(self, name: str, reference: str) -> None:
        """Give the page `name` its reference, or another one."""
        file = self.root / "solutions" / name / "reference.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(reference, encoding="utf-8")

    def build(self) -> subprocess.CompletedProcess[str]:
        """Build with every warning an error; the environment's packages see this checkout."""
        start = "from jupyter_book.cli.main import main; main()"
        command = [sys.executable, "-c", start, "build", ".", "-W", "-n", "--keep-going"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        return subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True
        )


def text_files(folder: Path) -> dict[str, str]:
    """Every text below `folder`, in wheels as well: as it is, and as a reader sees it.

    Highlighting cuts a line of code into pieces, and JSON escapes its quotes.
    """
    found = {}
    for name, content in _files(folder):
        with contextlib.suppress(UnicodeDecodeError):
            text = content.decode()
            seen = plain(text) if name.endswith(".html") else text.replace(r"\"", '"')
            found[name] = f"{text}\n{seen}"
    return found


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if file.parent.name == "pyodide":
            continue  # Python itself and NumPy, as others publish them
        if file.suffix == ".whl":
            with zipfile.ZipFile(file) as wheel:
                yield from ((name, wheel.read(name)) for name in wheel.namelist())
        elif file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()


def plain(page: str) -> str:
    """The text of a page without its markup."""
    return html.unescape(re.sub("<[^>]+>", "", page))


def outside_addresses(html: Path) -> list[tuple[Path, str]]:
    """What the pages and styles below `html` have a browser fetch from another site."""
    loaded = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="((?:https?:)?//[^"]*)"'
        r'|<link\b(?=[^>]*\brel="(?:stylesheet|preload|icon|preconnect)")[^>]*'
        r'\bhref="((?:https?:)?//[^"]*)"'
        r"""|(?:url\(|@import )["']?((?:https?:)?//[^"')]*)"""
    )
    return [
        (file, match[0])
        for file in html.rglob("*")
        if file.suffix in {".html", ".css"}
        for match in loaded.finditer(file.read_text(encoding="utf-8"))
    ]


def write_mini(root: Path) -> Book:
    """A book of one page with one exercise, under the real configuration."""
    shutil.copy(ROOT / "_config.yml", root)
    (root / "_toc.yml").write_text(TOC, encoding="utf-8")
    (root / "chapters").mkdir()
    (root / "chapters" / "index.md").write_text(INDEX, encoding="utf-8")
    book = Book(root)
    book.add("mini", MINI, SOLUTION)
    return book


def copy_real(root: Path) -> Book:
    """The book of this checkout, copied, with an environment in place as `make course` has it.

    Outputs of the same notebooks with the same references are taken over from the checkout.
    """
    for name in ("_config.yml", "_toc.yml", "README.md", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, root)
    for name in ("autograder", "chapters", "solutions"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / ".venv").symlink_to(Path(nbgrader.__file__).parents[4])
    outputs = ROOT / "_build" / ".jupyter_cache"
    if outputs.is_dir():
        shutil.copytree(outputs, root / "_build" / ".jupyter_cache")
    return Book(root)
