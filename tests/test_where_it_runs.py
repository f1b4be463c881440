"""Images, hooks and the guide say the same of stages, rights and checks."""

from __future__ import annotations

import json
import re

import yaml

from autograder.grader.checkout import CHAPTERS, ROOT
from autograder.grader.kernels import probe

GUIDE = (CHAPTERS / "about" / "guides" / "where_it_runs.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEVCONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
RIGHTS = ("seccomp", "apparmor", "systempaths")


def test_the_guide_and_the_editor_build_stages_that_there_are() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE))
    built = set(re.findall(r"--target (\w+)", GUIDE))
    assert built == {"student", "grader"}
    assert built | {DEVCONTAINER["build"]["target"]} <= stages
    assert f"{DEVCONTAINER['remoteUser']}\nUSER 1000" in DOCKERFILE


def test_a_sandbox_is_given_the_same_rights_everywhere() -> None:
    said = probe._advice("No permissions to create new namespace")
    for right in RIGHTS:
        assert f"--security-opt={right}=unconfined" in DEVCONTAINER["runArgs"]
        assert f"--security-opt {right}=unconfined" in GUIDE
        assert right in said


def test_the_students_image_gets_the_wheel_and_not_the_checkout() -> None:
    (stage,) = re.findall(r"^FROM python AS student$(.+?)^FROM ", DOCKERFILE, re.M | re.S)
    assert re.findall(r"^COPY (.+)$", stage, re.MULTILINE) == [
        "constraints.txt /tmp/",
        "--from=wheel /course/dist/*.whl /tmp/",
    ]


def test_a_commit_is_checked_as_make_lint_does() -> None:
    (line,) = re.findall(r"^lint: .+\n\t(.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    wanted = [command.replace(" --check", "").removesuffix(" .") for command in line.split(" && ")]
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    asked = [hook["entry"].removeprefix(".venv/bin/") for hook in local["hooks"]]
    assert [entry.removesuffix(" --force-exclude") for entry in asked] == wanted
    assert all(hook["language"] == "system" for hook in local["hooks"])


def test_actions_are_pinned_to_commits() -> None:
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), (file.name, used)
