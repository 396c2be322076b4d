"""Brings what nobody took to the next person and then to the head, and reminds those who took what still lasts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from checks.escalation import Chain, Climbed, Rung, step, taker_due
from checks.model import Incident, IncidentState, NoteKind
from checks.notifications import Decision, Policy, Reason, call
from checks.silences import covering
from handlers.hearing import Hall, gather, heard, quiet_of
from handlers.keeping import keep
from handlers.rota import Staff, staff
from storage import chats, escalations, incidents
from storage import decisions as ledger
from storage.database import Connection, Database
from storage.escalations import LASTING, UNTAKEN, Case
from storage.outbox import REMINDER

AT_ONCE = 100
"""How many incidents are escalated in one go; the others follow with the next beat."""
AGAIN = frozenset({Reason.ESCALATED.value, Reason.STILL.value})
"""Cards that tell people of an incident anew: from then on they have their time again."""
Wanted = Mapping[int, Mapping[str, Any]]


async def escalate(database: Database, *, now: datetime, policy: Policy) -> bool:
    """Owe every call and every reminder that is due; returns whether anything is owed."""
    rules = policy.escalation
    if not (rules.after or rules.taker_after):
        return False
    async with database.read() as connection:
        known = await staff(connection, policy, now)
        wanted = await _untaken(connection, known.chain, now=now, policy=policy)
        lasting = await _lasting(connection, now=now, policy=policy)
    if not (wanted or lasting):
        return False

    async def work(tx: Connection) -> bool:
        called = await _call(tx, wanted, known, now=now, policy=policy)
        reminded = await _remind(tx, lasting, known, now=now, policy=policy)
        await ledger.remember(tx, [*called, *reminded], at=now)
        return bool(called or reminded)

    return await database.write(work)


# ── nobody took it ────────────────────────────────────────────────────────────────────────────────────────────────


async def _untaken(connection: Connection, chain: Chain, *, now: datetime, policy: Policy) -> Wanted:
    """Return what is due: by incident, whom to call."""
    after = policy.escalation.after
    if not after:
        return {}
    found: dict[int, Mapping[str, Any]] = {}
    for case in await escalations.untaken(connection, list(after), now - min(after.values())):
        since = told_since(case)
        if since is None:
            continue
        climbed = [Climbed(rung=Rung(one.rung), at=one.owed_at) for one in case.told if one.why == UNTAKEN and one.rung]
        due = step(climbed, chain, since=since, after=after[case.priority], now=now)
        if due is not None:
            found[case.id] = {"rung": due.rung, "person": due.person}
        if len(found) == AT_ONCE:
            break
    return found


def told_since(case: Case) -> datetime | None:
    """Return since when people have had the time to take an incident; None = nobody was told of it yet."""
    cards = [one for one in case.told if one.why not in {UNTAKEN, LASTING, REMINDER} and one.done_at is not None]
    done = [one.done_at for one in cards if one.done_at is not None]
    if not done:
        return None
    again = [one.done_at for one in cards if one.why in AGAIN and one.done_at is not None]
    return max([min(done), *again, *([case.given_back_at] if case.given_back_at else [])])


async def _call(tx: Connection, wanted: Wanted, known: Staff, *, now: datetime, policy: Policy) -> list[Decision]:
    about = [one for one in await incidents.some(tx, sorted(wanted)) if _waits(one)]
    if not about:
        return []
    hall = await gather(tx, about, policy=policy, now=now)
    told = await heard(tx, about, hall)
    decisions: list[Decision] = []
    for incident in about:
        assert incident.id is not None
        facts = wanted[incident.id]
        private = known.private(facts["person"])
        made = call(incident, facts, told=told[incident.id], now=now, private=private, **hall.facts(incident))
        await keep(tx, made, incident, told[incident.id], now=now)
        if made:
            detail = {"rung": facts["rung"], "to": facts["person"]}
            await incidents.note(tx, incident.id, now, "escalated", person_id=facts["person"], detail=detail)
        decisions += made
    return decisions


def _waits(incident: Incident) -> bool:
    """Somebody may have taken it a moment ago."""
    return incident.state is IncidentState.OPEN and incident.taken_by is None and incident.handed_at is None


# ── taken, and it lasts ───────────────────────────────────────────────────────────────────────────────────────────


async def _lasting(connection: Connection, *, now: datetime, policy: Policy) -> Mapping[int, int]:
    """Return who is to be reminded: by incident, the one who took it."""
    after = policy.escalation.taker_after
    if after is None:
        return {}
    found: dict[int, int] = {}
    for case in await escalations.taken(connection, now - after):
        assert case.taken_by is not None
        assert case.taken_at is not None
        reminded = [one.owed_at for one in case.told if one.why == LASTING]
        if taker_due(reminded, taken_at=case.taken_at, after=after, now=now):
            found[case.id] = case.taken_by
    return found


async def _remind(
    tx: Connection, lasting: Mapping[int, int], known: Staff, *, now: datetime, policy: Policy
) -> Sequence[Decision]:
    """Remind the takers in private, where the bot may, else by a mention in the group; never at night."""
    about = [one for one in await incidents.some(tx, sorted(lasting)) if one.taken_by == lasting[one.id or 0]]
    open_ones = [one for one in about if one.state is IncidentState.OPEN]
    if not open_ones:
        return []
    hall = await gather(tx, open_ones, policy=policy, now=now)
    told = await heard(tx, open_ones, hall)
    decisions: list[Decision] = []
    for incident in open_ones:
        assert incident.id is not None
        assert incident.taken_by is not None
        if hall.work_on(incident) is not None:
            continue
        private = known.private(incident.taken_by)
        before = told[incident.id]
        places = [private] if private is not None else [chat for chat in before if chat < 0]
        made = [
            _reminder(incident, chat, before[chat].thread_id if chat in before else None, now)
            for chat in places
            if not (covering(hall.silences, incident, now, chat_id=chat) or await _sleeps(tx, chat, hall, policy, now))
        ]
        await keep(tx, made, incident, before, now=now)
        decisions += made
    return decisions


async def _sleeps(tx: Connection, chat_id: int, hall: Hall, policy: Policy, now: datetime) -> bool:
    quiet = hall.quiet.get(chat_id) or quiet_of(await chats.load(tx, chat_id), policy.quiet)
    return quiet.lasts(now)


def _reminder(incident: Incident, chat_id: int, thread_id: int | None, now: datetime) -> Decision:
    assert incident.id is not None
    return Decision(
        reason=Reason.LASTING,
        incident_id=incident.id,
        chat_id=chat_id,
        thread_id=thread_id,
        kind=NoteKind.STILL,
        priority=incident.priority,
        silent=False,
        due_at=now,
        facts={"person": incident.taken_by},
    )
