"""Sample facts for the watch after a change, for work and for versions: for the gallery and its tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.watching import FAILED, RUNNING, Point, Trigger
from templates.answers import Named
from templates.cards import Page
from templates.samples import NIGHT, Sample, client
from templates.watches import Running, Tick, WatchCard, Who, WorkCard

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A required version, as the list of versions is told of it."""

    version: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    """A client below it."""

    label: str
    version: str
    at: datetime


SERGEY = Who(id=77, name="Сергей")
WATCH = WatchCard(
    id=5,
    trigger=Trigger.WORK,
    what="смена версии",
    who=SERGEY,
    since=NIGHT - 9 * HOUR,
    due_at=NIGHT + 15 * HOUR,
    version_before="6.4.2.73",
    version="6.4.3.59",
    required="6.4.3.59",
    operup_before=NIGHT - 30 * HOUR,
    habit="3600/daily",
    heard_at=NIGHT - 9 * HOUR,
    ticks=(
        Tick(point=Point.PAGE, at=NIGHT - 8 * HOUR),
        Tick(point=Point.VERSION, at=NIGHT - 8 * HOUR),
        Tick(point=Point.UPLOAD),
        Tick(point=Point.VOLUMES),
        Tick(point=Point.OPERUPS),
    ),
)
EVERY_POINT = replace(
    WATCH,
    trigger=Trigger.UPDATED,
    who=None,
    version_before=None,
    required=None,
    ticks=tuple(Tick(point=point, at=NIGHT if place % 2 else None) for place, point in enumerate(Point)),
)
LATE = replace(WATCH, overdue=True, since=NIGHT - 25 * HOUR, due_at=NIGHT - HOUR)
BACK = replace(WATCH, ended_at=NIGHT, ticks=tuple(replace(tick, at=NIGHT) for tick in WATCH.ticks))
RUNS = client(RUNNING, opened_at=NIGHT - 9 * HOUR)
LATE_CARD = client(FAILED, opened_at=NIGHT - 25 * HOUR)
OVER = replace(RUNS, ended_at=NIGHT)
AT_WORK = WorkCard(client="romashka", label="Ромашка", what="смена версии", by="Сергей", watch_id=5, state="lasts")
LASTS = replace(AT_WORK, began_at=NIGHT - HOUR, until=NIGHT + 7 * HOUR)
VERSIONS = (
    Running(version="6.4.5.127", clients=("Ромашка",), heard_at=NIGHT - HOUR, oldest_at=NIGHT - HOUR),
    Running(
        version="6.4.2.73", clients=("Вектор",) * 12, below=True, heard_at=NIGHT - HOUR, oldest_at=NIGHT - 90 * HOUR
    ),
    Running(version="", clients=("Прогресс", "Луч")),
)
LIST = {"running": VERSIONS, "page": Page(total=3), "clients": 15, "by": "Вера", "below": 12}


def _watch(title: str, template: str, watch: WatchCard, card: object = RUNS) -> Sample:
    return Sample(title=title, template=template, facts={"card": card, "watch": watch})


def _said(title: str, template: str, **facts: object) -> Sample:
    return Sample(title=title, template=template, facts=facts)


WATCHES: tuple[Sample, ...] = (
    _watch("Контроль после смены версии", "watch", WATCH),
    _watch("Контроль: необычное обновление баз", "watch", EVERY_POINT),
    _watch("Контроль: замолчал после изменения", "watch", replace(WATCH, trigger=Trigger.SILENCE, version_before=None)),
    _watch("Контроль: не подтвердилось за сутки", "watch", LATE, LATE_CARD),
    _watch("Контроль: не подтвердилось, кто менял, неизвестно", "watch", replace(LATE, who=None), LATE_CARD),
    _watch("Контроль: всё вернулось", "watch_over", BACK, OVER),
    _watch("Контроль: отменён", "watch_over", replace(WATCH, cancelled=True), OVER),
    _watch("Контроль: всё вернулось, ответ", "watch_reply", BACK, OVER),
    _watch("Контроль: отменён, ответ", "watch_reply", replace(WATCH, cancelled=True), OVER),
    *(
        _said(f"Работы: {state}", "work_at", work=replace(LASTS, state=state))
        for state in ("ready", "lasts", "watched", "held", "cancelled")
    ),
    _said("Работы: у кого", "work_where", clients=(Named(name="romashka", label="Ромашка"),), query="ром"),
    _said("Работы: не нашли", "work_where", clients=(), query="ромм"),
    _said("Работы: без имени", "work_where", clients=(), query=""),
    _said("Версии", "versions", required=Required(version="6.4.3.59", at=NIGHT), **LIST),
    _said("Версии без требуемой", "versions", required=None, **{**LIST, "by": None, "below": 0}),
    _said(
        "Ниже требуемой",
        "versions_below",
        rows=(Below(label="Вектор", version="6.4.2.73", at=NIGHT - HOUR),) * 3,
        page=Page(total=3),
        required="6.4.3.59",
    ),
    *(
        _said(f"Требуемая версия: {word}", "versions_said", word=word, version="6.4.3.59", below=12)
        for word in ("set", "off", "none", "bad")
    ),
)
