"""Sets a story up: a temporary database with its clients and people, and the product wired over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from pydantic import SecretStr

from checks.model import Facts, Figures, Target
from demo.settling import settle
from demo.stories.chats import Chats
from demo.stories.facts import seen
from demo.stories.lists import listed, online, redirects
from demo.stories.player import Stage, StoryClock, Weather
from demo.stories.script import MOSCOW, Story
from demo.stories.theatre import OpenStage
from storage import billing
from storage import estate as registry
from storage.billing import Taken
from storage.database import Database

Call = Callable[[str, Mapping[str, Any], Mapping[str, tuple[str, bytes]]], Awaitable[tuple[int, str]]]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder made in it is ours alone
FOLDER = MEMORY if MEMORY.is_dir() else None
"""Nothing of a story is worth a disk."""


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
            return seen(target, at, weather.of, server_of=servers.get, figures=story.figures)

        with TemporaryDirectory(prefix="story-", dir=FOLDER) as folder:
            own = _own(config, story, chats, Path(folder))
            lists = _write_lists(story, Path(folder))

            async def seed(world: Any) -> None:
                await settle(world.database, lists, key_file=own.storage.secret_key_file, now=clock())
                await _remember(story, world.database, clock())

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
                update={
                    "interval": story.interval,
                    "intervals": type(config.look.intervals)().model_copy(update={"billing": _logins(story)}),
                }
            ),
            "reference": config.reference.model_copy(update={"hosts": (), "names": ()}),
            "routes": (),
            "channels": {},
            "fallback": type(config.fallback)(),
        }
    )


def _logins(story: Story) -> timedelta:
    """Return how often the story's accesses are logged in to."""
    return max(story.interval, timedelta(hours=1))


def _write_lists(story: Story, folder: Path) -> tuple[Path, ...]:
    """Write the story's people as lists that the product imports."""
    contents = (
        ("redirects.csv", redirects(story.redirects) if story.redirects else b""),
        ("clients.csv", listed(story.clients)),
        ("online.csv", online(story.accesses) if story.accesses else b""),
    )
    written = []
    for name, content in contents:
        if content:
            path = folder / name
            path.write_bytes(content)
            written.append(path)
    return tuple(written)


async def _remember(story: Story, database: Database, now: datetime) -> None:
    """Put the figures of the days before the story into the database, as if somebody had looked on each of them."""
    if story.known_since is None or story.figures is None:
        return
    async with database.read() as connection:
        known = (await registry.load(connection)).accesses
    days = [story.known_since + timedelta(days=number) for number in range((now.date() - story.known_since).days)]
    taken = [
        Taken(access=number, figures=Figures(at=noon, quotas=story.figures(access.login, noon)), day=day)
        for number, access in known.items()
        for day in days
        for noon in [datetime.combine(day, time(12), MOSCOW)]
    ]
    await database.write(lambda tx: billing.save(tx, taken))
