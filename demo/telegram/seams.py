"""What the application carries for its handlers."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from demo.telegram.world import World


class Estate(Protocol):
    """The simulated estate behind the panel that breaks and mends."""

    def state(self) -> Mapping[str, Any]:
        """Return ``{redirects: [{name, state, …}], clients: [{name, redirect, state, …}]}``.

        Optional beside them: ``states: {redirect: [{state, title}], client: […]}``, what each kind can be put into.
        """

    async def change(self, wish: Mapping[str, Any]) -> None:
        """Obey ``{redirect|client, state, …}``; raise ``ValueError`` with the reason when that cannot be."""


class Stories(Protocol):
    """The replays of the true stories."""

    def names(self) -> Sequence[Mapping[str, Any]]:
        """Return ``[{name, title}]`` in order of their dates."""

    async def start(self, name: str, *, speed: float) -> None:
        """Begin to play; ``KeyError`` for a name that nobody knows, ``ValueError`` with the reason for a bad wish."""

    def progress(self, name: str) -> Mapping[str, Any]:
        """Return ``{done, at, said: [{at, chat_id, text}]}``; ``KeyError`` for an unknown or never started story."""


WORLD = web.AppKey("world", World)
ESTATE = web.AppKey("estate", Estate)
STORIES = web.AppKey("stories", Stories)
CLOSING = web.AppKey("closing", asyncio.Event)
