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

from bot.config import cannot_listen
from demo.estate import Settings, open_estate
from demo.settling import give_logins, settle
from demo.stories.stage import Rehearse, stage_opener
from demo.stories.theatre import open_theatre
from demo.telegram import CAST, create_app, serving
from storage.database import Database

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
async def open_demo(config: Config, now: Now, *, rehearse: Rehearse) -> AsyncIterator[tuple[Any, Seed]]:
    """Serve chat and estate while inside; give the configuration that leads to them, and what is to be known at first.

    ``rehearse`` wires the product for the stories that the page replays.
    The database is a new one each time, since the embedded chat begins anew as well; SMARTBOT_STORAGE__URL keeps one.
    """
    async with AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smartbot-demo-")))
        uploads_to = f"http://{config.server.listen}"
        estate = await stack.enter_async_context(open_estate(now=now, folder=home / "lists", uploads_to=uploads_to))
        token = f"1000:{secrets.token_urlsafe(24)}"
        theatre = await stack.enter_async_context(open_theatre(stage_opener(rehearse, config)))
        app = create_app(cast=CAST, now=now, token=token, estate=estate, stories=theatre)
        host, _, port = config.demo.listen.rpartition(":")
        try:
            api_url = await stack.enter_async_context(serving(app, host=host.strip("[]"), port=int(port)))
        except OSError as error:
            raise cannot_listen("demo.listen", config.demo.listen, error) from None
        log.info("the chat page is at %s", api_url)
        changed = _lead(config, estate.settings, home, token=token, api_url=api_url)

        async def seed(world: World) -> None:
            key_file = changed.storage.secret_key_file
            await settle(world.database, estate.settings.lists, key_file=key_file, now=world.now())
            await give_logins(world.database, estate.settings.logins, key_file=key_file, now=world.now())

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
