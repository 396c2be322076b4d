"""Reads how one client is here and now, and says so in one word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from checks.availability import SPAN, availability, norm_of
from checks.catalogue import RANK, ROWS
from checks.estate import Estate
from checks.health import STALE
from checks.model import (
    CauseKind,
    Client,
    Family,
    Health,
    Incident,
    LookKind,
    Scope,
    Severity,
    Silence,
    State,
    Subject,
    SubjectKind,
)
from checks.model.installation import Key, Latest
from checks.reports import ReportKind
from checks.rhythm import habit_of
from checks.silences import active
from handlers.cards import briefs
from handlers.impact import FRESH
from handlers.reading import View, mute_of
from storage import arrivals, facts, health, incidents, looks, people, rhythms, silences
from storage.database import Connection
from storage.looks import Seen
from templates.answers import Answer, Check, ClientCard, Report, Served, Verdict
from templates.cards import Brief, Mute
from templates.words import title

OPERUP_OLD = timedelta(hours=72)
REPORT_OLD = timedelta(hours=48)
ENTRANCE = frozenset({Family.DOMAIN, Family.CERTIFICATE})
"""Troubles on the way in: whoever comes by the direct address can work."""
BROKEN = frozenset({State.FAIL, State.FLAPPING})
SHOWN = (LookKind.DOMAIN, LookKind.INSTALLATION, LookKind.LICMAN)


async def read_client(connection: Connection, client: Client, view: View) -> ClientCard:
    """Return everything that is known of a client now."""
    subject = Subject(SubjectKind.CLIENT, client.name)
    beliefs = [one for one in (await health.of_subjects(connection, [subject])).values() if one.code in ROWS]
    seen = await looks.latest(connection, subject)
    heard = await arrivals.of_clients(connection, [client.name])
    upload, status = (heard.get((client.name, kind)) for kind in (ReportKind.SYSINFO, ReportKind.STATUS))
    report = report_of(await facts.latest(connection, client.name))
    rhythm = (await rhythms.of_clients(connection, [client.name])).get(client.name)
    known = await incidents.of_client(connection, client.name, since=view.now)
    behind = await _shared(connection, client, view.estate, {one.id for one in known})
    open_ones = await briefs(connection, [*(one for one in known if one.ended_at is None), *behind], view)
    heard_at = upload.known.heard_at if upload else None
    answers = tuple(answer for one in seen if (answer := _answer(one, client, view.estate, view.now)))
    return ClientCard(
        name=client.name,
        label=client.label,
        kind=client.kind,
        verdict=verdict_of(
            incidents=open_ones,
            beliefs=beliefs,
            answers=answers,
            fresh=is_fresh(report, heard_at, limit=client.freshness or REPORT_OLD, now=view.now),
        ),
        checks=checks_of(beliefs, seen),
        incidents=open_ones,
        mutes=await _mutes(connection, client.name, view),
        report_heard_at=heard_at,
        habit=str(habit_of(rhythm) or "") if rhythm else "",
        habit_from=rhythm.learns_until if rhythm and view.now < rhythm.learns_until else None,
        status_heard_at=status.known.heard_at if status else None,
        report=report,
        answers=answers,
        domain=client.domain,
        redirect=client.redirect,
        address=view.estate.address_of(client.name),
        admin_url=client.admin_url,
        manager=client.manager,
        contacts=client.contacts,
        night_calls=client.night_calls,
        contract_end=client.contract_end,
        seats=client.seats,
        served=await _served(connection, client, subject, beliefs, view.now),
    )


def verdict_of(
    *, incidents: Sequence[Brief], beliefs: Sequence[Health], answers: Sequence[Answer], fresh: bool | None
) -> Verdict:
    """Say in one word how a client is; ``fresh`` None = whether documents are up to date is not known."""
    broken = [ROWS[one.code] for one in beliefs if one.state in BROKEN and ROWS[one.code].opens]
    stopped = {row.family for row in broken if row.severity is Severity.CRITICAL}
    if stopped or any(one.critical for one in incidents):
        direct = any(answer.opens for answer in answers if answer.kind == LookKind.INSTALLATION)
        return Verdict.DETOUR if direct and stopped <= ENTRANCE else Verdict.DOWN
    if broken or incidents:
        return Verdict.TROUBLE
    seen = any(answer.opens for answer in answers) or any(one.state is State.OK for one in beliefs)
    if fresh is False:
        return Verdict.STALE
    if fresh and not any(answer.opens is False for answer in answers):
        return Verdict.FRESH
    return Verdict.WELL if seen else Verdict.UNKNOWN


def is_fresh(report: Report | None, heard_at: datetime | None, *, limit: timedelta, now: datetime) -> bool | None:
    """Say whether documents are up to date by the last report; None = the reports do not tell."""
    if report is None or heard_at is None:
        return None
    if now - heard_at > limit:
        return False
    return None if report.operup_at is None else now - report.operup_at <= OPERUP_OLD


def checks_of(beliefs: Iterable[Health], seen: Iterable[Seen] = ()) -> tuple[Check, ...]:
    """Return every check with its value, what is wrong first, then by the catalogue's order."""
    places = {State.FAIL: 0, State.FLAPPING: 1, State.OK: 2, State.UNKNOWN: 3}
    ranked = sorted(beliefs, key=lambda one: (places[one.state], RANK[one.code]))
    clean = {str(look.kind): look.at for look in seen if look.at is not None and look.fault is None}
    return tuple(
        Check(
            code=one.code,
            title=title(one.code, ROWS[one.code].title, one.reason),
            well=ROWS[one.code].well or ROWS[one.code].title,
            state=one.state,
            seen_at=_confirmed(one, clean.get(str(ROWS[one.code].source))),
            since=one.since,
            reason=one.reason,
        )
        for one in ranked
    )


