"""Buttons of an incident's card: take it, give it back, look now, hand it over, show what stands behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery

from checks.access import Act, Owners
from checks.buttons import Action, Press, moment_of
from checks.model import CauseKind, Change, Incident, IncidentState, Subject, SubjectKind
from handlers import showing
from handlers.manners import Manners
from handlers.notifications import forget_reminder, owe, remind
from handlers.pressed import on_press
from handlers.replies import answer, show
from handlers.sight import require_client, require_incident
from handlers.turn import Turn
from storage import incidents, names, people
from storage.database import Connection

LOOKED_AT_MOST = 5
"""How many clients behind a shared address are looked at when one asks."""
AGAIN_AFTER = timedelta(seconds=5)

Step = Callable[[Connection, int, int, Any], Awaitable[Change | None]]


@dataclass(frozen=True, slots=True)
class Case:
    """An incident somebody pressed a button of, and whose clients it hits."""

    incident: Incident
    number: int
    owners: Owners


def router() -> Router:
    """Return the router of incidents."""
    made = Router(name="incidents")
    manners = Manners(within=AGAIN_AFTER)

    async def look_now(query: CallbackQuery, press: Press, turn: Turn) -> None:
        await _look_now(query, press, turn, manners)

    on_press(made, Action.TAKE, _take)
    on_press(made, Action.GIVE_BACK, _give_back)
    on_press(made, Action.HANDED, _hand_over)
    on_press(made, Action.LOOK_NOW, look_now)
    on_press(made, Action.REMIND, _remind)
    on_press(made, Action.FORGET_REMINDER, _forget_reminder)
    for action in showing.SHOWN:
        on_press(made, action, _show)
    return made


async def case(turn: Turn, query: CallbackQuery, number: int, act: Act) -> Case | None:
    """Load the incident and check the right to ``act`` on it; None when there is no such incident (that is said)."""
    async with turn.deps.database.read() as connection:
        incident = await incidents.load(connection, number)
        owners = [] if incident is None else await owners_of(connection, incident)
    if incident is None:
        await answer(turn, query, "gone", alert=True)
        return None
    require_incident(turn, incident)
    turn.require(act, owners)
    return Case(incident, number, owners)


async def owners_of(connection: Connection, incident: Incident) -> list[str | None]:
    """Return whose clients the incident hits or, when none is hit now, has hit."""
    hit = set(incident.clients)
    if incident.cause.kind is CauseKind.CLIENT:
        hit.add(incident.cause.name)
    if not hit and incident.id is not None:
        hit.update(await incidents.ended_clients(connection, incident.id))
    return await names.owners(connection, hit)


async def owner_of(turn: Turn, client: str) -> list[str | None]:
    """Return whose the client is; this chat must be one that may see them."""
    require_client(turn, client)
    async with turn.deps.database.read() as connection:
        return await names.owners(connection, {client})


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _take(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.WORK)
    if found is None:
        return
    change = await _step(turn, "take", incidents.take, found.number)
    if change is not None:
        await answer(turn, query, "taken", number=found.number)
    else:
        await _say_who_was_first(turn, query, found.number)
    await show_card(turn, query, found.number)


async def _say_who_was_first(turn: Turn, query: CallbackQuery, number: int) -> None:
    async with turn.deps.database.read() as connection:
        now = await incidents.load(connection, number)
        who = await people.names(connection, {now.taken_by} if now and now.taken_by else set())
    if now is None or now.state is IncidentState.ENDED:
        await answer(turn, query, "ended", alert=True)
    elif now.taken_by == turn.user_id:
        await answer(turn, query, "taken_by_you")
    else:
        await answer(turn, query, "taken_already", alert=True, who=who.get(now.taken_by or 0))


async def _give_back(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.WORK)
    if found is None:
        return
    change = await _step(turn, "back", incidents.give_back, found.number)
    ended = found.incident.state is IncidentState.ENDED
    await answer(turn, query, "given_back" if change else "ended" if ended else "not_taken", alert=change is None)
    await show_card(turn, query, found.number)


async def _hand_over(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.WORK)
    if found is None:
        return
    change = await _step(turn, "handed", incidents.hand_over, found.number)
    if change is not None:
        await answer(turn, query, "handed")
    elif found.incident.state is IncidentState.ENDED:
        await answer(turn, query, "ended", alert=True)
    else:
        await _say_who_handed(turn, query, found.number)
    await show_card(turn, query, found.number)


async def _say_who_handed(turn: Turn, query: CallbackQuery, number: int) -> None:
    async with turn.deps.database.read() as connection:
        now = await incidents.load(connection, number)
        who = await people.names(connection, {now.handed_by} if now and now.handed_by else set())
    await answer(turn, query, "handed_already", who=next(iter(who.values()), None))


async def _step(turn: Turn, act: str, step: Step, number: int) -> Change | None:
    """Do one step of an incident with all that is owed for it; None when somebody was first."""

    async def work(tx: Connection) -> Change | None:
        change = await step(tx, number, turn.user_id, turn.now)
        if change is not None:
            await owe(tx, [change], now=turn.now, policy=turn.deps.rules().policy)
        return change

    change = await turn.change(act, work, target=f"№{number}")
    if change is not None:
        turn.owe()
    return change


# ── reminding ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _remind(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Owe this chat a reminder at the moment that the button names; a moment that has passed is told as such."""
    at, found = moment_of(press.arg), await case(turn, query, press.id, Act.WORK)
    if found is None:
        return
    if at is None or at <= turn.now:
        await answer(turn, query, "remind_late", alert=True)
    else:
        await _owe_reminder(query, turn, found, at)
    await show_card(turn, query, found.number)


