"""21.02.2023: a version change broke everything, and nobody noticed for five days.

Told day by day in four ways: with and without announced work, with and without smartstatus. In each of them the chat
hears of it by 16.02, not on 21.02 from the client.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.buttons import Action
from checks.model import Client
from demo.stories.reports import Machine, every, status, sysinfo
from demo.stories.script import MOSCOW, Presses, Says, Scene, Story
from demo.telegram.cast import IGOR, SUPPORT

NAME = "tehprom"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SATURDAY = 5


def _at(day: int, clock: str, month: int = 2) -> datetime:
    return datetime.fromisoformat(f"2023-{month:02}-{day:02}T{clock}").replace(tzinfo=MOSCOW)


LEARNT_FROM = _at(30, "00:05", month=1)
BY_HAND = _at(14, "15:25")
"""The specialist updates the bases by hand, and makes a report."""
CHANGED = _at(15, "18:00")
"""He changes the version; the scripts are gone, the volumes cannot be reached."""
MENDED = _at(16, "19:30")
"""The specialist comes back and puts it right."""
ENDS = _at(16, "22:00")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """How the story is told."""

    name: str
    title: str
    announced: bool = False
    smartstatus: bool = False


VARIANTS = (
    Variant(name="2023-02-21", title="Смена версии, после которой всё сломалось"),
    Variant(name="2023-02-21-work", title="Смена версии: работы объявлены", announced=True),
    Variant(name="2023-02-21-status", title="Смена версии: у клиента стоит smartstatus", smartstatus=True),
    Variant(
        name="2023-02-21-both",
        title="Смена версии: работы объявлены, стоит smartstatus",
        announced=True,
        smartstatus=True,
    ),
)


def _machine(at: datetime) -> Machine:
    """Return the installation as it was: operative updates come early every working day."""
    newest = at.replace(hour=5, minute=40)
    while newest > at or newest.weekday() >= SATURDAY:
        newest = (newest - DAY).replace(hour=5, minute=40)
    before = Machine(client=NAME, version="6.4.2.73", update=2133, operup_at=newest)
    return before if at < BY_HAND else replace(before, update=2134, operup_at=max(newest, BY_HAND - HOUR / 12))


def _reports() -> list[Scene]:
    usual = [sysinfo(_machine(at), at) for at in every(HOUR, LEARNT_FROM, CHANGED)]
    again = every(HOUR, MENDED, ENDS)
    mended = [sysinfo(replace(_machine(at), version="6.4.3.59", operup_at=_at(16, "05:40")), at) for at in again]
    return [*usual, sysinfo(_machine(BY_HAND), BY_HAND), *mended]


def _statuses() -> list[Scene]:
    quarter = timedelta(minutes=15)
    sound = [status(NAME, at) for at in every(quarter, _at(14, "12:02"), CHANGED)]
    broken = [status(NAME, at, broken="no required volume DB") for at in every(quarter, CHANGED + 3 * quarter, MENDED)]
    return [*sound, *broken, *(status(NAME, at) for at in every(quarter, MENDED + quarter / 2, ENDS))]


def _work() -> list[Scene]:
    said = Says(who=IGOR.id, text="/work техпром смена версии на 6.4.3.59", chat=SUPPORT.id)
    return [
        Scene(at=_at(15, "17:50:00"), act=said),
        Scene(at=_at(15, "17:50:30"), act=Presses(who=IGOR.id, action=Action.WATCH, arg=f"begin.{NAME}")),
        Scene(at=_at(15, "18:40:00"), act=Presses(who=IGOR.id, action=Action.WATCH, arg="end")),
    ]


def story_of(variant: Variant) -> Story:
    scenes = [*_reports(), *(_statuses() if variant.smartstatus else ()), *(_work() if variant.announced else ())]
    return Story(
        name=variant.name,
        title=variant.title,
        watched_from=LEARNT_FROM - HOUR,
        begins=_at(14, "12:00:00"),
        ends=ENDS,
        clients=(
            Client(
                name=NAME,
                title="ТехПром",
                manager="Ольга",
                contacts="С. Кузнецов, администратор, +7 900 000-00-02, 8:00–18:00",
                seats=10,
            ),
        ),
        scenes=tuple(sorted(scenes, key=lambda scene: scene.at)),
    )
