"""Brings chats up to date when a silence begins, ends or is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from checks.catalogue import SIGNALS
from checks.model import Cause, Incident, OutboxState, Scope, Silence
from checks.notifications import Decision, Policy, Reason, still
from checks.silences import Ending, concerns, covering, ends, reach
from handlers import dispatching
from handlers.hearing import gather, heard
from handlers.keeping import edit_card, keep, mute_pending
from storage import decisions as ledger
from storage import incidents, outbox, silences
from storage.database import Connection

MATCH_EVERY = timedelta(minutes=10)
"""How exactly is remembered when a silence last muted something."""


async def silenced(tx: Connection, silence: Silence, *, now: datetime) -> list[int]:
    """Bring the chats up to date after a person muted something; returns the open incidents that are muted.

    Cards show who muted them; a first message that was not sent yet is not sent. The silence is already stored.
    """
    lasting = await silences.lasting(tx)
    hit = [one for one in await _open(tx, [silence]) if concerns(silence, one, lasting, now)]
    known = await outbox.told(tx, [one.id for one in hit if one.id is not None])
    for incident in hit:
        assert incident.id is not None
        for chat, told in known.get(incident.id, {}).items():
            if covering(lasting, incident, now, chat_id=chat) is None:
                continue
            if told.pending:
                await mute_pending(tx, chat, incident.id, silence_id=silence.id, now=now)
            if told.heard:
                await edit_card(tx, chat, incident, now=now)
    if hit and silence.id is not None:
        await silences.matched(tx, [silence.id], now)
    return [one.id for one in hit if one.id is not None]


async def unsilence(
    tx: Connection, silence_id: int, *, why: Ending, now: datetime, policy: Policy
) -> list[Decision] | None:
    """End a silence by hand; None when it had ended before.

    What was kept back meanwhile is told now. Where nothing was kept back the card is only brought up to date: the
    person who presses the button is looking at it.
    """
    silence = await silences.end(tx, silence_id, at=now, why=why)
    if silence is None:
        return None
    decisions: list[Decision] = []
    for incident in await _muted_by(tx, silence, at=now):
        assert incident.id is not None
        known = (await outbox.told(tx, [incident.id])).get(incident.id, {})
        if not known or any(OutboxState.MUTED in one.states and not one.heard for one in known.values()):
            decisions += await tell_still(tx, incident, silence, now=now, policy=policy)
        for chat, one in known.items():
            if one.heard:
                await edit_card(tx, chat, incident, now=now)
    return decisions


async def end_silences(tx: Connection, *, now: datetime, policy: Policy) -> list[Decision]:
    """End the silences whose time has come; what they muted and is still open is told."""
    lasting = await silences.lasting(tx)
    if not lasting:
        return []
    known = await _open(tx, lasting)
    open_ids = {incident.id for incident in known}
    touched = reach(known)
    matched: list[int] = []
    over: list[Silence] = []
    for silence in lasting:
        assert silence.id is not None
        matches = (silence.scope, silence.target) in touched
        mended = silence.incident_id is not None and silence.incident_id not in open_ids
        why = ends(silence, mended=mended, matches=matches, now=now)
        if why is not None:
            await silences.end(tx, silence.id, at=now, why=why)
            over.append(silence)
        elif matches and (silence.last_matched_at is None or now - silence.last_matched_at >= MATCH_EVERY):
            matched.append(silence.id)
    await silences.matched(tx, matched, now)
    return await retell(tx, over, now=now, policy=policy)


async def end_mended(tx: Connection, ended: Sequence[Incident], *, now: datetime) -> list[Silence]:
    """End the silences that were to last until these incidents are mended."""
    ids = {incident.id for incident in ended}
    if not ids:
        return []
    over = [one for one in await silences.lasting(tx) if one.until is None and one.incident_id in ids]
    for silence in over:
        assert silence.id is not None
        await silences.end(tx, silence.id, at=now, why=Ending.MENDED)
    return over


async def retell(tx: Connection, over: Sequence[Silence], *, now: datetime, policy: Policy) -> list[Decision]:
    """Tell aloud about every open incident that these silences, just ended, were the last to mute."""
    decisions: list[Decision] = []
    for silence in over:
        for incident in await _muted_by(tx, silence, at=now):
            decisions += await tell_still(tx, incident, silence, now=now, policy=policy)
    return decisions


async def tell_still(
    tx: Connection, incident: Incident, silence: Silence | None, *, now: datetime, policy: Policy
) -> list[Decision]:
    """Owe «still broken» wherever no other silence lasts."""
    assert incident.id is not None
    hall = await gather(tx, [incident], policy=policy, now=now)
    told = (await heard(tx, [incident], hall))[incident.id]
    only = silence.chat_id if silence is not None else None
    made = still(incident, told=told, now=now, only=only, **hall.facts(incident))
    if silence is not None:
        made = [replace(one, silence_id=silence.id) if one.reason is Reason.STILL else one for one in made]
    await keep(tx, [one for one in made if one.reason in {Reason.STILL, Reason.QUIET}], incident, told, now=now)
    await ledger.remember(tx, made, at=now)
    await dispatching.repeat(tx, incident, silence, hall, policy=policy, now=now)
    return made


async def _muted_by(tx: Connection, silence: Silence, *, at: datetime) -> list[Incident]:
    """Load the open incidents that the silence muted until a moment ago."""
    running = replace(silence, until=None, ended_at=None)
    lasting = await silences.lasting(tx)
    return [one for one in await _open(tx, [silence]) if concerns(running, one, lasting, at)]


async def _open(tx: Connection, several: Sequence[Silence]) -> list[Incident]:
    """Load the open incidents, and of the signals to managers those that these silences can be about."""
    targets = {scope: {one.target for one in several if one.scope is scope} for scope in Scope}
    about = await incidents.open_signals(
        tx,
        causes=[Cause.parse(target) for target in targets[Scope.CAUSE]],
        clients=targets[Scope.CLIENT],
        codes=targets[Scope.CODE] & SIGNALS,
    )
    return [*await incidents.open_ones(tx), *about]
