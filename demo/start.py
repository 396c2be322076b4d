"""Opens the embedded chat and the estate and settles a bot into them: what `make run` shows without a token."""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Protocol

from pydantic import SecretStr

from checks.model import Person, Role, RouteKind
from demo.estate import Estate, Settings, open_estate
from demo.telegram import ADMIN, CAST, OLGA, SUPPORT, create_app, serving
from handlers import imports
from storage import chats, people, routes
from storage.database import Database
from storage.secrets import open_vault

log = logging.getLogger(__name__)

Now = Callable[[], datetime]


class Config(Protocol):
    """The part of the configuration that the demonstration changes."""

    telegram: Any
    storage: Any
    server: Any
    dns: Any
    look: Any
    reference: Any
    demo: Any

    def model_copy(self, *, update: dict[str, Any]) -> Any: ...


class World(Protocol):
    """What a seed needs of the running bot."""

    @property
    def database(self) -> Database: ...
    @property
    def now(self) -> Now: ...


Seed = Callable[[Any], Awaitable[None]]


@asynccontextmanager
async def open_demo(config: Config, now: Now) -> AsyncIterator[tuple[Any, Seed]]:
    """Serve chat and estate while inside; give the configuration that leads to them, and what is to be known at first.

    The database is a new one each time, since the embedded chat begins anew as well; SMARTBOT_STORAGE__URL keeps one.
    """
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smartbot-demo-")))
        uploads_to = f"http://{config.server.listen}"
        estate = await stack.enter_async_context(open_estate(now=now, folder=home / "lists", uploads_to=uploads_to))
        token = f"1000:{secrets.token_urlsafe(24)}"
        app = create_app(cast=CAST, now=now, token=token, estate=estate)
        host, _, port = config.demo.listen.rpartition(":")
        api_url = await stack.enter_async_context(serving(app, host=host.strip("[]"), port=int(port)))
        log.info("the chat page is at %s", api_url)
        changed = _lead(config, estate.settings, home, token=token, api_url=api_url)

        async def seed(world: World) -> None:
            await settle(world.database, estate, changed, now=world.now())

        yield changed, seed


def _lead(config: Config, estate: Settings, home: Path, *, token: str, api_url: str) -> Any:
    """Return the configuration with the embedded chat and the estate in place of the real ones."""
    keeps = "SMARTBOT_STORAGE__URL" in os.environ
    storage = {} if keeps else {"url": f"sqlite+aiosqlite:///{home}/smartbot.sqlite", "files": home / "reports"}
    networks = tuple(ip_network(one) for one in estate.allow_networks)
    return config.model_copy(
        update={
            "telegram": config.telegram.model_copy(
                update={"token": SecretStr(token), "api_url": api_url, "proxy": ()},
            ),
            "storage": config.storage.model_copy(update={**storage, "secret_key_file": home / "secret.key"}),
            "server": config.server.model_copy(update={"upload_token_file": estate.upload_token_file}),
            "dns": config.dns.model_copy(update={"servers": estate.dns_servers}),
            "look": config.look.model_copy(
                update={"allow_networks": (*config.look.allow_networks, *networks), "ca_file": estate.ca_file}
            ),
            "reference": config.reference.model_copy(
                update={"hosts": estate.reference_hosts, "names": estate.reference_names}
            ),
        }
    )


async def settle(database: Database, estate: Estate, config: Any, *, now: datetime) -> None:
    """Import the estate's lists the ordinary way, and let the cast in with their roles and chats."""
    vault = open_vault(None, config.storage.secret_key_file)
    files = [imports.ListFile(name=path.name, content=path.read_bytes()) for path in estate.settings.lists]
    proposal = await imports.propose(database, files, vault=vault, now=now)
    if proposal.id is not None:
        author = imports.Author(id=None, name="demo")
        await imports.apply(database, proposal.id, vault=vault, by=author, now=now, allow_gone=True)
    await database.write(lambda tx: _let_in(tx, now))


async def _let_in(tx: Any, now: datetime) -> None:
    for one in CAST.people:
        manager = one.name if one.role == Role.MANAGER else None
        person = Person(id=one.id, name=one.name, role=Role(one.role), manager=manager)
        await people.admit(tx, person, username=one.username, at=now)
        await chats.meet(tx, one.id, at=now, kind="private", title=one.name)
    await chats.meet(tx, SUPPORT.id, at=now, kind="supergroup", title=SUPPORT.title)
    if not await routes.everything(tx):
        await routes.bind(tx, SUPPORT.id, RouteKind.TECHNICAL, at=now, thread_id=SUPPORT.topics[0].id)
        await routes.bind(tx, OLGA.id, RouteKind.BUSINESS, at=now, manager=OLGA.name)
        await routes.bind(tx, ADMIN.id, RouteKind.ADMIN, at=now)
