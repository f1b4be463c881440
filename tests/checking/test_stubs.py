"""A cell that uses a stub says so, and every other error is shown as it is."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from autograder.checking.stubs import explain

STUB = "def lstm_forward(x):\n    raise NotImplementedError\n"


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    found = InteractiveShell.instance()
    explain()
    yield found
    InteractiveShell.clear_instance()


def run(shell, source: str) -> tuple[str, bool]:
    with capture_output() as said:
        done = shell.run_cell(source)
    return said.stdout + said.stderr + "".join(
        o.data["text/plain"] for o in said.outputs
    ), done.success


def test_a_stub_that_is_used_is_named_in_a_sentence(shell):
    run(shell, STUB)
    said, success = run(shell, "y = lstm_forward(1)")
    assert "This cell uses `lstm_forward`" in said
    assert "Traceback" not in said
    assert not success


def test_a_class_is_named_without_its_method(shell):
    run(shell, "class Cell:\n    def __init__(self):\n        raise NotImplementedError\n")
    said, _ = run(shell, "Cell()")
    assert "This cell uses `Cell`" in said


def test_another_not_implemented_error_keeps_its_traceback(shell):
    run(shell, "def layer():\n    raise NotImplementedError('no such kernel')\n")
    said, _ = run(shell, "layer()")
    assert "no such kernel" in said
    assert "This cell uses" not in said


def test_nothing_is_installed_while_nbgrader_runs_the_notebook(shell, monkeypatch):
    shell.set_custom_exc((), None)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    explain()
    assert shell.custom_exceptions == ()
