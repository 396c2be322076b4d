"""The board: one living, pinned message that shows a chat everything at a glance, kept in step with what happens."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from checks.incidents import BLIND
from checks.maintenance import keeps_back
from checks.model import Message, RouteKind
from checks.silences import active, covering
from handlers.cards import briefs
from handlers.digest import Audience, audience_in
from handlers.digest_parts import is_ours, sees_work
from handlers.impact import hit_names
from handlers.reading import View, mute_of
from handlers.rota import person_on_duty
from handlers.works import authors, work_of
from storage import boards, incidents, looks, maintenance, people, silences
from storage.boards import Board as Kept
from storage.database import Connection, Database
from templates import render
from templates.board import Board
from templates.cards import Someone
from templates.work import Work

AT_MOST_EVERY = timedelta(seconds=15)
AT_LEAST_EVERY = timedelta(minutes=5)
"""A board that is older than this is stale: nobody keeps it up to date."""

Pin = Callable[[int, int], Awaitable[bool | None]]
"""Pins a message of a chat: True = done, False = refused, None = try again later."""


async def read_board(connection: Connection, view: View) -> Board:
    """Return what the board of the chat of ``view`` has to show."""
    assert view.chat_id is not None
    audience = await audience_in(connection, view.chat_id, view.estate, view.policy)
    known = [one for one in await incidents.open_ones(connection) if audience.concerns(one)]
    blind = next((one for one in await incidents.open_ones(connection) if one.code == BLIND), None)
    ranked = sorted(known, key=lambda one: (one.priority, -len(hit_names(one, view.estate)), one.opened_at))
    hit = {name for one in ranked for name in hit_names(one, view.estate)} & audience.names
    lines = await briefs(connection, ranked, view)
    mine = audience.names
    counts = {one.id: len(mine.intersection(hit_names(one, view.estate))) for one in ranked}
    lasting = await silences.lasting(connection)
    covered = {one.id or 0: covering(lasting, one, view.now, chat_id=view.chat_id) for one in ranked}
    who = await people.names(connection, {silence.author for silence in covered.values() if silence})
    muted = [(number, mute_of(one, who.get(one.author, ""), view.now)) for number, one in covered.items() if one]
    return Board(
        clients=len(mine),
        hit=len(hit),
        incidents=tuple(replace(line, clients=counts[line.number]) for line in lines),
        muted=tuple(muted),
        mutes=sum(active(one, view.now) and is_ours(one, audience, view) for one in lasting),
        works=await _works(connection, audience, view),
        duty=await _duty(connection, audience, view),
        own=audience.own,
        blind_since=blind.opened_at if blind else None,
        swept_at=await looks.newest(connection),
        refreshes=AT_LEAST_EVERY,
    )


async def _works(connection: Connection, audience: Audience, view: View) -> tuple[Work, ...]:
    soon = view.now + timedelta(hours=24)
    found = [
        one
        for one in await maintenance.living(connection)
        if (keeps_back(one, view.now) or one.begins_at <= soon) and sees_work(one, audience, view.estate)
    ]
    who = await authors(connection, found)
    return tuple(work_of(one, who.get(one.author, ""), view.estate, view.now) for one in found)


async def _duty(connection: Connection, audience: Audience, view: View) -> Someone | None:
    if audience.own or not audience.hears_as(RouteKind.TECHNICAL):
        return None
    found = await person_on_duty(connection, view.policy, view.now)
    return found if found is not None and found.name else None


def word_board(board: Board, view: View) -> Message:
    return render("board", now=view.now, zone=view.zone, board=board)


class Boards:
    """Owes a board its new state when what it shows has changed, not more often than every 15 seconds."""

    def __init__(self, database: Database, pin: Pin) -> None:
        self._database = database
        self._pin = pin
        self._seen: dict[int, Board] = {}
        """What each board showed last, times left out; empty after a start, so that each is brought up to date."""
        self._stamp: tuple[object, ...] | None = None

    async def step(self, look_in: Callable[[Connection, int], Awaitable[View]], *, now: datetime) -> bool:
        """Bring boards up to date; returns whether one is owed something now."""
        async with self._database.read() as connection:
            living = await boards.living(connection)
            if not living:
                return False
            stamp = await boards.stamp(connection)
            moved = stamp != self._stamp
            wanted = [one for one in living if moved or _is_due(one, now) or one.id not in self._seen]
            changed = [one for one in wanted if await self._changed(connection, one, look_in, now)]
        self._stamp = stamp
        for one in changed:
            due_at = max(now, one.shown_at + AT_MOST_EVERY) if one.shown_at and one.message_id else now
            await self._database.write(partial(boards.owe, board=one, due_at=due_at, now=now))
        await self._pin_all(living)
        return bool(changed)

    async def _changed(
        self,
        connection: Connection,
        kept: Kept,
        look_in: Callable[[Connection, int], Awaitable[View]],
        now: datetime,
    ) -> bool:
        board = await read_board(connection, await look_in(connection, kept.chat_id))
        lasting = replace(board, swept_at=None, pin_refused=kept.pin_refused)
        same = self._seen.get(kept.id) == lasting
        self._seen[kept.id] = lasting
        return not same or _is_due(kept, now)

    async def _pin_all(self, living: list[Kept]) -> None:
        for one in living:
            if one.message_id is None or one.pinned or one.pin_refused:
                continue
            done = await self._pin(one.chat_id, one.message_id)
            if done is not None:
                await self._database.write(partial(boards.pinned, board_id=one.id, refused=not done))


def _is_due(kept: Kept, now: datetime) -> bool:
    return kept.message_id is None or kept.shown_at is None or now - kept.shown_at >= AT_LEAST_EVERY
