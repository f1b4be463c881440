"""Files are written whole or not at all, and a full disk is told in a sentence."""

import subprocess
import sys
from pathlib import Path

from autograder.grader.grading.files import append_line, make_folder, write_atomically
from autograder.grader.grading.journal import Journal
from autograder.grader.grading.verdict import Graded

FULL = """
import resource, signal, sys
from pathlib import Path
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
{}
"""


def run(code: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", FULL.format(code), *args], capture_output=True, text=True
    )


def graded(key: str, text: str = "") -> Graded:
    return Graded(key=key, student="ada", verdicts=[], notebook=text)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "verdicts.json"
    write_atomically(path, b"old")
    code = (
        "from autograder.grader.grading.files import write_atomically\n"
        "write_atomically(Path(sys.argv[1]), bytes(5000))"
    )
    done = run(code, str(path))
    assert "File too large" in done.stderr
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["verdicts.json"]


def test_a_full_disk_is_told_in_one_sentence(tmp_path):
    code = (
        "sys.argv[1:] = ['solve', 'lstm', '-o', sys.argv[1]]\n"
        "from autograder.grader.cli import main\n"
        "main()"
    )
    done = run(code, str(tmp_path / "solved.ipynb"))
    assert done.returncode == 2
    assert done.stderr.startswith("The disk is full")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_journal_keeps_what_was_appended(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    journal.append(graded("a"))
    journal.append(graded("b"))
    again = Journal(tmp_path / "j.jsonl")
    assert "a" in again
    assert again["b"] == graded("b")
    assert "c" not in again


def test_a_line_cut_off_by_a_crash_costs_only_itself(tmp_path):
    path = tmp_path / "j.jsonl"
    journal = Journal(path)
    journal.append(graded("a"))
    journal.append(graded("b"))
    path.write_bytes(path.read_bytes()[:-20])
    cut = Journal(path)
    assert "a" in cut
    assert "b" not in cut
    cut.append(graded("c"))
    again = Journal(path)
    assert [key in again for key in "abc"] == [True, False, True]


def test_a_journal_that_cannot_be_written_does_not_count(tmp_path):
    path = tmp_path / "j.jsonl"
    Journal(path).append(graded("a"))
    code = (
        "from autograder.grader.grading.journal import Journal\n"
        "from autograder.grader.grading.verdict import Graded\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "try:\n"
        "    journal.append(Graded(key='b', student='x', verdicts=[], notebook='n' * 5000))\n"
        "except OSError:\n"
        "    print('b' in journal)\n"
    )
    assert run(code, str(path)).stdout.strip() == "False"
    assert "a" in Journal(path)


def test_a_private_folder_that_others_make_meanwhile_is_taken_as_it_is(tmp_path, monkeypatch):
    """Feedback is written by several processes at once, all of which need its folder."""
    made = tmp_path / "course" / "feedback"
    make_folder(made, 0o700)
    assert made.stat().st_mode & 0o777 == 0o700
    made.chmod(0o750)
    make_folder(made, 0o700)
    monkeypatch.setattr(Path, "exists", lambda _: False)  # as it was a moment ago
    make_folder(made, 0o700)
    assert made.stat().st_mode & 0o777 == 0o750


def test_a_line_goes_on_a_line_of_its_own(tmp_path):
    file = tmp_path / "new" / "lines"
    append_line(file, b"one")
    with file.open("ab") as torn:
        torn.write(b"tw")
    append_line(file, b"three", mode=0o600)
    assert file.read_bytes() == b"one\ntw\nthree\n"
    assert file.stat().st_mode & 0o777 == 0o600
