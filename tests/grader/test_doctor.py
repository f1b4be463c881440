"""What `autograder doctor` tells of a machine, and of why it cannot grade."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from typer.testing import CliRunner

from autograder.grader.commands import app
from autograder.grader.kernels import probe


def test_the_machine_as_json(tmp_path: Path) -> None:
    file = tmp_path / "doctor.json"
    done = CliRunner().invoke(app, ["doctor", "--json", str(file)])
    found = json.loads(file.read_text())
    assert done.exit_code == (0 if found["ready"] else 1)
    assert found["cores"] >= 1
    assert min(found["memory"], found["disk_free"]) > 2**20
    assert found["packages"]["numpy"]
    assert found["course"] is None


def test_the_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).exit_code == 0


def test_an_interpreter_in_a_private_home_is_told(tmp_path: Path, monkeypatch) -> None:
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    home.chmod(0o700)
    python = home / "bin" / "python3"
    python.touch()
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(probe.os, "geteuid", lambda: 0)
    assert f"lies in {home}, which nobody but its owner may enter" in probe._cause()


def test_packages_outside_the_environment_are_told(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "elsewhere.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    said = probe._cause(["elsewhere"])
    assert f"elsewhere is imported from {tmp_path}, which lies outside" in said
