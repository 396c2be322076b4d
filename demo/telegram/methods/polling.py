"""Methods that say how a bot gets its updates: by long polling or by webhook."""

import re
from typing import Any
from urllib.parse import urlsplit

from demo.telegram.errors import bad
from demo.telegram.parameters import Parameters
from demo.telegram.world import World

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


async def get_updates(world: World, parameters: Parameters) -> Any:
    world.updates.allow(parameters.object("allowed_updates"))
    limit = parameters.number("limit")
    return await world.updates.poll(
        offset=parameters.number("offset") or 0,
        limit=100 if limit is None else limit,
        seconds=parameters.number("timeout") or 0,
    )


def set_webhook(world: World, parameters: Parameters) -> Any:
    """Take a webhook; plain HTTP is accepted for this very machine only."""
    url = parameters.text("url")
    if url and not _fit(url):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = parameters.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    world.updates.allow(parameters.object("allowed_updates"))
    world.updates.webhook, world.updates.secret = url, secret
    _drop_if_asked(world, parameters)
    world.updates.wake()
    return True


def _fit(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def delete_webhook(world: World, parameters: Parameters) -> Any:
    world.updates.webhook = world.updates.secret = ""
    _drop_if_asked(world, parameters)
    return True


def get_webhook_info(world: World, parameters: Parameters) -> Any:
    del parameters
    updates = world.updates
    info = {
        "url": updates.webhook,
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    return info | ({"allowed_updates": sorted(updates.allowed)} if updates.allowed else {})


def accept(world: World, parameters: Parameters) -> Any:
    """Agree to end a session that this server does not need to end."""
    del world, parameters
    return True


def _drop_if_asked(world: World, parameters: Parameters) -> None:
    if parameters.flag("drop_pending_updates"):
        world.updates.pending.clear()
