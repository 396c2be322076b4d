"""Answers to signals: in work, called, not before a date, wrong; and the ready text for the client."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message

from checks.access import Act
from checks.buttons import Action, Press
from checks.catalogue import SIGNALS
from checks.later import choices, read_date
from checks.model import Answer, Change, ChangeKind, Incident, IncidentState, Scope, Silence
from checks.silences import Ending, active
from handlers import signal_cards
from handlers.access import ACT
from handlers.cards import zone_in
from handlers.deps import Deps
from handlers.incidents import case, owners_of, show_card
from handlers.muting import silenced
from handlers.notifications import owe
from handlers.pressed import on_press
from handlers.reading import View
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import incidents, messages, signals, silences
from storage.database import Connection
from templates.signals import WHY_WRONG, Choice

SIMPLE = {"working": Answer.WORKING, "called": Answer.CALLED}
OTHER = "other"
"""A reason that is said in a reply."""


def router(deps: Deps) -> Router:
    """Return the router of answers to signals."""
    made = Router(name="signals")
    on_press(made, Action.SIGNAL_ANSWER, _answer)
    on_press(made, Action.SIGNAL_LATER, _later)
    on_press(made, Action.SIGNAL_WRONG, _wrong)
    on_press(made, Action.SIGNAL_TEXT, _text)
    made.message.register(_dated, Dated(deps), flags={ACT: Act.SEE_ESTATE})
    return made


# ── buttons ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _answer(query: CallbackQuery, press: Press, turn: Turn) -> None:
    said = SIMPLE.get(press.arg)
    found = await _open(turn, query, press.id)
    if found is None:
        return
    if said is None:
        await answer(turn, query, "gone", alert=True)
        return
    done = await _say(turn, found, said)
    await answer(turn, query, f"signal_{said}" if done else "nothing_changed")
    await show_card(turn, query, press.id)


async def _later(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await _open(turn, query, press.id)
    if found is None:
        return
    today = turn.now.astimezone(turn.zone).date()
    if not press.arg:
        await _menu(query, turn, found, "signal_later")
        return
    until = read_date(press.arg, today)
    if until is None:
        await answer(turn, query, "stale", alert=True)
        await _menu(query, turn, found, "signal_later")
        return
    done = await _say(turn, found, Answer.NOT_NOW, until=until)
    await answer(turn, query, "signal_not_now" if done else "nothing_changed")
    await show_card(turn, query, press.id)


async def _wrong(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await _open(turn, query, press.id)
    if found is None:
        return
    if press.arg not in {*WHY_WRONG, OTHER}:
        await _menu(query, turn, found, "signal_wrong")
        return
    done = await _say(turn, found, Answer.WRONG, reason="" if press.arg == OTHER else press.arg)
    await answer(turn, query, "signal_wrong" if done else "nothing_changed")
    await show_card(turn, query, press.id)


async def _text(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.SEE)
    if found is None:
        return
    async with turn.deps.database.read() as connection:
        message = await signal_cards.text_for(connection, found.incident, await _view(connection, turn))
    await answer(turn, query, "empty" if message else "gone", alert=message is None)
    if message is not None:
        await show(turn, query, message)


async def _menu(query: CallbackQuery, turn: Turn, found: Incident, template: str) -> None:
    async with turn.deps.database.read() as connection:
        card = await signal_cards.read(connection, found, await _view(connection, turn))
    today = turn.now.astimezone(turn.zone).date()
    offered = [Choice(kind=kind, until=until) for kind, until in choices(today)]
    await answer(turn, query, "empty")
    await show(turn, query, worded(turn, template, card=card, choices=offered, example=offered[-1].until))


async def _open(turn: Turn, query: CallbackQuery, number: int) -> Incident | None:
    """Load a signal that holds and may be answered; anything else is told, and the card shown as it is."""
    found = await case(turn, query, number, Act.WORK)
    if found is None:
        return None
    if found.incident.state is IncidentState.OPEN and found.incident.code in SIGNALS:
        return found.incident
    await answer(turn, query, "signal_over", alert=True)
    await show_card(turn, query, number)
    return None


# ── what an answer changes ────────────────────────────────────────────────────────────────────────────────────────


async def _say(turn: Turn, incident: Incident, said: Answer, *, until: date | None = None, reason: str = "") -> bool:
    """Write an answer down with what follows from it; False when that very answer stood already."""

    async def work(tx: Connection) -> bool:
        by, now = turn.user_id, turn.now
        if not await signals.answer(tx, incident.cause, said, by=by, at=now, until=until, reason=reason):
            return False
        await _mute(tx, turn, incident, said, until=until, reason=reason)
        assert incident.id is not None
        detail = {"answer": said, "until": until.isoformat() if until else None, "reason": reason}
        await incidents.note(tx, incident.id, now, "answered", person_id=by, detail=detail)
        change = Change(kind=ChangeKind.TAKEN, incident=incident, at=now, by=by)
        await owe(tx, [change], now=now, policy=turn.deps.rules().policy)
        return True

    facts = {"answer": said, "until": until.isoformat() if until else "", "reason": reason, "code": incident.code}
    done = await turn.change("signal", work, target=f"№{incident.id}", detail=facts)
    if done:
        turn.owe()
    return done


async def _mute(
    tx: Connection, turn: Turn, incident: Incident, said: Answer, *, until: date | None, reason: str
) -> None:
    """Let «not now» and «wrong» keep the signal back; any other answer lifts what did."""
    for one in await silences.lasting(tx):
        if one.scope is Scope.CAUSE and one.target == str(incident.cause) and active(one, turn.now):
            assert one.id is not None
            await silences.end(tx, one.id, at=turn.now, why=Ending.LIFTED)
    if said not in {Answer.NOT_NOW, Answer.WRONG}:
        return
    kept = await silences.add(
        tx,
        Silence(
            id=None,
            scope=Scope.CAUSE,
            target=str(incident.cause),
            author=turn.user_id,
            created_at=turn.now,
            until=_morning(until, turn) if until else None,
            incident_id=incident.id,
            reason=WHY_WRONG.get(reason, reason),
        ),
    )
    await silenced(tx, kept, now=turn.now)


def _morning(day: date, turn: Turn) -> datetime:
    opens = turn.deps.rules().policy.office.opens
    return datetime.combine(day, opens, turn.zone).astimezone(turn.now.tzinfo)


async def _view(connection: Connection, turn: Turn) -> View:
    rules = turn.deps.rules()
    zone = await zone_in(connection, turn.chat_id, turn.deps.zone)
    return View(estate=rules.estate, now=turn.now, zone=zone, chat_id=turn.chat_id, policy=rules.policy)


# ── a date in a reply ─────────────────────────────────────────────────────────────────────────────────────────────


class Dated(Filter):
    """Matches a reply with a date to the card (or a menu) of a signal that holds."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def __call__(self, message: Message, bot: Bot) -> bool | dict[str, Any]:
        replied = message.reply_to_message
        if replied is None or replied.from_user is None or replied.from_user.id != bot.id or not message.text:
            return False
        if read_date(message.text, self._deps.now().date()) is None:
            return False
        async with self._deps.database.read() as connection:
            said = await messages.load(connection, message.chat.id, replied.message_id)
            found = await incidents.load(connection, said.incident_id) if said and said.incident_id else None
        is_signal = found is not None and found.code in SIGNALS and found.state is IncidentState.OPEN
        return {"incident": found} if is_signal else False


async def _dated(message: Message, turn: Turn, incident: Incident) -> None:
    async with turn.deps.database.read() as connection:
        owners = await owners_of(connection, incident)
    turn.require(Act.WORK, owners)
    until = read_date(message.text or "", turn.now.astimezone(turn.zone).date())
    if until is None:
        return
    await _say(turn, incident, Answer.NOT_NOW, until=until)
    await say(turn, worded(turn, "signal_told", word="until", until=until), reply_to=message.message_id)
