"""28.11.2022: the key got lost in the evening; by the morning nobody knew that anything had happened.

Told at once with what it usually is and whom to call; taken by Анна, who calls; mended within an hour and a half; in
the morning «всё в порядке, актуально» is one question away.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from checks.buttons import Action
from checks.model import Client, Mark
from demo.stories.reports import Machine, every, status, sysinfo
from demo.stories.script import MOSCOW, Becomes, Condition, Presses, Says, Scene, Story, client
from demo.telegram.cast import ANNA, IGOR

NAME = "romashka"
LOST = Condition(marks=frozenset({Mark.KEY_INACTIVE}))


def _at(day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2022-11-{day}T{clock}").replace(tzinfo=MOSCOW)


def _machine(day: int, **rest: bool) -> Machine:
    return Machine(
        client=NAME, version="6.4.4.194", update=2121, operup_at=_at(day, "05:40"), seats=20, key=rest.get("key", True)
    )


def _reports() -> list[Scene]:
    """Return what the scripts send: while the key is lost, the report says so too."""
    lost, found = _at(23, "19:10"), _at(23, "20:40")
    hours = every(timedelta(hours=1), _at(23, "15:05"), _at(24, "09:30"))
    full = [sysinfo(_machine(23 if at < _at(24, "05:40") else 24, key=not lost <= at < found), at) for at in hours]
    quarters = every(timedelta(minutes=15), _at(23, "15:02"), _at(24, "09:30"))
    return [*full, *(status(NAME, at) for at in quarters)]


def story() -> Story:
    acts = (
        Scene(at=_at(23, "19:10:00"), act=Becomes(subject=client(NAME), condition=LOST)),
        Scene(at=_at(23, "19:31:00"), act=Presses(who=ANNA.id, action=Action.TAKE)),
        Scene(at=_at(23, "19:32:00"), act=Presses(who=ANNA.id, action=Action.CALL)),
        Scene(at=_at(23, "19:36:00"), act=Presses(who=ANNA.id, action=Action.CALL, arg="yes")),
        Scene(at=_at(23, "20:40:00"), act=Becomes(subject=client(NAME))),
        Scene(at=_at(24, "09:20:00"), act=Says(who=IGOR.id, text="/status ромашка", chat=IGOR.id)),
    )
    return Story(
        name="2022-11-28",
        title="Вечером потерялся ключ защиты",
        watched_from=_at(23, "15:00:00"),
        begins=_at(23, "19:09:00"),
        ends=_at(24, "09:30:00"),
        clients=(
            Client(
                name=NAME,
                title="Ромашка",
                manager="Ольга",
                address="http://203.0.113.11",
                contacts="И. Петров, администратор, +7 900 000-00-00, 8:00–21:00",
                seats=20,
            ),
        ),
        scenes=tuple(sorted((*acts, *_reports()), key=lambda scene: scene.at)),
        interval=timedelta(minutes=5),
    )
