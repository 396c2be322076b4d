"""What the handlers need from the world, handed to them once when the bot is put together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from checks.model import Subject
from checks.rules import Rules
from handlers.directory import Directory
from storage.database import Database
from storage.secrets import Vault

LookNow = Callable[[Subject], Awaitable[bool]]
"""Look at a subject out of turn, record what was seen, and return True; False = nothing to look at there."""

MOSCOW = ZoneInfo("Europe/Moscow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """The world of the handlers: plain values and a few acts, no configuration object."""

    database: Database
    now: Callable[[], datetime]
    look_now: LookNow
    wake: Callable[[], None]
    """Tell delivery that something is owed."""
    rules: Callable[[], Rules]
    """The estate and the operator's rules, as they are now."""
    vault: Vault
    """Seals lists with passwords until they are decided."""
    directory: Directory = field(default_factory=Directory)
    zone: ZoneInfo = MOSCOW
    """For chats that have no time zone of their own."""
    chats: frozenset[int] = frozenset()
    """Chats that the configuration names: they need nobody to introduce them."""
    public_url: str = ""
    """How clients reach our intake; empty = not told."""
    managers_see_all: bool = False
    mute_limit: timedelta | None = timedelta(hours=24)
    """How long support and managers may mute alone, where a chat says nothing else; None = as long as they like."""
    look_patience: timedelta = timedelta(seconds=30)
    """How long a person who pressed «Проверить сейчас» is kept waiting for the answer."""
    pencil: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    """One picture or file is made at a time: drawing holds a core, and the looks need it too."""
