"""Delivers updates to a bot's webhook, one after another, again and again until it takes them."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from demo.telegram.seams import WORLD
from demo.telegram.updates import Updates

PATIENCE = ClientTimeout(total=60)
PAUSE = 1.0
FINE = range(200, 300)


async def deliver(app: web.Application) -> AsyncIterator[None]:
    """Run the delivery while the application lives."""
    task = asyncio.create_task(_deliver(app[WORLD].updates))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _deliver(updates: Updates) -> None:
    async with ClientSession(timeout=PATIENCE) as session:
        while True:
            update = await updates.next()
            if await _taken(session, updates, update):
                updates.confirm(update["update_id"] + 1)
            else:
                await asyncio.sleep(PAUSE)


async def _taken(session: ClientSession, updates: Updates, update: dict[str, object]) -> bool:
    headers = {"X-Telegram-Bot-Api-Secret-Token": updates.secret} if updates.secret else {}
    try:
        async with session.post(updates.webhook, json=update, headers=headers) as answer:
            return answer.status in FINE
    except (ClientError, TimeoutError, ValueError):
        return False