async def _owe_reminder(query: CallbackQuery, turn: Turn, found: Case, at: datetime) -> None:
    async def work(tx: Connection) -> bool:
        incident = await incidents.load(tx, found.number)
        by, chat = turn.user_id, turn.chat_id
        return incident is not None and await remind(tx, incident, chat, at=at, by=by, now=turn.now)

    if await turn.change("remind", work, target=f"№{found.number}", detail={"at": at.isoformat()}):
        turn.owe()
        await answer(turn, query, "reminded")
    else:
        ended = found.incident.state is IncidentState.ENDED
        await answer(turn, query, "ended" if ended else "reminded_already", alert=ended)


async def _forget_reminder(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.WORK)
    if found is None:
        return

    async def work(tx: Connection) -> bool:
        return await forget_reminder(tx, found.number, turn.chat_id, by=turn.user_id, now=turn.now)

    forgotten = await turn.change("no_reminder", work, target=f"№{found.number}")
    await answer(turn, query, "reminder_forgotten" if forgotten else "no_reminder")
    await show_card(turn, query, found.number)


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _look_now(query: CallbackQuery, press: Press, turn: Turn, manners: Manners) -> None:
    """Look out of turn: answer at once, put the result into the card when it is there.

    The button of a client's card carries no number but the client's name.
    """
    if press.id:
        found = await case(turn, query, press.id, Act.LOOK)
        if found is None:
            return
        wanted = subjects_of(found.incident)
    else:
        turn.require(Act.LOOK, await owner_of(turn, press.arg))
        wanted = [Subject(SubjectKind.CLIENT, press.arg)]
    if not wanted:
        await answer(turn, query, "nothing_to_look", alert=True)
        return
    await answer(turn, query, "looking")
    await look(turn, wanted, manners)
    turn.now = turn.deps.now()
    message = await (showing.card(turn, press.id) if press.id else showing.client(turn, press.arg))
    if message is not None:
        await show(turn, query, message)


async def look(turn: Turn, wanted: list[Subject], manners: Manners) -> None:
    """Look at ``wanted`` now, unless somebody has asked for it a moment ago."""
    fresh = [subject for subject in wanted if manners.may_say(subject, turn.now)]
    with suppress(TimeoutError):
        async with asyncio.timeout(turn.deps.look_patience.total_seconds()):
            await asyncio.gather(*(turn.deps.look_now(subject) for subject in fresh))


def subjects_of(incident: Incident) -> list[Subject]:
    """Name what to look at to learn whether the incident lasts; nothing where only reports or time can tell."""
    cause = incident.cause
    if cause.kind is CauseKind.CLIENT:
        return [Subject(SubjectKind.CLIENT, cause.name)]
    if cause.kind is CauseKind.REDIRECT:
        return [Subject(SubjectKind.REDIRECT, cause.name)]
    if cause.kind in {CauseKind.ADDRESS, CauseKind.LICMAN}:
        return [Subject(SubjectKind.CLIENT, name) for name in incident.clients[:LOOKED_AT_MOST]]
    return []


# ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def show_card(turn: Turn, query: CallbackQuery, number: int) -> None:
    """Put the incident's card, as it is now, in place of what was pressed."""
    message = await showing.card(turn, number)
    if message is not None:
        await show(turn, query, message)


async def _show(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.SEE)
    if found is None:
        return
    await answer(turn, query, "empty")
    message = await showing.page(turn, press.action, found.number, press.arg)
    if message is not None:
        await show(turn, query, message)
