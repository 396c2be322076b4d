"""«Звонок»: whoever called the client's administrator says how it went; a call that failed can be repeated later."""

from __future__ import annotations

from datetime import datetime, timedelta

from aiogram import Router
from aiogram.types import CallbackQuery

from checks.access import Act
from checks.buttons import Action, Press
from checks.hours import hours_of, opens_at
from checks.model import Incident, IncidentState
from handlers import showing
from handlers.incidents import case, show_card
from handlers.notifications import remind
from handlers.pressed import on_press
from handlers.replies import answer, show
from handlers.turn import Turn
from storage import incidents
from storage.database import Connection
from storage.incidents import CALLED

AGAIN = {"30": timedelta(minutes=30), "60": timedelta(hours=1)}
"""When to call again, by the word of the button; ``open`` is when the contacts answer next."""
SAME = timedelta(seconds=20)
"""The same person says the same twice within this: one call."""


def router() -> Router:
    """Return the router of calls."""
    made = Router(name="calls")
    on_press(made, Action.CALL, _call)
    return made


async def _call(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.WORK)
    if found is None:
        return
    if found.incident.state is IncidentState.ENDED:
        await answer(turn, query, "ended", alert=True)
        await show_card(turn, query, found.number)
        return
    if not press.arg:
        await answer(turn, query, "empty")
        menu = await showing.call_menu(turn, found.number)
        if menu is not None:
            await show(turn, query, menu)
        return
    at = None if press.arg == "yes" else await _again(turn, found.incident, press.arg)
    if press.arg != "yes" and at is None:
        await answer(turn, query, "stale", alert=True)
        await show_card(turn, query, found.number)
        return
    await _remember(query, turn, found.incident, reached=press.arg == "yes", at=at)
    await show_card(turn, query, found.number)


async def _again(turn: Turn, incident: Incident, word: str) -> datetime | None:
    if word in AGAIN:
        return turn.now + AGAIN[word]
    if word != "open":
        return None
    client = turn.deps.rules().estate.clients.get(incident.cause.name)
    hours = hours_of(client.contacts) if client else None
    return opens_at(turn.now, turn.zone, hours) if hours else opens_at(turn.now, turn.zone)


async def _remember(
    query: CallbackQuery, turn: Turn, incident: Incident, *, reached: bool, at: datetime | None
) -> None:
    number = incident.id
    assert number is not None

    async def work(tx: Connection) -> bool:
        last = await incidents.last_call(tx, incident.cause.name)
        again = last is not None and last.person_id == turn.user_id and turn.now - last.at < SAME
        if again and last is not None and last.incident_id == number and last.reached == reached:
            return False
        await incidents.note(tx, number, turn.now, CALLED, person_id=turn.user_id, detail={"reached": reached})
        if at is not None:
            await remind(tx, incident, turn.chat_id, at=at, by=turn.user_id, now=turn.now)
        return True

    done = await turn.change("called", work, target=f"№{number}")
    if done:
        turn.owe()
    word = "call_kept" if not done else "call_yes" if reached else "call_no"
    await answer(turn, query, word)
