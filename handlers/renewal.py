"""The renewal report of one client: a year in a picture, in a few lines, and as a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from checks.access import Act
from checks.model import Client, Message
from checks.renewal import MonthUse, of_access, of_installation, span, together
from handlers.incidents import owner_of
from handlers.pictures import File, Picture, made
from handlers.turn import Turn
from storage import billing, facts
from templates import CAPTION_LIMIT, render
from templates.views import Renewal

FIRST_YEAR = 2000


async def picture(turn: Turn, arg: str, *, theme: str) -> Picture | None:
    """Paint the year ``YEAR.CLIENT`` (an empty year: the last twelve months); None = there is no such client."""
    told = await _read(turn, arg)
    if told is None:
        return None

    def paint() -> bytes:
        from templates.charts import renewal  # noqa: PLC0415 - heavy, on first use
        from templates.charts.canvas import Theme  # noqa: PLC0415

        return renewal.paint(renewal.Renewal.of(told), theme=Theme(theme)).png()

    return Picture(content=await made(turn, paint), caption=_caption(turn, told, theme), name=f"{told.name}.png")


async def sheet(turn: Turn, arg: str) -> File | None:
    """Write the same year as a spreadsheet, each month against the one before."""
    told = await _read(turn, arg)
    if told is None:
        return None

    def write() -> bytes:
        from templates.reports import renewal_workbook  # noqa: PLC0415 - heavy, on first use

        return renewal_workbook(told)

    caption = render("renewal_sheet", now=turn.now, zone=turn.zone, at_most=CAPTION_LIMIT, told=told)
    return File(content=await made(turn, write), caption=caption, name=f"{told.name}-{told.months[-1].first.year}.xlsx")


def year_of(text: str, today: date) -> int | None:
    """Return the year that is meant; None = none, or one that has not begun."""
    year = None
    with suppress(ValueError):
        year = int(text)
    return year if year is not None and FIRST_YEAR <= year <= today.year else None


async def _read(turn: Turn, arg: str) -> Renewal | None:
    year, _, name = arg.partition(".")
    turn.require(Act.SEE, await owner_of(turn, name))
    client = turn.deps.rules().estate.clients.get(name)
    if client is None:
        return None
    today = turn.now.astimezone(turn.zone).date()
    months = span(today, year_of(year, today))
    return Renewal(
        name=name,
        label=client.label,
        year=year_of(year, today),
        months=await _months(turn, client, months),
        contract_end=client.contract_end,
        today=today,
    )


async def _months(turn: Turn, client: Client, months: Sequence[date]) -> tuple[MonthUse, ...]:
    """Add the client's installation and accesses up; what neither tells stays unknown."""
    until = turn.now.astimezone(turn.zone).date()
    async with turn.deps.database.read() as connection:
        days = await facts.usage(connection, [client.name], months[0], until)
        ids = turn.deps.rules().estate.accesses_of.get(client.name, ())
        spent = await billing.months(connection, ids, months[0])
    parts = [of_installation(days.get(client.name, ()), months), *(of_access(one, months) for one in spent.values())]
    return together(parts)


def _caption(turn: Turn, told: Renewal, theme: str) -> Message:
    key = f"{told.year or ''}.{told.name}"
    return render(
        "renewal",
        now=turn.now,
        zone=turn.zone,
        at_most=CAPTION_LIMIT,
        told=told,
        key=key,
        earlier=f"{(told.year or told.today.year) - 1}.{told.name}",
        dark=theme == "dark",
    )
