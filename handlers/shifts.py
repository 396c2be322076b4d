"""The shifts that are made in the chat: days, hours, people and their turns, each changed by a button at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time

from aiogram.types import CallbackQuery

from checks.access import Act
from checks.buttons import Press
from checks.model import Days, Message, Shift, Turn
from handlers import rota
from handlers.paging import number_of, page_of
from handlers.replies import answer, show, worded
from handlers.turn import Turn as Answering
from storage import duty, people
from storage.database import Connection

PEOPLE_A_PAGE = 8
MOST_SHIFTS = 20
MOST_PEOPLE = 20
WHOLE = frozenset({Days.EVERY})
QUESTIONS = frozenset({"days", "begin", "end", "people", "drop"})
"""Words that only show what can be chosen."""


async def pressed(query: CallbackQuery, press: Press, turn: Answering) -> None:
    """Do what a button of the shifts asks."""
    turn.require(Act.ROTA)
    word, _, arg = press.arg.partition(".")
    if word == "shifts":
        await answer(turn, query, "empty")
        await show(turn, query, await _every(turn))
    elif word == "new":
        await _new(query, turn)
    elif word in {"shift", *QUESTIONS}:
        await _ask(query, turn, press.id, word, arg)
    elif word == "gone":
        await _drop(query, turn, press.id)
    else:
        await _change(query, turn, press.id, word, arg)


async def _every(turn: Answering) -> Message:
    policy = turn.deps.rules().policy
    async with turn.deps.database.read() as connection:
        known = await rota.rota_in(connection, policy, turn.now)
        names = await people.names(connection, {one for shift in known.shifts for one in shift.people})
    return worded(turn, "shifts", shifts=known.shifts, names=names, full=len(known.shifts) >= MOST_SHIFTS)


async def _new(query: CallbackQuery, turn: Answering) -> None:
    async def work(tx: Connection) -> int | None:
        if len(await duty.every_shift(tx)) >= MOST_SHIFTS:
            return None
        today = turn.now.astimezone(turn.deps.rules().policy.rota.zone).date()
        fresh = Shift(people=(), days=frozenset({Days.WORKDAYS}), begin=time(9), end=time(18), since=today)
        return await duty.add_shift(tx, fresh, by=turn.user_id, at=turn.now)

    number = await turn.change("shift_new", work)
    await answer(turn, query, "empty")
    await show(turn, query, await _every(turn) if number is None else await _card(turn, number, "shift", ""))


async def _ask(query: CallbackQuery, turn: Answering, number: int, word: str, arg: str) -> None:
    await answer(turn, query, "empty")
    await show(turn, query, await _card(turn, number, word, arg))


async def _card(turn: Answering, number: int, question: str, arg: str) -> Message:
    """Word a shift, with what can be chosen; the list of all where it was dropped meanwhile."""
    async with turn.deps.database.read() as connection:
        shift = await duty.shift(connection, number)
        known = await rota.stand_ins(connection)
        names = await people.names(connection, set(shift.people) if shift else set())
    if shift is None:
        return await _every(turn)
    page = page_of(known, number_of(arg), PEOPLE_A_PAGE)
    return worded(turn, "shift", shift=shift, names=names, question=question, page=page)


async def _change(query: CallbackQuery, turn: Answering, number: int, word: str, arg: str) -> None:
    """Change one thing about a shift as it is now, whoever changed another a moment ago."""

    async def work(tx: Connection) -> bool:
        shift = await duty.shift(tx, number)
        changed = CHANGES[word](shift, arg) if shift is not None and word in CHANGES else None
        return changed is not None and changed != shift and await duty.change_shift(tx, changed)

    done = await turn.change("shift", work, target=str(number), detail={"word": word, "arg": arg})
    await answer(turn, query, "kept" if done else "nothing_changed")
    follow = {"day": "days", "from": "end", "till": "shift", "man": "people"}
    await show(turn, query, await _card(turn, number, follow.get(word, "shift"), arg.partition(".")[2]))


def _day(shift: Shift, arg: str) -> Shift | None:
    """Add a day or take it away; the whole words stand alone."""
    if arg not in set(Days):
        return None
    day = Days(arg)
    if day in {Days.EVERY, Days.WORKDAYS, Days.DAYS_OFF}:
        return replace(shift, days=frozenset({day}))
    named = shift.days - {Days.EVERY, Days.WORKDAYS, Days.DAYS_OFF}
    return replace(shift, days=(named - {day} if day in named else named | {day}) or WHOLE)


def _from(shift: Shift, arg: str) -> Shift | None:
    return replace(shift, begin=time(int(arg))) if arg in HOURS else None


def _till(shift: Shift, arg: str) -> Shift | None:
    return replace(shift, end=time(int(arg))) if arg in HOURS else None


def _turn(shift: Shift, _arg: str) -> Shift:
    return replace(shift, turn=Turn.DAY if shift.turn is Turn.WEEK else Turn.WEEK)


def _man(shift: Shift, arg: str) -> Shift | None:
    """Put a person at the end of the turns, or take them out."""
    number = arg.partition(".")[0]
    if not number.isascii() or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - 64 bits
        return None
    person = int(number)
    if person in shift.people:
        return replace(shift, people=tuple(one for one in shift.people if one != person))
    return replace(shift, people=(*shift.people, person)[:MOST_PEOPLE])


HOURS = frozenset(str(hour) for hour in range(24))
CHANGES: dict[str, Callable[[Shift, str], Shift | None]] = {
    "day": _day,
    "from": _from,
    "till": _till,
    "turn": _turn,
    "man": _man,
}


async def _drop(query: CallbackQuery, turn: Answering, number: int) -> None:
    dropped = await turn.change("shift_off", lambda tx: duty.drop_shift(tx, number), target=str(number))
    await answer(turn, query, "kept" if dropped else "nothing_changed")
    await show(turn, query, await _every(turn))
