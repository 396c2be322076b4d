"""Commands of the command line that read or change one thing and end."""

from __future__ import annotations

import sys
from difflib import get_close_matches

from bot import clock
from bot.config import Config
from storage import estate, invitations, tokens
from storage.database import open_database
from storage.schema import upgrade

FINE, FAILED = 0, 1


async def token(config: Config, client: str) -> int:
    """Make an upload token for one client and show it this once."""
    upgrade(config.storage.url)
    async with open_database(config.storage.url) as database:
        async with database.read() as connection:
            known = (await estate.load(connection)).clients
        if client not in known:
            near = get_close_matches(client, known, n=3)
            hint = f"; похожие: {', '.join(near)}" if near else ""
            print(f"token: нет клиента {client}{hint}", file=sys.stderr)
            return FAILED
        made = await database.write(lambda tx: tokens.make(tx, client, clock.now()))
    print(made)
    return FINE


async def admin_code(config: Config) -> int:
    """Make the one-time code that lets the first administrator in."""
    upgrade(config.storage.url)
    async with open_database(config.storage.url) as database:
        made = await database.write(lambda tx: invitations.make_admin_code(tx, clock.now()))
    print(made)
    print("Напишите боту в личный чат: /start и этот код. Код действует 15 минут и один раз.", file=sys.stderr)
    return FINE
