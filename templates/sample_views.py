"""Sample facts for what stands beneath pictures and files, and for managers' lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from checks.renewal import MonthUse
from templates import CAPTION_LIMIT
from templates.samples import BRIEFS, DAY, Sample
from templates.views import InstallationDay, InstallationMonth, ManagerWeek, Moved, Renewal, Turned, WeekFacts

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


YEAR = Renewal(
    name="vektor",
    label="Вектор",
    months=tuple(
        MonthUse(
            first=date(2026, month, 1), requested=month * 12, saved=month, printed=0, refused=2, activity=30, days=20
        )
        for month in range(1, 12)
    ),
    today=date(2026, 11, 24),
    year=2026,
    contract_end=date(2026, 12, 31),
)
UNTOLD = Renewal(name="vektor", label="Вектор", months=(MonthUse(first=date(2026, 11, 1)),), today=date(2026, 11, 24))


MONTH = InstallationMonth(
    label="Вектор",
    days=tuple(
        InstallationDay(day=date(2026, 11, day), sessions=day % 21, refused=day % 2, operup_age=0.4)
        for day in range(1, 25)
    ),
    seats=20,
)
SILENT = InstallationMonth(label="Вектор", days=(InstallationDay(day=date(2026, 11, 24)),))
MOVED = (
    Moved(at=DAY, fact="version", before="6.4.2.73", after="6.4.3.59"),
    Moved(at=DAY, fact="key", before="ok", after="lost"),
    Moved(at=DAY, fact="licence_end", before=None, after="2026-12-31"),
    Moved(at=DAY, fact="errors", before="53:40", after=""),
    Moved(at=DAY, fact="bases", before="40 0a1b2c", after="41 ff00aa"),
)
TURNED = (
    Turned(at=DAY, title="сервер отвечает", state="ok"),
    Turned(at=DAY - timedelta(hours=1), title="сервер не отвечает", state="fail"),
)


VIEWS: tuple[Sample, ...] = (
    _under("Неделя отдела", "week", week=WEEK, dark=False, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: тихо", "week", week=CALM, dark=True, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: таблица", "week_sheet", week=WEEK),
    _under("Месяц установки", "month", told=MONTH, name="vektor", dark=False),
    _under("Месяц установки: молчит", "month", told=SILENT, name="vektor", dark=True),
    _under("Год клиента", "renewal", told=YEAR, key="2026.vektor", earlier="2025.vektor", dark=False),
    _under("Год клиента: сведений нет", "renewal", told=UNTOLD, key=".vektor", earlier="2025.vektor", dark=True),
    _under("Год клиента: таблица", "renewal_sheet", told=YEAR),
    _under("Год клиента: как спросить", "report_how"),
)
