"""Settles a bot into a demonstration: its lists imported, its people and chats known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from checks.model import Credentials, Person, Purpose, Role, RouteKind
from checks.secret import Secret
from demo.telegram import ADMIN, CAST, OLGA, SUPPORT
from handlers import imports
from storage import chats, credentials, people, routes
from storage.database import Database
from storage.secrets import open_vault


async def settle(database: Database, lists: Sequence[Path], *, key_file: Path, now: datetime) -> None:
    """Import lists the ordinary way, and let the cast in with their roles and chats."""
    vault = open_vault(None, key_file)
    files = [imports.ListFile(name=path.name, content=path.read_bytes()) for path in lists]
    proposal = await imports.propose(database, files, vault=vault, now=now)
    if proposal.id is not None:
        author = imports.Author(id=None, name="demo")
        await imports.apply(database, proposal.id, vault=vault, by=author, now=now, allow_gone=True)
    await database.write(lambda tx: _let_in(tx, now))


async def give_logins(database: Database, names: Sequence[str], *, key_file: Path, now: datetime) -> None:
    """Let the bot log in at some clients to check."""
    vault = open_vault(None, key_file)
    one = Credentials(login="smartlogin", password=Secret(token_urlsafe(12)))

    async def work(tx: Any) -> None:
        for name in names:
            await credentials.save(tx, name, Purpose.LOGIN, one, vault=vault, at=now)

    await database.write(work)


async def _let_in(tx: Any, now: datetime) -> None:
    for one in (person for person in CAST.people if person.role in set(Role)):
        manager = one.name if one.role == Role.MANAGER else None
        person = Person(id=one.id, name=one.name, role=Role(one.role), manager=manager)
        await people.admit(tx, person, username=one.username, at=now)
        await chats.meet(tx, one.id, at=now, kind="private", title=one.name)
    await chats.meet(tx, SUPPORT.id, at=now, kind="supergroup", title=SUPPORT.title)
    if not await routes.everything(tx):
        await routes.bind(tx, SUPPORT.id, RouteKind.TECHNICAL, at=now, thread_id=SUPPORT.topics[0].id)
        await routes.bind(tx, OLGA.id, RouteKind.BUSINESS, at=now, manager=OLGA.name)
        await routes.bind(tx, ADMIN.id, RouteKind.ADMIN, at=now)
