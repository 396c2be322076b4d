"""Answers ``/billing``: the quotas of online accesses, how much is spent, how long they last; a picture of the year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from checks.access import Act
from checks.billing import back, day_of, runs_out
from checks.model import Access, Message, Month, Quota
from handlers.incidents import owner_of
from handlers.pages import cut
from handlers.pictures import Picture, made
from handlers.status import Question, open_view, own_names
from handlers.turn import Turn
from storage import billing
from storage.database import Connection
from templates import CAPTION_LIMIT, MOSCOW, render
from templates.views import AccessQuotas, QuotaUse

PER_PAGE = 6
YEAR = 12


async def accesses(question: Question, arg: str = "") -> Message:
    """Word a page of all accesses, the one nearest to its end first."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        own = own_names(question, book)
        listed = {number: one for number, one in book.estate.accesses.items() if one.client in own}
        today = day_of(view.now, MOSCOW)
        known = await _read(connection, listed, today, {name: book.estate.clients[name].label for name in own})
    ranked = sorted(known, key=lambda one: (-one.worst, one.label, one.login))
    shown, page = cut(ranked, arg, PER_PAGE)
    return render("billing", now=question.now, zone=view.zone, accesses=shown, page=page, one=None, today=today)


async def of_client(question: Question, name: str) -> Message | None:
    """Word the accesses of one client; None = not on the lists, or not this manager's."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        if name not in own_names(question, book):
            return None
        listed = {number: book.estate.accesses[number] for number in book.estate.accesses_of.get(name, ())}
        today = day_of(view.now, MOSCOW)
        client = book.estate.clients[name]
        known = await _read(connection, listed, today, {name: client.label})
    shown, page = cut(known, "", PER_PAGE)
    return render("billing", now=question.now, zone=view.zone, accesses=shown, page=page, one=client, today=today)


async def picture(turn: Turn, name: str, *, theme: str) -> Picture | None:
    """Paint the year of a client's accesses, added up; None = it has none."""
    turn.require(Act.SEE, await owner_of(turn, name))
    estate = turn.deps.rules().estate
    ids = estate.accesses_of.get(name, ())
    if name not in estate.clients or not ids:
        return None
    today = day_of(turn.now, MOSCOW)
    first = today.replace(day=1)
    async with turn.deps.database.read() as connection:
        months = await billing.months(connection, ids, back(first, YEAR - 1))
        listed = {number: estate.accesses[number] for number in ids}
        known = await _read(connection, listed, today, {name: estate.clients[name].label})

    def paint() -> bytes:
        from templates.charts import quotas  # noqa: PLC0415 - heavy, on first use
        from templates.charts.canvas import Theme  # noqa: PLC0415

        return quotas.paint(quotas.Quotas.of(known, _year(months, first), today), theme=Theme(theme)).png()

    caption = render(
        "quotas",
        now=turn.now,
        zone=turn.zone,
        at_most=CAPTION_LIMIT,
        accesses=known,
        name=name,
        today=today,
        dark=theme == "dark",
    )
    return Picture(content=await made(turn, paint), caption=caption, name=f"{name}-quotas.png")


def _year(months: Mapping[int, Sequence[Month]], first: date) -> tuple[tuple[date, int | None, int | None], ...]:
    """Add the documents of all accesses up by month: (month, spent, limit); None = unknown."""
    rows = []
    for start in (back(first, number) for number in range(YEAR - 1, -1, -1)):
        tallies = [
            month.tallies[Quota.DOCS]
            for several in months.values()
            for month in several
            if month.first == start and Quota.DOCS in month.tallies
        ]
        spent = sum(one.spent for one in tallies) if tallies else None
        rows.append((start, spent, sum(one.limit for one in tallies) if tallies else None))
    return tuple(rows)


async def _read(
    connection: Connection, listed: Mapping[int, Access], today: date, labels: Mapping[str, str]
) -> list[AccessQuotas]:
    first = today.replace(day=1)
    months = await billing.months(connection, listed, first)
    latest = await billing.latest(connection, listed)
    found = []
    for number, access in listed.items():
        month = next((one for one in months.get(number, ()) if one.first == first), None)
        seen = latest.get(number)
        found.append(
            AccessQuotas(
                client=access.client,
                label=labels.get(access.client, access.client),
                login=access.login,
                seen_at=seen.known_at if seen else None,
                quotas=_uses(month, today) if month else (),
            )
        )
    return found


def _uses(month: Month, today: date) -> tuple[QuotaUse, ...]:
    return tuple(
        QuotaUse(
            quota=quota,
            spent=tally.spent,
            left=tally.left,
            limit=tally.limit,
            ends=runs_out(month, tally, today),
        )
        for quota in Quota
        if (tally := month.tallies.get(quota)) is not None
    )
