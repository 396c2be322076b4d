"""The head's week: one picture, ten lines, and the table by managers behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time

from checks.access import Act
from checks.availability import NORM, Record, stops_service
from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import Incident, Message, Signal
from checks.week import DAY, MONTH, NORM_SHARE, SPAN, Weekly, records_of, weekly
from handlers.cards import briefs
from handlers.impact import hit_names
from handlers.pictures import File, Picture, made
from handlers.reading import View
from handlers.turn import Turn
from storage import health, incidents, signals
from templates import CAPTION_LIMIT, render
from templates.views import ManagerWeek, WeekFacts

STOPPING = frozenset(code for code in ROWS if stops_service(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The week as it was read."""

    weekly: Weekly
    facts: WeekFacts


async def picture(turn: Turn, arg: str, *, theme: str) -> Picture:
    """Paint the week that ends with the day ``arg`` (ISO); an empty or odd one means yesterday."""
    turn.require(Act.SEE_WEEK)
    read = await _read(turn, last_day(turn, arg))

    def paint() -> bytes:
        from templates.charts import week  # noqa: PLC0415 - heavy, on first use
        from templates.charts.canvas import Theme  # noqa: PLC0415

        days = [
            week.Day(day=one.day, availability=one.availability, critical=one.critical, other=one.other)
            for one in read.weekly.days
        ]
        long = [week.Outage.of(one, turn.now) for one in read.facts.longest]
        return week.paint(week.Week(shown=days, norm=NORM_SHARE, outages=long), theme=Theme(theme)).png()

    return Picture(content=await made(turn, paint), caption=_caption(turn, read.facts, theme), name="week.png")


async def sheet(turn: Turn, arg: str) -> File:
    """Write the table by managers as a spreadsheet."""
    turn.require(Act.SEE_WEEK)
    facts = (await _read(turn, last_day(turn, arg))).facts

    def write() -> bytes:
        from templates.reports import week_workbook  # noqa: PLC0415 - heavy, on first use

        return week_workbook(facts)

    caption = render("week_sheet", now=turn.now, zone=turn.zone, at_most=CAPTION_LIMIT, week=facts)
    return File(content=await made(turn, write), caption=caption, name=f"week-{facts.last.isoformat()}.xlsx")


def last_day(turn: Turn, arg: str) -> date:
    """Return the last day of the week that is asked for: a finished day within the history that is read."""
    yesterday = turn.now.astimezone(turn.zone).date() - DAY
    asked = yesterday
    with suppress(ValueError):
        asked = date.fromisoformat(arg)
    return min(max(asked, yesterday - (SPAN - MONTH)), yesterday)


async def _read(turn: Turn, until: date) -> Read:
    estate = turn.deps.rules().estate
    begin = datetime.combine(until - 6 * DAY, time(), tzinfo=turn.zone)
    end = begin + 7 * DAY
    async with turn.deps.database.read() as connection:
        present = await health.of_clients(connection, STOPPING)
        history = await health.changes_of_clients(connection, STOPPING, since=turn.now - SPAN)
        lasting = await incidents.lasting_since(connection, begin)
        records = {
            name: one for name, one in records_of(present, history, now=turn.now).items() if name in estate.clients
        }
        found = weekly(until=until, zone=turn.zone, records=records.values(), incidents=lasting)
        view = View(estate=estate, now=turn.now, zone=turn.zone, chat_id=turn.chat_id)
        longest = await briefs(connection, found.longest, view)
        raised = [one for one in await signals.begun(connection, begin) if one.since < end]
    facts = WeekFacts(
        first=until - 6 * DAY,
        last=until,
        clients=len(estate.clients),
        availability=found.availability,
        norm=NORM,
        below=found.below,
        watched=found.watched,
        incidents=found.incidents,
        critical=found.critical,
        touched=found.clients,
        longest=longest,
        taken=found.taken,
        take_time=found.take_time,
        mend_time=found.mend_time,
        signals=len(raised),
        answered=sum(one.answer is not None for one in raised),
        managers=_by_manager(estate, records, found.told, raised, end),
    )
    return Read(weekly=found, facts=facts)


def _by_manager(
    estate: Estate,
    records: Mapping[str, Record],
    told: Sequence[Incident],
    raised: Sequence[Signal],
    end: datetime,
) -> tuple[ManagerWeek, ...]:
    """Return each manager's week, those with the most incidents first."""
    touched = Counter(
        manager for one in told for manager in {_manager(estate, name) for name in hit_names(one, estate)}
    )
    signalled = Counter(_manager(estate, one.client) for one in raised)
    answered = Counter(_manager(estate, one.client) for one in raised if one.answer is not None)
    own: dict[str, list[str]] = {}
    for name, client in estate.clients.items():
        own.setdefault(client.manager or "", []).append(name)
    found = []
    for manager, names in own.items():
        shares = [share for name in names if name in records and (share := records[name].share(end - MONTH, end))]
        mean = sum(shares) / len(shares) if shares else None
        found.append(
            ManagerWeek(
                manager=manager,
                clients=len(names),
                availability=mean,
                incidents=touched[manager],
                signals=signalled[manager],
                answered=answered[manager],
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.incidents, -one.clients, one.manager)))


def _manager(estate: Estate, name: str) -> str:
    client = estate.clients.get(name)
    return (client.manager if client else None) or ""


def _caption(turn: Turn, facts: WeekFacts, theme: str) -> Message:
    return render(
        "week",
        now=turn.now,
        zone=turn.zone,
        at_most=CAPTION_LIMIT,
        week=facts,
        dark=theme == "dark",
        earlier=facts.first - DAY,
    )
