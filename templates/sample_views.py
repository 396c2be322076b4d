"""Sample facts for what stands beneath pictures and files, and for managers' lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from templates import CAPTION_LIMIT
from templates.samples import BRIEFS, DAY, Sample
from templates.views import ManagerWeek, WeekFacts

WEEK = WeekFacts(
    first=date(2026, 11, 16),
    last=date(2026, 11, 22),
    clients=212,
    availability=0.987,
    norm="95–99",
    below=3,
    watched=198,
    incidents=9,
    critical=4,
    touched=51,
    longest=BRIEFS,
    taken=3,
    take_time=timedelta(minutes=4),
    mend_time=timedelta(hours=1, minutes=52),
    signals=31,
    answered=24,
    managers=(
        ManagerWeek(manager="Ольга Иванова", clients=120, availability=0.991, incidents=4, signals=14, answered=12),
        ManagerWeek(manager="", clients=2, incidents=1),
        *(ManagerWeek(manager=f"Менеджер {number}", clients=30, availability=0.95) for number in range(4)),
    ),
)
CALM = WeekFacts(
    first=date(2026, 11, 16),
    last=date(2026, 11, 22),
    clients=40,
    availability=None,
    norm="95–99",
    below=0,
    watched=0,
    incidents=0,
    critical=0,
    touched=0,
)


def _under(title: str, template: str, **facts: Any) -> Sample:
    return Sample(title=title, template=template, now=DAY, facts={"at_most": CAPTION_LIMIT, **facts})


VIEWS: tuple[Sample, ...] = (
    _under("Неделя отдела", "week", week=WEEK, dark=False, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: тихо", "week", week=CALM, dark=True, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: таблица", "week_sheet", week=WEEK),
)
