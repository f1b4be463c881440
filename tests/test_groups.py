"""Tests that share what is slow to make run in one process: conftest.py says which."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one process only")
def test_the_groups_have_reached_xdist(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@test_groups.py")
