"""Leaves several parts at once, so that a stop takes as long as the slowest of them and not as all together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any


@asynccontextmanager
async def together(*parts: AbstractAsyncContextManager[Any]) -> AsyncIterator[None]:
    """Enter ``parts`` one after the other, leave all of them at the same time; a fault in one stops no other.

    Raises:
        BaseException: the first fault of a part on the way out, after all of them are left.

    """
    entered: list[AsyncExitStack] = []
    try:
        for part in parts:
            stack = AsyncExitStack()
            await stack.enter_async_context(part)
            entered.append(stack)
        yield
    finally:
        faults = await asyncio.gather(*(stack.aclose() for stack in entered), return_exceptions=True)
        for fault in filter(None, faults):
            raise fault
