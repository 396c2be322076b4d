"""Words the card of a watch from what is remembered of it."""

from __future__ import annotations

from checks.model import Family, Incident, Message
from checks.model.installation import InstallationFacts
from checks.reports import ReportKind
from checks.rhythm import habit_of
from checks.watching import FAILED, Watch, Why
from handlers.impact import row_of
from handlers.reading import View, read_card
from storage import arrivals, people, rhythms, versions, watches
from storage.database import Connection
from templates import render as word
from templates.watches import Tick, WatchCard, Who

NOTHING = InstallationFacts()


def is_watch(incident: Incident) -> bool:
    """Tell whether the incident is a watch after a change."""
    return row_of(incident).family is Family.CHANGE


async def watch_message(
    connection: Connection, incident: Incident, view: View, *, repeat: bool = False, reply: bool = False
) -> Message | None:
    """Word a watch: its living card, the card when it is over, or the short ``reply`` at the end."""
    known = await watches.last(connection, incident.cause.name)
    if known is None or known.since is None:
        return None
    card = await read_card(connection, incident, view, repeat=repeat)
    watch = await _card(connection, known, overdue=incident.code == FAILED, required=view.required_version)
    template = "watch_reply" if reply else "watch_over" if card.ended_at is not None else "watch"
    return word(template, now=view.now, zone=view.zone, card=card, watch=watch)


async def _card(connection: Connection, known: Watch, *, overdue: bool, required: str | None) -> WatchCard:
    assert known.id is not None
    assert known.since is not None
    named = (await people.names(connection, {known.by})).get(known.by) if known.by else None
    rhythm = (await rhythms.of_clients(connection, [known.client])).get(known.client)
    heard = (await arrivals.of_clients(connection, [known.client])).get((known.client, ReportKind.SYSINFO))
    wanted = await versions.required(connection, required)
    return WatchCard(
        id=known.id,
        trigger=known.trigger,
        what=known.what,
        who=Who(id=known.by, name=named or "") if known.by else None,
        since=known.since,
        due_at=known.due_at or known.since,
        overdue=overdue,
        ended_at=known.ended_at,
        cancelled=known.ended_why is Why.CANCELLED,
        version_before=known.version_before,
        version=known.version,
        required=wanted.version if wanted else None,
        operup_before=known.operup_before,
        habit=str(habit_of(rhythm) or "") if rhythm else "",
        heard_at=heard.known.heard_at if heard else None,
        ticks=tuple(Tick(point=point, at=known.confirmed.get(point)) for point in known.points),
    )
