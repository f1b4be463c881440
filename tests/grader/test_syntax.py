"""Trees are made while libraries parse too, which CPython 3.11 does not forgive."""

from __future__ import annotations

import ast

import pytest

from autograder.grader import syntax

MISMATCH = SystemError("AST constructor recursion depth mismatch (before=57, after=182)")


@pytest.mark.parametrize("times", [0, 1, syntax.MOST_TRIES - 1])
def test_a_tree_that_another_thread_has_disturbed_is_made_again(monkeypatch, times):
    tree = ast.parse("a = 1")
    left = [MISMATCH] * times

    def parse(source: str) -> ast.Module:
        if left:
            raise left.pop()
        return tree

    monkeypatch.setattr(syntax.ast, "parse", parse)
    assert syntax.parse("a = 1") is tree
    assert not left


def test_an_error_that_stays_is_told(monkeypatch):
    def parse(source: str) -> ast.Module:
        raise MISMATCH

    monkeypatch.setattr(syntax.ast, "parse", parse)
    with pytest.raises(SystemError, match="mismatch"):
        syntax.parse("a = 1")
