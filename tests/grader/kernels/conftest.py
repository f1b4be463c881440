"""Kernels for the tests: every one of them once cold and once forked by the warm process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from autograder.grader.kernels import kernel_manager
from autograder.grader.kernels.probe import probe
from autograder.grader.kernels.warm import WarmProcess


class Running:
    """One kernel that runs, and what the tests ask of it."""

    def __init__(self, manager: Any, client: Any) -> None:
        self.manager, self.client = manager, client

    @property
    def handle(self) -> Any:
        return self.manager.provisioner._kernel

    async def tell(self, code: str, timeout: float = 60) -> str:
        """Run a cell; what it printed, and the name and text of its error."""
        said: list[str] = []

        def hook(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append(f"{content['ename']}: {content['evalue']}")

        await self.client.execute_interactive(
            code, output_hook=hook, timeout=timeout, allow_stdin=False
        )
        return "".join(said).strip()


class Kernels:
    """Starts kernels of one kind, cold or warm."""

    def __init__(self, warm: WarmProcess | None) -> None:
        self.warm = warm

    @contextlib.asynccontextmanager
    async def start(self, **options: Any) -> AsyncIterator[Running]:
        manager = kernel_manager(warm=self.warm, **options)
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            yield Running(manager, client)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    def tell(self, code: str, **options: Any) -> str:
        """Run one cell in a kernel of its own."""

        async def once() -> str:
            async with self.start(**options) as kernel:
                return await kernel.tell(code)

        return asyncio.run(once())


@pytest.fixture(scope="session")
def warm_process() -> Iterator[WarmProcess]:
    with WarmProcess() as warm:
        yield warm


@pytest.fixture(params=["cold", "warm"])
def kernels(request: pytest.FixtureRequest) -> Kernels:
    if probe().refusal:
        pytest.skip(probe().refusal)
    cold = request.param == "cold"
    return Kernels(None if cold else request.getfixturevalue("warm_process"))
