"""The last thirty days of an installation as a picture: people against seats, the age of its updates."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo

from checks.access import Act
from checks.hours import zone_of
from checks.model.installation import FactChange, Usage
from handlers.incidents import owner_of
from handlers.pictures import Picture, made
from handlers.turn import Turn
from storage import facts
from templates import CAPTION_LIMIT, render
from templates.views import InstallationDay, InstallationMonth

DAYS = 30
DAY = timedelta(days=1)
OPERUP = "operup_at"


async def picture(turn: Turn, name: str, *, theme: str) -> Picture | None:
    """Paint the month of a client; None = there is no such client."""
    turn.require(Act.SEE, await owner_of(turn, name))
    told = await _read(turn, name)
    if told is None:
        return None

    def paint() -> bytes:
        from templates.charts import installation  # noqa: PLC0415 - heavy, on first use
        from templates.charts.canvas import Theme  # noqa: PLC0415

        return installation.paint(installation.Installation.of(told), theme=Theme(theme)).png()

    caption = render(
        "month", now=turn.now, zone=turn.zone, at_most=CAPTION_LIMIT, told=told, name=name, dark=theme == "dark"
    )
    return Picture(content=await made(turn, paint), caption=caption, name=f"{name}.png")


async def _read(turn: Turn, name: str) -> InstallationMonth | None:
    client = turn.deps.rules().estate.clients.get(name)
    if client is None:
        return None
    zone = zone_of(client.time_zone, turn.zone)
    today = turn.now.astimezone(zone).date()
    first = today - (DAYS - 1) * DAY
    async with turn.deps.database.read() as connection:
        used = (await facts.usage(connection, [name], first, today)).get(name, ())
        changes = await facts.history(connection, name, OPERUP)
        latest = await facts.latest(connection, name)
    seats = latest.facts.seats if latest and latest.facts.seats is not None else client.seats
    return InstallationMonth(label=client.label, days=_days(used, changes, first, zone, turn.now), seats=seats)


def _days(
    used: Sequence[Usage], changes: Sequence[FactChange], first: date, zone: tzinfo, now: datetime
) -> tuple[InstallationDay, ...]:
    by_day = {one.day: one for one in used}
    days = []
    for day in (first + number * DAY for number in range(DAYS)):
        known = by_day.get(day, Usage(day=day))
        end = min(now, datetime.combine(day + DAY, time(), tzinfo=zone))
        age = _age(changes, end)
        days.append(InstallationDay(day=day, sessions=known.sessions, refused=known.refused, operup_age=age))
    return tuple(days)


def _age(changes: Sequence[FactChange], at: datetime) -> float | None:
    """Return how old, in days, the newest operative update was that reports had told of by ``at``."""
    told = next((one.after for one in reversed(changes) if one.at <= at), None)
    newest = None
    with suppress(TypeError, ValueError):
        newest = datetime.fromisoformat(told or "")
    return None if newest is None else max(0.0, (at - newest) / DAY)
