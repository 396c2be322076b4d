"""Sample facts for what stands beneath pictures and files, and for managers' lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from checks.model import Client, Quota
from checks.renewal import MonthUse
from templates import CAPTION_LIMIT
from templates.cards import Page
from templates.samples import BRIEFS, DAY, Sample
from templates.views import (
    AccessQuotas,
    InstallationDay,
    InstallationMonth,
    ManagerWeek,
    Mine,
    Moved,
    Portfolio,
    QuotaUse,
    Renewal,
    Turned,
    WeekFacts,
)

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


MINE = Portfolio(
    topic="all",
    total=212,
    attention=9,
    counts={"all": 9, "down": 1, "idle": 4, "upsell": 3, "renewal": 2},
    rows=(
        Mine(name="romashka", label="Ромашка", incident=BRIEFS[0], more=1, titles=("никто не заходит",)),
        Mine(name="vektor", label="Вектор", titles=("лимит исчерпан", "мало обращений", "ещё что-то")),
        Mine(name="zarya", label="Заря", ends=date(2026, 12, 31)),
        Mine(name="mayak", label="Маяк", titles=("кончается договор",), ends=date(2026, 10, 31)),
    ),
    today=date(2026, 11, 24),
    manager="Ольга",
    own=True,
)
NOBODY_IDLE = replace(MINE, topic="idle", rows=())
NONE_OWN = replace(MINE, total=0, rows=())
USED = (
    AccessQuotas(
        client="vektor",
        label="Вектор",
        login="vector1",
        quotas=(
            QuotaUse(quota=Quota.DOCS, spent=252, left=48, limit=300, ends=date(2026, 11, 28)),
            QuotaUse(quota=Quota.SEARCH, spent=3000, left=0, limit=3000),
            QuotaUse(quota=Quota.PRINT, spent=12, left=2988, limit=3000),
        ),
        seen_at=DAY - timedelta(minutes=40),
    ),
    AccessQuotas(client="zarya", label="Заря", login="zarya"),
)
ZARYA = Client(name="zarya", title="Заря")


VIEWS: tuple[Sample, ...] = (
    _under("Неделя отдела", "week", week=WEEK, dark=False, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: тихо", "week", week=CALM, dark=True, earlier=date(2026, 11, 15)),
    _under("Неделя отдела: таблица", "week_sheet", week=WEEK),
    Sample(title="/my", template="my", now=DAY, facts={"told": MINE, "page": Page(pages=2, total=9)}),
    Sample(
        title="/my: все в порядке",
        template="my",
        now=DAY,
        facts={"told": replace(MINE, attention=0, counts=dict.fromkeys(MINE.counts, 0), rows=()), "page": Page()},
    ),
    Sample(
        title="/upsell, спрашивает начальник",
        template="my",
        now=DAY,
        facts={"told": replace(MINE, topic="upsell", own=False), "page": Page(total=3)},
    ),
    Sample(
        title="/idle: никого",
        template="my",
        now=DAY,
        facts={"told": replace(MINE, topic="idle", rows=()), "page": Page()},
    ),
    Sample(
        title="/my: клиентов нет",
        template="my",
        now=DAY,
        facts={"told": replace(MINE, total=0, rows=()), "page": Page()},
    ),
    Sample(
        title="/billing",
        template="billing",
        now=DAY,
        facts={"accesses": USED, "page": Page(pages=3, total=14), "one": None, "today": date(2026, 11, 24)},
    ),
    Sample(
        title="/billing: клиент",
        template="billing",
        now=DAY,
        facts={"accesses": USED[:1], "page": Page(), "one": ZARYA, "today": date(2026, 11, 24)},
    ),
    Sample(
        title="/billing: доступов нет",
        template="billing",
        now=DAY,
        facts={"accesses": (), "page": Page(), "one": ZARYA, "today": date(2026, 11, 24)},
    ),
    _under("Лимиты клиента", "quotas", accesses=USED, name="vektor", today=date(2026, 11, 24), dark=False),
    _under("Месяц установки", "month", told=MONTH, name="vektor", dark=False),
    _under("Месяц установки: молчит", "month", told=SILENT, name="vektor", dark=True),
    _under("Год клиента", "renewal", told=YEAR, key="2026.vektor", earlier="2025.vektor", dark=False),
    _under("Год клиента: сведений нет", "renewal", told=UNTOLD, key=".vektor", earlier="2025.vektor", dark=True),
    _under("Год клиента: таблица", "renewal_sheet", told=YEAR),
    _under("Год клиента: как спросить", "report_how"),
)
