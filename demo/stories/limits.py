"""21.03.2023: one client runs out of documents early three months running and says nothing; another saves his up.

Ольга hears of both unasked: the first one should be offered another access or the network version, with the months that
prove it; the second one hardly uses what he pays for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from checks.buttons import Action
from checks.model import Access, Client, ClientKind, Figure, Quota, Quotas
from checks.workdays import works
from demo.stories.script import MOSCOW, Presses, Says, Scene, Story
from demo.telegram.cast import OLGA

LIMIT = 300
SINCE = date(2022, 9, 1)
"""From then on the bot is said to have watched."""


def _at(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"2023-03-{day}T{clock}").replace(tzinfo=MOSCOW)


def _worked(day: date) -> int:
    """Count the working days of the month up to ``day``."""
    return sum(works(day.replace(day=number)) for number in range(1, day.day + 1))


def vektor(day: date) -> int:
    """Ten documents a working day until December, twenty-six since January: gone by the middle of the month."""
    pace = 26 if day >= date(2023, 1, 1) else 10
    return max(0, LIMIT - pace * _worked(day))


def zarya(day: date) -> int:
    """Seven documents a working day until January, then one a week."""
    if day < date(2023, 2, 1):
        return LIMIT - 7 * _worked(day)
    return LIMIT - _worked(day) // 6


def quotas(login: str, at: datetime) -> Quotas:
    """Return what the vendor's page says at a moment."""
    day = at.astimezone(MOSCOW).date()
    left = vektor(day) if login == "vektor" else zarya(day)
    rest: Quotas = {quota: Figure(3000, 3000) for quota in Quota if quota is not Quota.DOCS}
    return {Quota.DOCS: Figure(left, LIMIT), **rest}


def story() -> Story:
    return Story(
        name="2023-03-21",
        title="Лимиты кончаются слишком часто",
        watched_from=_at("13", "06:00:00"),
        begins=_at("13", "08:00:00"),
        ends=_at("22", "12:00:00"),
        clients=(
            Client(name="vektor", title="Вектор", kind=ClientKind.ONLINE, manager=OLGA.name),
            Client(name="zarya", title="Заря", kind=ClientKind.ONLINE, manager=OLGA.name),
        ),
        accesses=tuple(
            Access(client=title, login=login, host="online.example.ru", catalogue="docs", manager=OLGA.name)
            for title, login in (("Вектор", "vektor"), ("Заря", "zarya"))
        ),
        figures=quotas,
        known_since=SINCE,
        scenes=(
            Scene(at=_at("13", "08:30:00"), act=Says(who=OLGA.id, chat=OLGA.id, text="/signals")),
            Scene(at=_at("13", "08:31:00"), act=Presses(who=OLGA.id, action=Action.SIGNALS, arg="both")),
            Scene(at=_at("20", "10:30:00"), act=Presses(who=OLGA.id, action=Action.SIGNAL_ANSWER, arg="called")),
        ),
        interval=timedelta(hours=8),
    )
