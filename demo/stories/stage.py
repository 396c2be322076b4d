"""Sets a story up: a temporary database with its clients and people, and the product wired over it."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from pydantic import SecretStr

from checks.model import Client, Facts, Redirect, Target
from demo.settling import settle
from demo.stories.chats import Chats
from demo.stories.facts import seen
from demo.stories.player import Stage, StoryClock, Weather
from demo.stories.script import Story
from demo.stories.theatre import OpenStage

Call = Callable[[str, Mapping[str, Any], Mapping[str, tuple[str, bytes]]], Awaitable[tuple[int, str]]]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder made in it is ours alone
FOLDER = MEMORY if MEMORY.is_dir() else None
"""Nothing of a story is worth a disk."""
CLIENT_FIELDS = (
    "name", "title", "kind", "manager", "domain", "redirect", "address", "licman", "contract_end", "seats", "contacts",
)  # fmt: skip
REDIRECT_FIELDS = ("name", "title", "address", "owner", "contacts")


class Rehearse(Protocol):
    """The wiring of the product without sockets and scheduler (``bot.rehearsal.rehearsing``)."""

    def __call__(
        self,
        config: Any,
        *,
        call: Call,
        look: Callable[[Target, datetime], Awaitable[Facts]],
        now: Callable[[], datetime],
        seed: Callable[[Any], Awaitable[None]],
    ) -> AbstractAsyncContextManager[Stage]: ...


def stage_opener(rehearse: Rehearse, config: Any) -> OpenStage:
    """Return what opens a stage for a story: the product as ``config`` has it, over a database that ends with it."""

    @asynccontextmanager
    async def open_stage(story: Story, chats: Chats, clock: StoryClock, weather: Weather) -> AsyncIterator[Stage]:
        servers = {client.name: client.redirect for client in story.clients}

        async def look(target: Target, at: datetime) -> Facts:
            return seen(target, at, weather.of, server_of=servers.get)

        with TemporaryDirectory(prefix="story-", dir=FOLDER) as folder:
            own = _own(config, story, chats, Path(folder))
            lists = _write_lists(story, Path(folder))

            async def seed(world: Any) -> None:
                await settle(world.database, lists, key_file=own.storage.secret_key_file, now=clock())

            async with rehearse(own, call=chats.call, look=look, now=clock, seed=seed) as stage:
                yield stage

    return open_stage


def _own(config: Any, story: Story, chats: Chats, folder: Path) -> Any:
    """Return the configuration with everything of the world outside taken out of it."""
    return config.model_copy(
        update={
            "telegram": config.telegram.model_copy(update={"token": SecretStr(chats.token)}),
            "storage": config.storage.model_copy(
                update={
                    "url": f"sqlite+aiosqlite:///{folder}/story.sqlite",
                    "files": folder / "reports",
                    "secret_key": None,
                    "secret_key_file": folder / "secret.key",
                }
            ),
            "look": config.look.model_copy(
                update={"interval": story.interval, "intervals": type(config.look.intervals)()}
            ),
            "reference": config.reference.model_copy(update={"hosts": (), "names": ()}),
            "routes": (),
        }
    )


def _write_lists(story: Story, folder: Path) -> tuple[Path, ...]:
    """Write the story's people as lists that the product imports."""
    first, second = folder / "redirects.csv", folder / "clients.csv"
    _write(first, REDIRECT_FIELDS, story.redirects)
    _write(second, CLIENT_FIELDS, story.clients)
    return (first, second) if story.redirects else (second,)


def _write(path: Path, fields: tuple[str, ...], members: tuple[Client | Redirect, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(fields)
        rows.writerows([getattr(one, name) or "" for name in fields] for one in members)
