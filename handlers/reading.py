"""Reads from storage what one incident's card has to say: values only, the words are the templates'."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeVar

from checks.access import same_manager
from checks.catalogue import Row
from checks.estate import Estate
from checks.hours import beside, hours_of, opens_at, zone_of
from checks.maintenance import covering as covering_work
from checks.model import (
    Audience,
    Cause,
    CauseKind,
    Client,
    Family,
    Incident,
    IncidentState,
    LookKind,
    Severity,
    Silence,
    Subject,
    SubjectKind,
)
from checks.notifications import Policy
from checks.reports import SILENT, STATUS_CODES, ReportKind
from checks.silences import covering, undoable
from handlers.hearing import behind_work, quiet_of, visible_in
from handlers.impact import behind, hit_names, hit_of, leading_symptom, off_of, row_of, signs_beside, still_of, wait_of
from handlers.rota import person_on_duty
from storage import arrivals, chats, incidents, looks, maintenance, outbox, people, reports, silences
from storage import names as names_of
from storage.database import Connection
from templates.cards import Card, Mute, People, Phoned, Someone, Step
from templates.words import title

T = TypeVar("T")

COUNTED = timedelta(hours=2)
"""How long a report's figure of people in the system is believed."""
REPORTED: Mapping[str, ReportKind] = {
    **{code: kind for kind, code in SILENT.items()},
    **dict.fromkeys(STATUS_CODES.values(), ReportKind.STATUS),
    "UploadUnusuallyLate": ReportKind.SYSINFO,
    "UploadBroken": ReportKind.SYSINFO,
}
"""Which report tells of a check."""
KEY_CODES = frozenset({"KodeksOnlineSensLockCheck", "KodeksXmlSensLockStatus", "KodeksOfflineSensLockCheck"})
SHARED_LOOKS: Mapping[CauseKind, LookKind] = {
    CauseKind.ADDRESS: LookKind.INSTALLATION,
    CauseKind.LICMAN: LookKind.LICMAN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Who looks at a card: when, in which zone and chat."""

    estate: Estate
    now: datetime
    zone: tzinfo
    chat_id: int | None = None
    policy: Policy = field(default_factory=Policy)
    """With the routes of the configuration: a chat sees only what its routes allow."""
    only_manager: str | None = None
    """Whose clients alone may be named to the person who asks, as the lists call this manager; None = everybody's."""
    required_version: str | None = None
    """The oldest version that may run, by the configuration."""

    def shows(self, name: str) -> bool:
        """Say whether the client may be named to this person."""
        if self.only_manager is None:
            return True
        client = self.estate.clients.get(name)
        return client is not None and same_manager(self.only_manager, client.manager)


async def read_card(connection: Connection, incident: Incident, view: View, *, repeat: bool = False) -> Card:
    """Return everything the card of ``incident`` has to say."""
    assert incident.id is not None
    row = row_of(incident)
    names = tuple(name for name in hit_names(incident, view.estate) if view.shows(name))
    if view.chat_id is not None:
        names = await visible_in(connection, view.chat_id, names, policy=view.policy)
    clients = [view.estate.clients[name] for name in names if name in view.estate.clients]
    seen = await looks.latest_of(connection, LookKind.INSTALLATION, names)
    numbers = await incidents.numbers(connection)
    hits = tuple(
        hit_of(name, view.estate, seen=seen.get(name), numbers=numbers, incident=incident, now=view.now)
        for name in sorted(names, key=lambda name: _label(name, view.estate))
    )
    lead = leading_symptom(incident)
    who = await people.names(connection, {one for one in (incident.taken_by, incident.handed_by) if one})
    seats = await _people(connection, incident, clients, view.now)
    server = view.estate.redirects.get(incident.cause.name) if incident.cause.kind is CauseKind.REDIRECT else None
    contacts = server.contacts if server else _common(client.contacts for client in clients)
    heard = await _heard_at(connection, incident, row)
    stopped, senders = _counted(lead.detail) if lead and row.family is Family.OURSELVES else (0, 0)
    zone = _zone(clients, view.zone)
    chat = await chats.load(connection, view.chat_id) if view.chat_id is not None else None
    quiet = quiet_of(chat, view.policy.quiet)
    stated = hours_of(contacts)
    nights = None if server else _common(client.night_calls for client in clients)
    answers = None if nights else opens_at(view.now, view.zone if server else zone, stated) if stated else None
    opens = opens_at(view.now, zone, (stated if server is None else None) or beside(quiet.begin, quiet.end))
    return Card(
        number=incident.id,
        cause=incident.cause,
        code=incident.code,
        title=title(incident.code, row.title, lead.reason if lead else ""),
        family=row.family,
        priority=incident.priority,
        critical=row.severity is Severity.CRITICAL,
        subject=await subject_of(connection, incident.cause, view.estate),
        opened_at=incident.opened_at,
        checked_at=await _checked_at(connection, incident, row, names) or (heard if row.source != "time" else None),
        ended_at=incident.ended_at,
        unlisted=incident.unlisted,
        reason=lead.reason if lead else "",
        detail=lead.detail if lead else "",
        flapping=bool(lead and lead.flapping),
        means=row.means,
        causes=row.causes_of(lead.reason if lead else ""),
        steps=row.steps_of(lead.reason if lead else ""),
        signs=signs_beside(incident),
        clients=hits,
        behind=senders or behind(incident.cause, view.estate),
        owner=server.owner if server else None,
        contacts=contacts,
        night_calls=nights,
        opens_at=opens,
        off=off_of(view.now, zone, night=replace(quiet, zone=zone).lasts(view.now)),
        there=view.now.astimezone(zone) if _differ(zone, view.zone, view.now) else None,
        answers_at=answers if stated else opens if nights is False else None,
        manager=_common(client.manager for client in clients),
        people=seats,
        wait=wait_of(critical=row.severity is Severity.CRITICAL, opens_at=opens, online=seats.online),
        still=still_of(row, hits),
        taken=_step(who, incident.taken_by, incident.taken_at),
        duty=await _duty(connection, incident, row, view),
        handed=_step(who, incident.handed_by, incident.handed_at),
        remind_at=quiet.over_at(view.now),
        reminder=await _reminder(connection, incident, view),
        mute=await _mute(connection, incident, view),
        work_until=await _work_until(connection, incident, view),
        phoned=await _phoned(connection, incident),
        admin_url=clients[0].admin_url if len(clients) == 1 else None,
        repeat=repeat,
        expires_at=_moment(lead.detail) if lead and incident.code == "CertificateExpiring" else None,
        heard_at=heard if row.source == "time" else None,
        stopped=stopped,
    )


async def _duty(connection: Connection, incident: Incident, row: Row, view: View) -> Someone | None:
    """Return whom a group's card calls; in private everybody knows that they are meant."""
    calls = incident.state is IncidentState.OPEN and incident.taken_by is None and Audience.SUPPORT in row.audience
    if not calls or view.chat_id is None or view.chat_id > 0:
        return None
    return await person_on_duty(connection, view.policy, view.now)


async def subject_of(connection: Connection, cause: Cause, estate: Estate) -> str:
    """Return how people call what an incident is named after."""
    if cause.kind is CauseKind.CLIENT and cause.name in estate.clients:
        return estate.clients[cause.name].label
    if cause.kind is CauseKind.CLIENT:
        return await names_of.title_of(connection, cause.name) or cause.name
    if cause.kind is CauseKind.REDIRECT and cause.name in estate.redirects:
        return estate.redirects[cause.name].label
    if cause.kind is CauseKind.CHAT and cause.name.lstrip("-").isdigit():
        chat = await chats.load(connection, int(cause.name))
        return chat.title if chat and chat.title else cause.name
    return cause.name


def mute_of(silence: Silence, by: str, now: datetime, *, what: str = "", kind: CauseKind = CauseKind.CLIENT) -> Mute:
    """Return a silence as people are told of it."""
    assert silence.id is not None
    return Mute(
        id=silence.id,
        by=by,
        at=silence.created_at,
        until=silence.until,
        scope=silence.scope,
        what=what,
        kind=kind,
        reason=silence.reason,
        here=silence.chat_id is not None,
        undoable=undoable(silence, now),
        matched_at=silence.last_matched_at,
    )


async def _people(connection: Connection, incident: Incident, clients: Sequence[Client], now: datetime) -> People:
    if not clients:
        return People()
    if incident.cause.kind is not CauseKind.CLIENT:
        known = [client.seats for client in clients if client.seats is not None]
        return People(seats=sum(known) if len(known) == len(clients) else None)
    report = await reports.latest(connection, clients[0].name, ReportKind.SYSINFO)
    facts: Mapping[str, Any] = report.facts if report else {}
    online = facts.get("sessions") if report and now - report.received_at <= COUNTED else None
    return People(
        seats=clients[0].seats or facts.get("seats"), online=online, at=report.received_at if report else None
    )


async def _checked_at(connection: Connection, incident: Incident, row: Row, names: Iterable[str]) -> datetime | None:
    kind = SHARED_LOOKS.get(incident.cause.kind)
    if kind is not None:
        found = await looks.latest_of(connection, kind, tuple(names))
        return max((one.at for one in found.values() if one.at), default=None)
    if row.source not in set(LookKind):
        return None
    kinds = {CauseKind.REDIRECT: SubjectKind.REDIRECT, CauseKind.CLIENT: SubjectKind.CLIENT}
    if incident.cause.kind not in kinds:
        return None
    subject = Subject(kinds[incident.cause.kind], incident.cause.name)
    seen = await looks.latest(connection, subject)
    return next((one.at for one in seen if one.kind == row.source), None)


async def _mute(connection: Connection, incident: Incident, view: View) -> Mute | None:
    if incident.state is IncidentState.ENDED:
        return None
    silence = covering(await silences.lasting(connection), incident, view.now, chat_id=view.chat_id)
    if silence is None:
        return None
    who = await people.names(connection, {silence.author})
    return mute_of(silence, who.get(silence.author, ""), view.now)


async def _work_until(connection: Connection, incident: Incident, view: View) -> datetime | None:
    if incident.state is IncidentState.ENDED:
        return None
    windows = await maintenance.under_way(connection, view.now)
    work = covering_work(windows, incident, view.now, behind=await behind_work(connection, windows))
    return work.ends_at if work else None


async def _reminder(connection: Connection, incident: Incident, view: View) -> Step | None:
    if view.chat_id is None or incident.id is None:
        return None
    owed = await outbox.reminder(connection, view.chat_id, incident.id)
    if owed is None:
        return None
    asked = owed.facts.get("by")
    who = await people.names(connection, {asked} if isinstance(asked, int) else set())
    return Step(by=next(iter(who.values()), ""), at=owed.due_at)


def _differ(there: tzinfo, here: tzinfo, now: datetime) -> bool:
    return now.astimezone(there).utcoffset() != now.astimezone(here).utcoffset()


async def _phoned(connection: Connection, incident: Incident) -> Phoned | None:
    """Return the last call to the client: about this incident, or for a lost key about an earlier one."""
    if incident.cause.kind is not CauseKind.CLIENT:
        return None
    last = await incidents.last_call(connection, incident.cause.name)
    if last is None or (last.incident_id != incident.id and incident.code not in KEY_CODES):
        return None
    by = (await people.names(connection, {last.person_id})).get(last.person_id, "") if last.person_id else ""
    return Phoned(by=by, at=last.at, reached=last.reached, before=last.incident_id != incident.id)


def _label(name: str, estate: Estate) -> str:
    return estate.clients[name].label.casefold() if name in estate.clients else name


async def _heard_at(connection: Connection, incident: Incident, row: Row) -> datetime | None:
    """Return when the client's last report of the kind that the row is about has come."""
    kind = REPORTED.get(row.code)
    if kind is None or incident.cause.kind is not CauseKind.CLIENT:
        return None
    heard = await arrivals.of_clients(connection, [incident.cause.name])
    found = heard.get((incident.cause.name, kind))
    return found.known.heard_at if found else None


def _counted(detail: str) -> tuple[int, int]:
    """Read «14/31»: so many of so many senders have stopped."""
    stopped, _, senders = detail.partition("/")
    return (int(stopped), int(senders)) if stopped.isdecimal() and senders.isdecimal() else (0, 0)


def _step(who: Mapping[int, str], person: int | None, at: datetime | None) -> Step | None:
    return None if person is None or at is None else Step(by=who.get(person, ""), at=at)


def _zone(clients: Sequence[Client], default: tzinfo) -> tzinfo:
    return zone_of(_common(client.time_zone for client in clients), default)


def _common(values: Iterable[T | None]) -> T | None:
    """Return the one value that all share, None when they differ or there is none."""
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
