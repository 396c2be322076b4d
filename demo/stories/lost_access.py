"""29.05.2023: a client whose contract was just prolonged has not come for a week: he had lost his password.

Ольга hears it on Monday morning with a ready text for the client; he comes back, and the card says so by itself.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from checks.buttons import Action
from checks.model import Access, Client, ClientKind, Figure, Quota, Quotas
from checks.workdays import works
from demo.stories.script import MOSCOW, Presses, Prolongs, Says, Scene, Story
from demo.telegram.cast import OLGA

LIMIT = 300
SINCE = date(2022, 12, 1)
LAST, BACK = date(2023, 5, 19), date(2023, 5, 31)
"""Between these days he could not get in."""


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"2023-05-{day}T{clock}").replace(tzinfo=MOSCOW)


def left(day: date) -> int:
    """Six documents a working day, but for the days on which he could not get in."""
    days = (day.replace(day=number) for number in range(1, day.day + 1))
    return LIMIT - 6 * sum(works(one) and not LAST < one < BACK for one in days)


def quotas(_login: str, at: datetime) -> Quotas:
    day = at.astimezone(MOSCOW).date()
    rest: Quotas = {quota: Figure(3000, 3000) for quota in Quota if quota is not Quota.DOCS}
    return {Quota.DOCS: Figure(left(day), LIMIT), **rest}


def story() -> Story:
    return Story(
        name="2023-05-29",
        title="Клиент продлился и неделю не заходит",
        watched_from=_at("24", "06:00:00"),
        begins=_at("25", "08:00:00"),
        ends=_at("31", "20:00:00"),
        clients=(
            Client(
                name="progress",
                title="Прогресс",
                kind=ClientKind.ONLINE,
                manager=OLGA.name,
                contract_end=date(2023, 5, 31),
            ),
        ),
        accesses=(
            Access(client="Прогресс", login="progress", host="online.example.ru", catalogue="docs", manager=OLGA.name),
        ),
        figures=quotas,
        known_since=SINCE,
        scenes=(
            Scene(at=_at("25", "08:30:00"), act=Says(who=OLGA.id, chat=OLGA.id, text="/signals")),
            Scene(at=_at("25", "08:31:00"), act=Presses(who=OLGA.id, action=Action.SIGNALS, arg="both")),
            Scene(at=_at("25", "12:00:00"), act=Prolongs(client="progress", until=date(2024, 5, 31))),
            Scene(at=_at("29", "09:40:00"), act=Presses(who=OLGA.id, action=Action.SIGNAL_TEXT)),
            Scene(at=_at("29", "09:42:00"), act=Presses(who=OLGA.id, action=Action.CARD)),
            Scene(at=_at("29", "09:50:00"), act=Presses(who=OLGA.id, action=Action.SIGNAL_ANSWER, arg="called")),
        ),
        interval=timedelta(hours=8),
    )
