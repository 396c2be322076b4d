"""Announcements of planned work that come from elsewhere: from the configuration, from other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from checks.catalogue import ROWS
from checks.maintenance import Close, same, spans
from checks.model import Extent, Source, Window, WindowState
from checks.rules import Rules
from handlers import planned
from storage import audit, maintenance
from storage.database import Connection, Database
from storage.tokens import Pass

PROGRAM = "API"
"""Who the journal names for what a program did."""


class Unknown(StrEnum):
    """What an announcement names that nobody knows."""

    CLIENT = "unknown_client"
    REDIRECT = "unknown_redirect"
    CODE = "unknown_code"
    WINDOW = "not_found"


class NotYours(Exception):  # noqa: N818 - not an error of ours: the sender may not do this
    """A client's token speaks for that client only."""


class Desk:
    """Takes announcements from programs, each with the token it came with."""

    def __init__(
        self, database: Database, *, rules: Callable[[], Rules], now: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        self._database = database
        self._rules = rules
        self._now = now
        self._wake = wake

    def now(self) -> datetime:
        return self._now()

    async def announce(self, window: Window, sender: Pass) -> tuple[Window, bool] | Unknown:
        """Open the window; returns it and whether it is new: the same announcement twice has one effect.

        Raises:
            NotYours: the token is another client's.

        """
        _allow(sender, window)
        unknown = self._unknown(window)
        if unknown is not None:
            return unknown

        async def work(tx: Connection) -> tuple[Window, bool]:
            known = [one for one in await maintenance.living(tx) if same(one, window)]
            if known:
                return known[0], False
            opened = await planned.open_window(tx, window, now=self._now())
            await _audit(tx, "work", opened, sender, self._now())
            return opened, True

        found = await self._database.write(work)
        self._wake()
        return found

    async def living(self, sender: Pass) -> list[Window]:
        """Return what is under way and to come, as far as the sender may know."""
        async with self._database.read() as connection:
            return [one for one in await maintenance.living(connection) if _may(sender, one)]

    async def end(self, number: int, sender: Pass) -> Window | Unknown:
        """End a window before its time, for good."""

        async def work(tx: Connection) -> Window | None:
            window = await maintenance.load(tx, number)
            if window is None or not _may(sender, window):
                return None
            closed = await planned.close_window(tx, number, now=self._now(), why=Close.EARLY)
            if closed is not None:
                await _audit(tx, "work_end", closed, sender, self._now())
            return closed

        closed = await self._database.write(work)
        return Unknown.WINDOW if closed is None else closed

    def _unknown(self, window: Window) -> Unknown | None:
        estate = self._rules().estate
        match window.extent:
            case Extent.CLIENT if window.target not in estate.clients:
                return Unknown.CLIENT
            case Extent.REDIRECT if window.target not in estate.redirects:
                return Unknown.REDIRECT
            case Extent.CODE if window.target not in ROWS:
                return Unknown.CODE
            case _:
                return None


def _may(sender: Pass, window: Window) -> bool:
    return sender.client is None or window.thing == (Extent.CLIENT, sender.client)


def _allow(sender: Pass, window: Window) -> None:
    if not _may(sender, window):
        raise NotYours


async def _audit(tx: Connection, act: str, window: Window, sender: Pass, now: datetime) -> None:
    who = sender.client or sender.dealer or PROGRAM
    await audit.write(
        tx,
        at=now,
        person_id=None,
        person=f"{PROGRAM}: {who}" if who != PROGRAM else PROGRAM,
        chat_id=None,
        act=act,
        target=window.target or "*",
        detail={"what": window.target, "extent": window.extent},
    )


# ── the configuration ─────────────────────────────────────────────────────────────────────────────────────────────


async def follow_configuration(database: Database, wanted: Sequence[Window], *, now: datetime) -> None:
    """Make the windows of the configuration be exactly ``wanted``, known again by their keys."""
    await database.write(partial(_follow, wanted=wanted, now=now))


async def _follow(tx: Connection, wanted: Sequence[Window], now: datetime) -> None:
    living = {one.key: one for one in await maintenance.living(tx) if one.source is Source.CONFIGURATION}
    keys = {one.key for one in wanted}
    for key, window in living.items():
        if key not in keys and window.id is not None:
            await planned.close_window(tx, window.id, now=now)
    past = await maintenance.keys_of_past(tx, Source.CONFIGURATION)
    for window in wanted:
        fresh = window.key not in living and (bool(window.cron) or window.key not in past)
        due = _due(window, now) if fresh else None
        if due is not None:
            await planned.open_window(tx, due, now=now)


def _due(window: Window, now: datetime) -> Window | None:
    """Return a configured window with its next time; None = its time has passed."""
    if not window.cron:
        return window if window.ends_at > now else None
    found = spans(window.cron, window.zone, window.length or timedelta(hours=1), now)
    if found is None:
        return None
    return replace(window, begins_at=found.begins_at, ends_at=found.ends_at, state=WindowState.PLANNED)
