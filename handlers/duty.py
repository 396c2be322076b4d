"""``/duty``: who is on duty now and next, whom an untaken incident calls; who will be away, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from checks.access import Act, Allowed
from checks.buttons import Action, Press
from checks.duty import on_duty, upcoming
from checks.model import Leave
from checks.model import Message as Words
from handlers import shifts
from handlers.paging import number_of, page_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.rota import rota_in, staff, stand_ins
from handlers.turn import Turn
from storage import duty, people

COMING = 3
DAYS_OFFERED = 7
PEOPLE_A_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How far the questions about a leave have come."""

    person: int
    first: date | None = None
    last: date | None = None
    instead: int | None = None
    answered: int = 0

    @property
    def arg(self) -> str:
        days = [f"{day.toordinal():x}" for day in (self.first, self.last) if day is not None]
        return ".".join(["leave", f"{self.person:x}", *days])


def router() -> Router:
    """Return the router of duty."""
    made = Router(name="duty")
    on_command(made, "duty", _duty)
    on_press(made, Action.DUTY, _pressed)
    return made


async def _duty(message: Message, turn: Turn) -> None:
    await say(turn, await overview(turn), reply_to=message.message_id if message.chat.type != "private" else None)


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button asks; ``press.arg`` is a word and, after dots, what was answered so far."""
    word, *answers = press.arg.split(".")
    if word == "leave":
        await _leave(query, turn, answers)
    elif word == "who":
        turn.require(Act.ROTA)
        await answer(turn, query, "empty")
        await show(turn, query, await _choice_of_people(turn, "leave", number_of(answers[0] if answers else "")))
    elif word == "back":
        await _come_back(query, turn, press.id)
    elif word == "":
        await answer(turn, query, "empty")
        await show(turn, query, await overview(turn))
    else:
        await shifts.pressed(query, press, turn)


async def overview(turn: Turn) -> Words:
    """Word who is on duty, who comes next, whom an untaken incident calls."""
    policy = turn.deps.rules().policy
    async with turn.deps.database.read() as connection:
        rota = await rota_in(connection, policy, turn.now)
        known = await staff(connection, policy, turn.now)
        found = on_duty(rota, turn.now)
        coming = upcoming(rota, turn.now)[:COMING]
        called = {known.chain.next, known.chain.head} - {None}
        named = {one.person for one in (found, *coming) if one} | called | _mentioned(rota.leaves)
        names = await people.names(connection, {one for one in named if one is not None})
    today = turn.now.astimezone(rota.zone).date()
    return worded(
        turn,
        "duty",
        duty=found,
        coming=coming,
        chain=known.chain,
        escalation=policy.escalation,
        leaves=[one for one in rota.leaves if one.last >= today],
        today=today,
        names=names,
        away=isinstance(turn.verdict(Act.LEAVE), Allowed),
        plans=isinstance(turn.verdict(Act.ROTA), Allowed),
        me=turn.user_id,
    )


def _mentioned(leaves: Sequence[Leave]) -> set[int | None]:
    return {one.person for one in leaves} | {one.instead for one in leaves}


# ── who is away ───────────────────────────────────────────────────────────────────────────────────────────────────


async def _leave(query: CallbackQuery, turn: Turn, answers: Sequence[str]) -> None:
    """Ask one question after the other: from when, until when, who instead; keep it when all are answered."""
    asked = _asked(turn, answers)
    if asked is None:
        await answer(turn, query, "stale")
        await show(turn, query, await overview(turn))
        return
    turn.require(Act.LEAVE if asked.person == turn.user_id else Act.ROTA)
    if asked.answered < 4:  # noqa: PLR2004 - person, first day, last day, who instead
        await answer(turn, query, "empty")
        await show(turn, query, await _question(turn, asked))
        return
    assert asked.first is not None
    assert asked.last is not None
    away = Leave(person=asked.person, first=asked.first, last=asked.last, instead=asked.instead)
    kept = await turn.change(
        "leave",
        lambda tx: duty.add_leave(tx, away, by=turn.user_id, at=turn.now),
        target=str(asked.person),
        detail={"first": str(away.first), "last": str(away.last), "instead": away.instead},
    )
    await answer(turn, query, "kept" if kept else "nothing_changed")
    await show(turn, query, await overview(turn))


def _asked(turn: Turn, answers: Sequence[str]) -> Asked | None:
    """Read the answers so far; None = a button of another age, or days that make no sense."""
    numbers = [int(one, 16) if _hexadecimal(one) else None for one in answers[:4]]
    if None in numbers:
        return None
    known: list[int] = [one for one in numbers if one is not None]
    days = [_day(one) for one in known[1:3]]
    if None in days:
        return None
    first, last = [*days, None, None][:2]
    if first is not None and last is not None and last < first:
        return None
    return Asked(
        person=known[0] if known else turn.user_id,
        first=first,
        last=last,
        instead=(known[3] or None) if len(known) > 3 else None,  # noqa: PLR2004
        answered=max(len(known), 1),
    )


def _hexadecimal(text: str) -> bool:
    return 0 < len(text) <= 16 and all(letter in "0123456789abcdef" for letter in text)  # noqa: PLR2004 - 64 bits


def _day(number: int) -> date | None:
    try:
        return date.fromordinal(number)
    except (ValueError, OverflowError):
        return None


async def _question(turn: Turn, asked: Asked) -> Words:
    if asked.last is not None:
        return await _choice_of_people(turn, asked.arg, 0, besides=asked.person)
    begin = asked.first or turn.now.astimezone(turn.deps.rules().policy.rota.zone).date()
    days = [begin + timedelta(days=number) for number in range(DAYS_OFFERED)]
    longer = [begin + timedelta(days=number) for number in (13, 20, 27)] if asked.first else []
    async with turn.deps.database.read() as connection:
        names = await people.names(connection, {asked.person})
    return worded(
        turn,
        "leave_days",
        days=[*days, *longer],
        first=asked.first,
        who=names.get(asked.person, "") if asked.person != turn.user_id else None,
        base=asked.arg,
    )


async def _choice_of_people(turn: Turn, base: str, number: int, *, besides: int | None = None) -> Words:
    async with turn.deps.database.read() as connection:
        known = [one for one in await stand_ins(connection) if one.id != besides]
    page = page_of(known, number, PEOPLE_A_PAGE)
    return worded(turn, "leave_people", page=page, base=base, instead=besides is not None)


async def _come_back(query: CallbackQuery, turn: Turn, leave_id: int) -> None:
    async with turn.deps.database.read() as connection:
        away = await duty.leave(connection, leave_id)
    if away is None:
        await answer(turn, query, "gone", alert=True)
        await show(turn, query, await overview(turn))
        return
    turn.require(Act.LEAVE if away.person == turn.user_id else Act.ROTA)
    dropped = await turn.change(
        "leave_off", lambda tx: duty.drop_leave(tx, leave_id), target=str(away.person), detail=_facts(away)
    )
    await answer(turn, query, "kept" if dropped else "nothing_changed")
    await show(turn, query, await overview(turn))


def _facts(away: Leave) -> Mapping[str, Any]:
    return {"first": str(away.first), "last": str(away.last), "instead": away.instead}
