"""A client's year for the talk about renewal: documents month by month, activity against the norm, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes

from checks.renewal import ACTIVITY_NORM
from templates.charts.canvas import FONT, MONTHS, Canvas, Theme, months, whole
from templates.views import Renewal as Year

WIDTH = 0.27
LEGEND = 0.22
"""The names of months take two lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What was used in one month; None = unknown."""

    month: date
    requested: int | None = None
    saved: int | None = None
    printed: int | None = None
    refused: int | None = None
    activity: int | None = None
    """Searches and opened documents together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Facts of the picture, oldest month first."""

    label: str
    title: str
    """What the year is of, e.g. «Использование за 2026 год»."""
    shown: Sequence[Month]
    norm: int = ACTIVITY_NORM
    """Activity a month that counts as enough."""

    @classmethod
    def of(cls, told: Year) -> Renewal:
        """Take a report's facts."""
        first, last = told.months[0].first, told.months[-1].first
        span = f"{MONTHS[first.month - 1]} {first.year} – {MONTHS[last.month - 1]} {last.year}"
        shown = [
            Month(
                month=one.first,
                requested=one.requested,
                saved=one.saved,
                printed=one.printed,
                refused=one.refused,
                activity=one.activity,
            )
            for one in told.months
        ]
        return cls(label=told.label, title=f"Использование, {span}", shown=shown)


def paint(facts: Renewal, *, theme: Theme = Theme.LIGHT) -> Canvas:
    """Paint the picture; ``png()`` of what is returned is its file."""
    canvas = Canvas(facts.label, facts.title, panels=(1.0, 0.9), theme=theme)
    _documents(canvas, canvas.panels[0], facts)
    _activity(canvas, canvas.panels[1], facts)
    return canvas


def _documents(canvas: Canvas, panel: Axes, facts: Renewal) -> None:
    canvas.name(panel, "Документы за месяц")
    rows = (
        ("запрошено", [one.requested for one in facts.shown], canvas.ink.main),
        ("сохранено", [one.saved for one in facts.shown], canvas.ink.good),
        ("напечатано", [one.printed for one in facts.shown], canvas.ink.third),
    )
    drawn = False
    for number, (label, figures, colour) in enumerate(rows):
        known = [(place, figure) for place, figure in enumerate(figures) if figure is not None]
        if known:
            drawn = True
            places = [place + (number - 1) * WIDTH for place, _ in known]
            panel.bar(places, [figure for _, figure in known], width=WIDTH * 0.92, color=colour, label=label)
    if not drawn:
        canvas.nothing(panel, "сведений нет")
        return
    months(panel, [one.month for one in facts.shown])
    whole(panel)
    canvas.legend(panel, lower=LEGEND)


def _activity(canvas: Canvas, panel: Axes, facts: Renewal) -> None:
    canvas.name(panel, "Активность: запросы и открытые документы (▼ отказы)")
    known = [(place, one.activity) for place, one in enumerate(facts.shown) if one.activity is not None]
    refused = [(place, one.refused) for place, one in enumerate(facts.shown) if one.refused]
    if not known and not refused:
        canvas.nothing(panel, "сведений нет")
        return
    colours = [canvas.ink.main if figure > facts.norm else canvas.ink.second for _, figure in known]
    panel.bar([place for place, _ in known], [figure for _, figure in known], width=0.6, color=colours)
    panel.axhline(facts.norm, color=canvas.ink.faint, linewidth=2, linestyle="--", label=f"норма: больше {facts.norm}")
    for place, figure in refused:
        panel.annotate(
            f"▼{figure}",
            (place, dict(known).get(place, 0)),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            fontsize=FONT - 2,
            color=canvas.ink.bad,
        )
    months(panel, [one.month for one in facts.shown])
    whole(panel)
    panel.margins(y=0.18)
    canvas.legend(panel, lower=LEGEND)
