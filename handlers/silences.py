"""Mutes: what and for how long, by buttons; taken back within five minutes, lifted later, explained by a reply."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from aiogram import Router
from aiogram.types import CallbackQuery

from checks.access import Allowed, ChatKind, Refusal, Refused, may_mute_alone
from checks.buttons import Action, Press
from checks.catalogue import ROWS
from checks.model import Role, Scope, Silence
from checks.silences import Ending, Preset, active, undoable, until
from handlers import showing
from handlers.muting import silenced, unsilence
from handlers.pressed import on_press
from handlers.replies import answer, show, worded
from handlers.sight import require_client
from handlers.turn import Denied, Turn
from handlers.wishes import ACTS, Wish, facts_of, note, owners_of_silence, owners_of_wish, wish_of
from storage import confirmations, people, silences
from storage.confirmations import Pending
from storage.database import Connection

SAME = timedelta(minutes=1)
"""Two silences of the same thing whose ends lie closer than that are one wish, said twice."""
PRESETS = {preset.value: preset for preset in Preset} | {"end": Preset.MENDED}
LIST = "list"
"""The argument of buttons that stand under the list of silences."""


def router() -> Router:
    """Return the router of silences."""
    made = Router(name="silences")
    on_press(made, Action.MUTE_MENU, _menu)
    on_press(made, Action.MUTE, _mute)
    on_press(made, Action.UNDO_MUTE, _undo)
    on_press(made, Action.UNMUTE, _unmute)
    return made


# ── muting ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _menu(query: CallbackQuery, press: Press, turn: Turn) -> None:
    scope, _, client = press.arg.partition(".")
    wish = await wish_of(turn, press.id, scope or Scope.CAUSE, client)
    if wish is None or wish.target is None:
        await answer(turn, query, "gone", alert=True)
        return
    owners = await owners_of_wish(turn, wish)
    scopes = [one for one in Scope if isinstance(turn.verdict(ACTS[one], owners), Allowed)]
    if wish.incident is None:
        scopes = [one for one in scopes if one is Scope.CLIENT]
    elif not wish.client:
        scopes = [one for one in scopes if one is not Scope.CLIENT]
    if wish.scope not in scopes:
        turn.require(ACTS[wish.scope], owners)
    message = await showing.mute_menu(turn, press.id, client=wish.client, scope=wish.scope, scopes=scopes)
    await answer(turn, query, "empty")
    if message is not None:
        await show(turn, query, message)


async def _mute(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Mute what the button says; ``press.arg`` is scope, length and, for a client's card, the client."""
    scope, length, client = [*press.arg.split(".", 2), "", ""][:3]
    wish = await wish_of(turn, press.id, scope, client)
    preset = PRESETS.get(length)
    if wish is None or wish.target is None or preset is None:
        await answer(turn, query, "gone", alert=True)
        return
    turn.require(ACTS[wish.scope], await owners_of_wish(turn, wish))
    silence = _silence(turn, wish, preset)
    span = None if silence.until is None else silence.until - turn.now
    alone = may_mute_alone(turn.someone.role, wish.scope, span, turn.mute_limit)
    if not alone and turn.chat is ChatKind.PRIVATE:
        raise Denied(Refused(Refusal.SECOND))
    work = _Mute(turn, silence, what=None if alone else f"mute {press.id} {press.arg}")
    done = await turn.change("mute", work, target=f"{silence.scope}:{silence.target}", detail=facts_of(silence, length))
    if work.waits is not None:
        await _ask_another(query, press, turn, work.waits, silence)
        return
    if done is None:
        await answer(turn, query, "muted_already", who=work.author)
    else:
        turn.owe()
        await answer(turn, query, "muted")
    await _back(turn, query, wish.incident.id if wish.incident else None, wish.client)


@dataclass(slots=True)
class _Mute:
    """The transaction of one mute; afterwards ``author`` names who was first, if somebody was.

    With ``what`` it takes two people; afterwards ``waits`` says until when the second one is waited for.
    """

    turn: Turn
    silence: Silence
    what: str | None = None
    author: str | None = None
    waits: Pending | None = None

    async def __call__(self, tx: Connection) -> Silence | None:
        now, before = self.turn.now, list[Silence]()
        for one in await silences.lasting(tx):
            if not (_same_thing(one, self.silence) and active(one, now)):
                continue
            if _same_end(one, self.silence):
                self.author = (await people.names(tx, {one.author})).get(one.author)
                return None
            before.append(one)
        if self.what is not None and not await self._confirmed(tx, self.what):
            return None
        for one in before:
            assert one.id is not None
            await silences.end(tx, one.id, at=now, why=Ending.LIFTED)
        kept = await silences.add(tx, self.silence)
        await note(tx, kept, "muted", self.turn)
        await silenced(tx, kept, now=now)
        return kept

    async def _confirmed(self, tx: Connection, what: str) -> bool:
        """Count the press; the silence is the first person's, whom the second one confirms."""
        turn = self.turn
        pending = await confirmations.press(tx, what, by=turn.user_id, chat_id=turn.chat_id, now=turn.now)
        if pending.confirmed:
            self.silence = replace(self.silence, author=pending.author)
        else:
            self.waits = pending
        return pending.confirmed


