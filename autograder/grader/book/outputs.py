"""Which outputs of the pages are kept, and when those of one page are out of date.

myst-nb keeps the outputs of a page until its own cells change. Here they hang on more: on what the
cells import, on the references, on the data beside the page. So every page has a cache of its own,
in a folder that is named after a digest of these. Sphinx, which reads a page again when its text
has changed, is told of the pages whose digest has.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.grader import manifest
from autograder.grader.book.execution import PROFILE, VARIABLES, reference

SUBSTITUTE = "autograder/grader/book/substitute.py"
"""What runs in every kernel of the book; the packages that it lies in do nothing there."""


def setup(app: Any) -> None:
    """Connect to Sphinx."""
    app.connect("env-get-outdated", _find_outdated)
    app.connect("source-read", _use_own_cache)


def digest(root: Path, page: Path) -> str:
    """A digest of all that the outputs of a page of the book in `root` hang on, but for its cells.

    It is that of the modules which its cells import, of the data that lies in their packages and
    beside the page, of the settings of the kernels, and of an assignment's exercises and
    references.
    """
    own = [f for f in page.parent.rglob("*") if f.is_file() and f.suffix not in (".md", ".ipynb")]
    modules = list(manifest.imports(_text(page)))
    right = reference(root, page.stem)
    if right.is_file():
        own.append(right)
        modules += [f"autograder.exercises.{page.stem}", *manifest.imports(_text(right))]
    code = manifest.follow(modules, [manifest.ROOT / SUBSTITUTE])
    digests = [
        manifest.digest_of({*code, *_data(code)}),
        manifest.digest_of(own, root),
        PROFILE,
        *map(str, sorted(VARIABLES.items())),
    ]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:16]


def _data(code: set[Path]) -> Iterator[Path]:
    """The files that lie in the packages of `code` and are no code."""
    for package in (file.parent for file in code if file.name == "__init__.py"):
        yield from (f for f in package.iterdir() if f.is_file() and f.suffix != ".py")


def _find_outdated(
    app: Any, env: Any, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """The pages whose outputs are out of date; the outputs are removed."""
    root = Path(app.confdir)
    before: dict[str, str] = getattr(env, "autograder_outputs", {})
    env.autograder_outputs = {
        name: digest(root, Path(env.doc2path(name))) for name in sorted(env.found_docs)
    }
    kept = {_cache(app, name) for name in env.autograder_outputs}
    for old in set(_caches(app).glob("*")) - kept:
        shutil.rmtree(old)
    return [
        name
        for name, now in env.autograder_outputs.items()
        if name not in added and before.get(name) != now
    ]


def _use_own_cache(app: Any, docname: str, source: list[str]) -> None:
    """Give myst-nb another cache for each page; it looks here when it has the page's text."""
    cache = str(_cache(app, docname))
    app.env.mystnb_config = app.env.mystnb_config.copy(execution_cache_path=cache)


def _cache(app: Any, docname: str) -> Path:
    name = docname.replace("/", "-")
    return _caches(app) / f"{name}-{app.env.autograder_outputs[docname]}"


def _caches(app: Any) -> Path:
    return Path(app.outdir).parent / ".jupyter_cache"


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
