"""The quotas of an online access: what is used and where the month is heading; the year behind it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes

from checks.model import Quota as Kind
from templates.charts.canvas import Canvas, Theme, months, plain, whole
from templates.views import AccessQuotas

NEARLY = 0.9
SOME_DAYS = 3
"""Fewer days of a month say nothing of its pace."""
NAMES = {Kind.DOCS: "Документы", Kind.SEARCH: "Поиск", Kind.PRINT: "Печать", Kind.UPLOAD: "Выгрузка"}
FULL = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """One quota of this month."""

    name: str
    used: int
    limit: int
    ahead: int | None = None
    """What will have been used by the end of the month at this pace; None = too early to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What was used of the documents in one month; None = unknown."""

    month: date
    used: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Facts of the picture."""

    label: str
    title: str
    """Of what and when, e.g. «Доступ smart.kodeks.ru, 12 ноября»."""
    quotas: Sequence[Quota]
    year: Sequence[Spent] = ()

    @classmethod
    def of(
        cls, accesses: Sequence[AccessQuotas], year: Sequence[tuple[date, int | None, int | None]], today: date
    ) -> Quotas:
        """Add the quotas of a client's accesses up; ``year`` is (month, spent, limit) of the documents."""
        shown = []
        passed, length = today.day, monthrange(today.year, today.month)[1]
        for kind, name in NAMES.items():
            uses = [one for access in accesses for one in access.quotas if one.quota is kind]
            if uses:
                spent = sum(one.spent for one in uses)
                ahead = round(spent / passed * length) if passed >= SOME_DAYS else None
                shown.append(Quota(name=name, used=spent, limit=sum(one.limit for one in uses), ahead=ahead))
        title = f"Лимиты, {today:%d.%m.%Y}" + (f", доступов: {len(accesses)}" if len(accesses) > 1 else "")
        months_ = [Spent(month=first, used=used, limit=limit) for first, used, limit in year]
        return cls(label=accesses[0].label if accesses else "", title=title, quotas=shown, year=months_)


def paint(facts: Quotas, *, theme: Theme = Theme.LIGHT) -> Canvas:
    """Paint the picture; ``png()`` of what is returned is its file."""
    canvas = Canvas(facts.label, facts.title, panels=(1.0, 1.0) if facts.year else (1.0,), theme=theme)
    _month(canvas, canvas.panels[0], facts.quotas)
    if facts.year:
        _year(canvas, canvas.panels[1], facts.year)
    return canvas


def _month(canvas: Canvas, panel: Axes, quotas: Sequence[Quota]) -> None:
    canvas.name(panel, "Израсходовано за месяц (◆ ждём к его концу)")
    if not quotas:
        canvas.nothing(panel, "сведений нет")
        return
    panel.grid(visible=False)
    for place, one in enumerate(reversed(quotas)):
        share = one.used / one.limit if one.limit else 0.0
        panel.barh(place, FULL, height=0.56, color=canvas.ink.soft)
        panel.barh(place, min(share, FULL), height=0.56, color=_colour(canvas, share))
        if one.ahead is not None and one.limit:
            panel.scatter([min(one.ahead / one.limit, 1.17)], [place], marker="D", s=55, color=canvas.ink.ink, zorder=3)
    panel.set_yticks(
        range(len(quotas)), [f"{plain(one.name, 12)}\n{one.used} из {one.limit}" for one in reversed(quotas)]
    )
    panel.set_xlim(0, 1.22)
    panel.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    left = panel.get_position()
    panel.set_position((0.23, left.y0, left.width - 0.13, left.height))


def _colour(canvas: Canvas, share: float) -> str:
    if share >= FULL:
        return canvas.ink.bad
    return canvas.ink.second if share >= NEARLY else canvas.ink.main


def _year(canvas: Canvas, panel: Axes, year: Sequence[Spent]) -> None:
    canvas.name(panel, "Документы по месяцам; черта: лимит")
    known = [(place, one) for place, one in enumerate(year) if one.used is not None]
    if not known:
        canvas.nothing(panel, "сведений нет")
        return
    shares = [(one.used or 0) / one.limit if one.limit else 0.0 for _, one in known]
    heights = [one.used or 0 for _, one in known]
    panel.bar([place for place, _ in known], heights, width=0.62, color=[_colour(canvas, share) for share in shares])
    for place, one in known:
        if one.limit:
            panel.plot([place - 0.4, place + 0.4], [one.limit, one.limit], color=canvas.ink.ink, linewidth=2)
    months(panel, [one.month for one in year])
    whole(panel)
    panel.margins(y=0.12)