def _confirmed(belief: Health, looked_at: datetime | None) -> datetime | None:
    """Return when a belief was last seen true: one that stays good is written only every ``STALE``."""
    known = belief.seen_at
    if belief.state is not State.OK or known is None or looked_at is None or looked_at - known > STALE:
        return known
    return max(known, looked_at)


def report_of(latest: Latest | None) -> Report | None:
    """Return what reports say for the card; None = none has said anything."""
    if latest is None or latest.at is None:
        return None
    facts = latest.facts
    return Report(
        at=latest.at,
        operup_at=facts.operup_at,
        update_number=facts.update_number,
        version=facts.version,
        key=None if facts.key is None else facts.key is Key.OK,
        licence_end=facts.licence_end,
        seats=facts.seats,
        sessions=facts.sessions,
        refused=facts.refused,
    )


def _answer(seen: Seen, client: Client, estate: Estate, now: datetime) -> Answer | None:
    if seen.kind not in SHOWN:
        return None
    addresses = {
        LookKind.DOMAIN: client.domain,
        LookKind.INSTALLATION: estate.address_of(client.name),
        LookKind.LICMAN: client.licman,
    }
    good = seen.fault is None and (seen.status is None or 200 <= seen.status < 300)  # noqa: PLR2004 - HTTP
    stale = seen.at is None or now - seen.at > FRESH
    return Answer(
        kind=seen.kind,
        address=addresses[seen.kind] or "",
        opens=None if stale else good,
        elapsed=seen.elapsed,
        at=seen.at,
        reason=seen.fault or (f"status_{seen.status}" if seen.status and not good else ""),
    )


async def _shared(connection: Connection, client: Client, estate: Estate, known: set[int | None]) -> list[Incident]:
    """Load the open incident of the client's redirect server, where it names no symptom of this client yet."""
    if client.redirect is None or client.name not in estate.behind.get(client.redirect, ()):
        return []
    numbers = await incidents.numbers(connection)
    wanted = [
        number
        for cause, number in numbers.items()
        if cause.kind is CauseKind.REDIRECT and cause.name == client.redirect and number not in known
    ]
    return await incidents.some(connection, wanted)


async def _mutes(connection: Connection, name: str, view: View) -> tuple[Mute, ...]:
    hit = [one for one in await silences.lasting(connection) if _is_of(one, name, view)]
    who = await people.names(connection, {one.author for one in hit})
    return tuple(mute_of(one, who.get(one.author, ""), view.now) for one in hit)


def _is_of(silence: Silence, name: str, view: View) -> bool:
    here = silence.chat_id in {None, view.chat_id}
    return silence.scope is Scope.CLIENT and silence.target == name and here and active(silence, view.now)


async def _served(
    connection: Connection, client: Client, subject: Subject, beliefs: Sequence[Health], now: datetime
) -> Served:
    history = await health.history(connection, [subject], since=now - SPAN)
    found = availability(history, beliefs, now=now)
    norm = norm_of(client.kind)
    if found is None:
        return Served(norm=norm)
    days = min(SPAN.days, found.watched // timedelta(days=1))
    return Served(share=found.share, days=days, outages=found.outages, down=found.down, norm=norm)
