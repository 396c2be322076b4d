"""Takes announcements of planned work in over HTTP: ``/api/v1/maintenance``, as JSON, with the tokens of reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from aiohttp import web
from pydantic import ValidationError

from bot.announced import read_wish
from bot.bounds import UNAUTHORIZED, Bounds, RefusedError
from bot.intake import Admit, flaws, read_body, reply, sender_of
from checks.model import Window
from handlers.desk import NotYours, Unknown
from storage.tokens import Pass

MAX_BODY = 64 * 1024
PLACE = "/api/v1/maintenance"


class Desk(Protocol):
    """Opens and ends windows (``handlers.desk.Desk``)."""

    def now(self) -> datetime: ...
    async def announce(self, window: Window, sender: Pass) -> tuple[Window, bool] | Unknown: ...
    async def living(self, sender: Pass) -> list[Window]: ...
    async def end(self, number: int, sender: Pass) -> Window | Unknown: ...


class Announcements:
    """The handlers of ``/api/v1/maintenance``."""

    def __init__(self, desk: Desk, admit: Admit, bounds: Bounds) -> None:
        self._desk = desk
        self._admit = admit
        self._bounds = bounds

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PLACE, self.announce)
        app.router.add_get(PLACE, self.living)
        app.router.add_delete(PLACE + r"/{number:\d{1,18}}", self.end)

    async def announce(self, request: web.Request) -> web.StreamResponse:
        """Open a window: 201 with its number and times, 200 when the very same one is there already."""
        sender = await sender_of(request, self._admit)
        body = await read_body(request, self._bounds, MAX_BODY)
        try:
            window = read_wish(body, sender, self._desk.now())
        except ValidationError as error:
            return reply(400, ok=False, error="invalid", fields=flaws(error))
        try:
            found = await self._desk.announce(window, sender)
        except NotYours:
            raise RefusedError(*UNAUTHORIZED) from None
        if isinstance(found, Unknown):
            raise RefusedError(404, found)
        opened, fresh = found
        return reply(201 if fresh else 200, ok=True, **_told(opened))

    async def living(self, request: web.Request) -> web.StreamResponse:
        """Tell what is under way and to come."""
        sender = await sender_of(request, self._admit)
        return reply(200, ok=True, windows=[_told(one) for one in await self._desk.living(sender)])

    async def end(self, request: web.Request) -> web.StreamResponse:
        """End a window before its time."""
        sender = await sender_of(request, self._admit)
        found = await self._desk.end(int(request.match_info["number"]), sender)
        if isinstance(found, Unknown):
            raise RefusedError(404, found)
        return reply(200, ok=True, **_told(found))


def _told(window: Window) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": window.id,
        window.extent.value: window.target or True,
        "begin": window.begins_at.isoformat(),
        "end": window.ends_at.isoformat(),
        "state": window.state.value,
        "reason": window.reason,
    }
    if window.cron:
        told["cron"], told["zone"] = window.cron, window.zone
    return told
