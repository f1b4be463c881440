"""Python for a reader's browser: what is fetched is what the manifest says, or nothing is kept."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.grader.book import npm
from autograder.grader.book.live import mounts, runtime

WHEEL = "numpy-1-wasm32.whl"
MANIFEST = """
[carrier]
package = "a-carrier"
version = "1.0"
python = "3.12"

[core."pyodide.mjs"]
bytes = 4
sha256 = "{core}"

[wheels."{wheel}"]
bytes = 5
sha256 = "{numpy}"
"""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheel, named in the environment, and npm's packages without npm."""
    text = MANIFEST.format(core=sha256(b"core"), numpy=sha256(b"numpy"), wheel=WHEEL)
    manifest, folder = tmp_path / "runtime.toml", tmp_path / "given"
    manifest.write_text(text)
    folder.mkdir()
    (folder / WHEEL).write_bytes(b"numpy")
    lock = {"info": {}, "packages": {"numpy": entry(b"numpy", WHEEL), "other": entry(b"", "x")}}

    def install(source: Path, packages: Path) -> None:
        core = packages / "node_modules" / "pyodide"
        core.mkdir(parents=True)
        (core / "pyodide.mjs").write_bytes(b"core")
        (core / "pyodide-lock.json").write_text(json.dumps(lock))

    monkeypatch.setattr(runtime, "MANIFEST", manifest)

    def bundle(packages: Path, *options: str) -> None:
        Path(options[-1].removeprefix("--outfile=")).write_text("editor")

    monkeypatch.setattr(npm, "install", install)
    monkeypatch.setattr(npm, "bundle", bundle)
    monkeypatch.setattr(npm, "user_cache_path", lambda name: tmp_path / "cache" / name)
    monkeypatch.setenv(runtime.WHEELS, str(folder))
    return folder


def entry(content: bytes, file: str) -> dict[str, Any]:
    return {"file_name": file, "sha256": sha256(content)}


def test_what_is_fetched_is_kept_and_not_fetched_again(
    given: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runtime.kept() is None
    made = runtime.fetch()
    assert runtime.kept() == made
    assert (made / "editor.js").read_text() == "editor"
    assert {file.name for file in (made / "pyodide").iterdir()} == {
        "pyodide.mjs",
        "pyodide-lock.json",
        WHEEL,
    }
    lock = json.loads((made / "pyodide" / "pyodide-lock.json").read_text())
    assert list(lock["packages"]) == ["numpy"]
    monkeypatch.setattr(npm, "install", lambda *_: pytest.fail("it was installed again"))
    assert runtime.fetch() == made


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"other", f"{WHEEL} is not the file that the manifest names."), (None, f"has no {WHEEL}.")],
)
def test_what_is_not_what_the_manifest_says_is_not_kept(
    given: Path, content: bytes | None, says: str
) -> None:
    (given / WHEEL).unlink()
    if content is not None:
        (given / WHEEL).write_bytes(content)
    with pytest.raises(npm.NotFetchedError, match=says):
        runtime.fetch()
    assert runtime.kept() is None


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)])
def test_without_it_the_book_is_built_but_in_ci(
    given: Path, ci: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("CI", ci)
    (given / WHEEL).unlink()
    assert runtime.main() == code
    assert "The pages are built without their editors: " in capsys.readouterr().err


def test_a_command_that_is_missing_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(npm.NotFetchedError, match=r"npm could not: .*no-such-program"):
        npm.run(["no-such-program"], tmp_path, "npm could not")


def test_the_lock_file_names_digests_and_no_addresses() -> None:
    text = (runtime.EDITOR / "package-lock.json").read_text()
    assert "http" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in about for name, about in packages.items() if name)


def test_the_manifest_has_sizes_and_digests_of_all_files() -> None:
    manifest = tomllib.loads(runtime.MANIFEST.read_text())
    files = {**manifest["core"], **manifest["wheels"]}
    assert sum(about["bytes"] for about in files.values()) < 17e6
    kept = runtime.kept()
    if kept is not None:
        for name, about in files.items():
            content = (kept / "pyodide" / name).read_bytes()
            assert (len(content), sha256(content)) == (about["bytes"], about["sha256"])


def test_all_pages_are_read_again_when_the_runtime_comes_or_goes() -> None:
    env = SimpleNamespace(found_docs={"a", "b"})

    def outdated(now: str, added: set[str]) -> set[str]:
        return mounts._find_outdated(None, env, added, set(), set(), now)

    assert outdated("", added={"a", "b"}) == set()
    assert outdated("", added=set()) == set()
    assert outdated("browser-1", added={"b"}) == {"a"}
    assert outdated("browser-1", added=set()) == set()
    assert outdated("", added=set()) == {"a", "b"}