async def _ask_another(query: CallbackQuery, press: Press, turn: Turn, waits: Pending, silence: Silence) -> None:
    """Put the same button before everybody in the chat: another person's press does it."""
    await answer(turn, query, "second_waits")
    title = ROWS[silence.target].title if silence.scope is Scope.CODE and silence.target in ROWS else ""
    message = worded(
        turn,
        "mute_second",
        by=turn.someone,
        scope=silence.scope,
        length=press.arg.split(".")[1],
        title=title,
        number=press.id,
        arg=press.arg,
        until=waits.until,
    )
    await show(turn, query, message)


def _silence(turn: Turn, wish: Wish, preset: Preset) -> Silence:
    """Make the silence; a manager mutes the own chat only, others mute everywhere."""
    assert wish.target is not None
    return Silence(
        id=None,
        scope=wish.scope,
        target=wish.target,
        author=turn.user_id,
        created_at=turn.now,
        until=until(preset, turn.now, turn.zone),
        chat_id=turn.chat_id if turn.someone.role is Role.MANAGER else None,
        incident_id=wish.incident.id if wish.incident else None,
    )


def _same_thing(one: Silence, other: Silence) -> bool:
    return (one.scope, one.target) == (other.scope, other.target) and one.chat_id in {None, other.chat_id}


def _same_end(one: Silence, other: Silence) -> bool:
    if one.until is None or other.until is None:
        return one.until is other.until
    return abs(one.until - other.until) < SAME


# ── unmuting ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def _undo(query: CallbackQuery, press: Press, turn: Turn) -> None:
    silence = await _lasting(query, press, turn)
    if silence is None:
        return
    if not undoable(silence, turn.now):
        await answer(turn, query, "undo_late", alert=True)
        await _after(query, press, turn, silence)
        return
    await _end(query, press, turn, silence, Ending.UNDONE)


async def _unmute(query: CallbackQuery, press: Press, turn: Turn) -> None:
    silence = await _lasting(query, press, turn)
    if silence is not None:
        await _end(query, press, turn, silence, Ending.LIFTED)


async def _lasting(query: CallbackQuery, press: Press, turn: Turn) -> Silence | None:
    """Load a silence that lasts, or tell that it does not; the author may always end what he began."""
    async with turn.deps.database.read() as connection:
        silence = await silences.load(connection, press.id)
        owners = [] if silence is None else await owners_of_silence(connection, silence)
    if silence is None:
        await answer(turn, query, "gone", alert=True)
        return None
    if silence.scope is Scope.CLIENT:
        require_client(turn, silence.target)
    if silence.author != turn.user_id:
        turn.require(ACTS[silence.scope], owners)
    if silence.ended_at is not None:
        await answer(turn, query, "unmuted_already")
        await _after(query, press, turn, silence)
        return None
    return silence


async def _end(query: CallbackQuery, press: Press, turn: Turn, silence: Silence, why: Ending) -> None:
    async def work(tx: Connection) -> bool:
        assert silence.id is not None
        done = await unsilence(tx, silence.id, why=why, now=turn.now, policy=turn.deps.rules().policy)
        if done is not None:
            await note(tx, silence, "unmuted", turn)
        return done is not None

    act = "undo" if why is Ending.UNDONE else "unmute"
    done = await turn.change(act, work, target=f"{silence.scope}:{silence.target}", detail=facts_of(silence))
    if done:
        turn.owe()
    word = "unmuted_already" if not done else "undone" if why is Ending.UNDONE else "unmuted"
    await answer(turn, query, word)
    await _after(query, press, turn, silence)


async def _after(query: CallbackQuery, press: Press, turn: Turn, silence: Silence) -> None:
    """Show again what the button stood under."""
    if press.arg == LIST or (silence.incident_id is None and silence.scope is not Scope.CLIENT):
        await show(turn, query, await showing.mutes(turn))
        return
    client = silence.target if silence.scope is Scope.CLIENT else None
    await _back(turn, query, silence.incident_id, client)


async def _back(turn: Turn, query: CallbackQuery, incident_id: int | None, client: str | None) -> None:
    message = None
    if incident_id is not None:
        message = await showing.card(turn, incident_id)
    elif client is not None:
        message = await showing.client(turn, client)
    if message is not None:
        await show(turn, query, message)
