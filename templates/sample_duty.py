"""Sample facts for duty, shifts, leaves and quiet hours, for the gallery and its tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from checks.duty import Duty
from checks.escalation import Chain, Escalation
from checks.model import Days, Leave, Person, Priority, Role, Scope, Shift, Turn
from checks.quiet import NEVER, Quiet
from templates.cards import Someone
from templates.rounds import Round
from templates.samples import BRIEFS, DAY, Sample

NAMES = {1: "Вера", 2: "Глеб", 3: "Анна", 4: "Игорь"}
PEOPLE = tuple(Person(id=number, name=name, role=Role.SUPPORT) for number, name in NAMES.items())
HOUR = timedelta(hours=1)
NOW = Duty(order=(3, 4), begin=DAY - 3 * HOUR, end=DAY + 6 * HOUR, name="день")
COMING = (
    Duty(order=(4, 3), begin=NOW.end, end=NOW.end + 15 * HOUR, name="ночь"),
    Duty(order=(3, 4), begin=NOW.end + 15 * HOUR, end=NOW.end + 24 * HOUR, name="день"),
)
SHIFT = Shift(
    id=7, people=(3, 4), days=frozenset({Days.WORKDAYS}), begin=time(9), end=time(18), since=date(2026, 1, 5), name=""
)
NIGHT = replace(SHIFT, id=None, begin=time(18), end=time(9), turn=Turn.DAY, days=frozenset({Days.EVERY}), name="ночь")
LEAVES = (
    Leave(id=1, person=3, instead=4, first=date(2026, 11, 25), last=date(2026, 11, 30)),
    Leave(person=4, first=date(2026, 12, 1), last=date(2026, 12, 1)),
)
RULES = Escalation(
    after={Priority.K1: timedelta(minutes=15), Priority.K2: timedelta(minutes=45)}, taker_after=timedelta(hours=4)
)


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[Any] = PEOPLE
    number: int = 0
    before: int | None = None
    after: int | None = 1


def _duty(title: str, **facts: Any) -> Sample:
    known: dict[str, Any] = {
        "duty": NOW,
        "coming": COMING,
        "chain": Chain(next=4, head=2),
        "escalation": RULES,
        "leaves": LEAVES,
        "today": DAY.date(),
        "names": NAMES,
        "away": True,
        "plans": True,
        "me": 3,
    }
    return Sample(title=title, template="duty", now=DAY, facts={**known, **facts})


def _shift(title: str, shift: Shift = SHIFT, question: str = "shift") -> Sample:
    facts = {"shift": shift, "names": NAMES, "question": question, "page": _Page()}
    return Sample(title=title, template="shift", now=DAY, facts=facts)


def _quiet(title: str, quiet: Quiet, **facts: Any) -> Sample:
    known: dict[str, Any] = {"chosen": True, "private": False, "editable": True, "question": ""}
    return Sample(title=title, template="quiet", now=DAY, facts={"quiet": quiet, **known, **facts})


def _sample(title: str, template: str, /, **facts: Any) -> Sample:
    return Sample(title=title, template=template, now=DAY, facts=facts)


DAYS = tuple(date(2026, 11, 24) + timedelta(days=number) for number in range(7))

ROUND = Round(
    to=Someone(id=4, name="Игорь"),
    before=Someone(id=3, name="Анна"),
    since=DAY - 9 * HOUR,
    until=DAY + 15 * HOUR,
    free=BRIEFS[:1],
    taken=tuple(replace(one, taken_by="Анна") for one in BRIEFS[1:2]),
    muted=tuple(replace(one, muted=True) for one in BRIEFS[2:]),
    ended=tuple(replace(one, ended_at=DAY) for one in BRIEFS[:2]),
)

SAMPLES: tuple[Sample, ...] = (
    _duty("/duty"),
    _duty("/duty: позвать некого", chain=Chain(), leaves=(), away=False, plans=False),
    _duty("/duty: следующего нет", chain=Chain(head=2), escalation=Escalation()),
    _duty("/duty: сейчас никто", duty=None),
    _duty("/duty: смен нет", duty=None, coming=(), leaves=()),
    _sample("Смены", "shifts", shifts=(SHIFT, NIGHT), names=NAMES, full=False),
    _sample("Смен нет", "shifts", shifts=(), names={}, full=False),
    _shift("Смена"),
    _shift("Смена без людей", replace(SHIFT, people=(), end=time(9))),
    *(_shift(f"Смена: {one}", question=one) for one in ("days", "begin", "end", "people", "drop")),
    _sample("Отсутствие: с какого дня", "leave_days", days=DAYS, first=None, who=None, base="leave.3"),
    _sample("Отсутствие: по какой", "leave_days", days=DAYS, first=DAYS[0], who="Анна", base="leave.3.b4f2a"),
    _sample("Отсутствие: кто вместо", "leave_people", page=_Page(), base="leave.3.b4f2a.b4f2c", instead=True),
    _sample("Отсутствие: кого не будет", "leave_people", page=_Page(), base="leave", instead=False),
    _sample(
        "Глушение вдвоём",
        "mute_second",
        by=PEOPLE[2],
        scope=Scope.CODE,
        length="24h",
        title="порт не отвечает",
        number=128,
        arg="code.24h",
        until=DAY + timedelta(minutes=10),
    ),
    _sample(
        "Глушение вдвоём: долго",
        "mute_second",
        by=PEOPLE[2],
        scope=Scope.CAUSE,
        length="mended",
        title="",
        number=128,
        arg="cause.mended",
        until=DAY + timedelta(minutes=10),
    ),
    _sample("Передача смены", "hand_over", round=ROUND),
    _sample(
        "Передача смены: всё тихо",
        "hand_over",
        round=replace(ROUND, before=None, free=(), taken=(), muted=(), ended=()),
    ),
    _quiet("Тихие часы чата", Quiet()),
    _quiet("Тихие часы человека", Quiet(loud=0, comes=3), private=True, chosen=False),
    _quiet("Тихих часов нет", NEVER),
    _quiet("Тихие часы: начало", Quiet(), question="begin"),
)
