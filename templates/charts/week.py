"""The week of the head of department in one picture: availability day by day, and what broke for how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from checks.model import CauseKind
from templates.cards import Brief
from templates.charts.canvas import FONT, Canvas, Theme, plain, whole

WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")
LOWEST = 90.0
"""Per cent where the axis begins, unless a day was worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the estate."""

    day: date
    availability: float | None = None
    """Mean over the installations, 0 to 1; None = not measured."""
    critical: int = 0
    other: int = 0
    """Incidents begun on that day, by severity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One of the longest incidents."""

    title: str
    hours: float
    critical: bool = True

    @classmethod
    def of(cls, one: Brief, now: datetime) -> Outage:
        """Word a line of a list; one that lasts is as long as it has lasted."""
        words = f"{one.subject}: {one.title}" if one.kind is CauseKind.CLIENT else f"{one.subject} {one.title}"
        length = (one.ended_at or now) - one.opened_at
        return cls(title=words, hours=length.total_seconds() / 3600, critical=one.critical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Facts of the picture, oldest day first."""

    shown: Sequence[Day]
    title: str = "Неделя: доступность и аварии"
    norm: float = 0.95
    outages: Sequence[Outage] = ()
    """The longest first, five at most are drawn."""


def paint(facts: Week, *, theme: Theme = Theme.LIGHT) -> Canvas:
    """Paint the picture; ``png()`` of what is returned is its file."""
    span = f"{facts.shown[0].day:%d.%m} – {facts.shown[-1].day:%d.%m.%Y}" if facts.shown else ""
    canvas = Canvas(facts.title, span, panels=(0.9, 0.8, 0.95), theme=theme)
    _availability(canvas, canvas.panels[0], facts)
    _incidents(canvas, canvas.panels[1], facts)
    _outages(canvas, canvas.panels[2], facts)
    return canvas


def _availability(canvas: Canvas, panel: Axes, facts: Week) -> None:
    canvas.name(panel, f"Доступность, % (норма от {facts.norm * 100:g})")
    known = [(place, one.availability * 100) for place, one in enumerate(facts.shown) if one.availability is not None]
    if not known:
        canvas.nothing(panel, "не измерена")
        return
    shares = [share for _, share in known]
    bottom = min(LOWEST, min(shares) - 2)
    colours = [canvas.ink.good if share >= facts.norm * 100 else canvas.ink.bad for share in shares]
    panel.bar([place for place, _ in known], [share - bottom for share in shares], bottom=bottom, color=colours)
    for place, share in known:
        words = f"{share:.1f}".replace(".", ",")
        panel.text(place, share + 0.2, words, ha="center", va="bottom", fontsize=FONT - 3, color=canvas.ink.ink)
    panel.axhline(facts.norm * 100, color=canvas.ink.second, linewidth=2.5)
    panel.set_ylim(bottom, 102)
    panel.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    _weekdays(panel, facts)


def _incidents(canvas: Canvas, panel: Axes, facts: Week) -> None:
    canvas.name(panel, "Аварии, начавшиеся за день")
    places = range(len(facts.shown))
    critical = [one.critical for one in facts.shown]
    if not any(one.critical or one.other for one in facts.shown):
        canvas.nothing(panel, "аварий не было")
        return
    panel.bar(places, critical, width=0.6, color=canvas.ink.bad, label="не работало")
    others = [one.other for one in facts.shown]
    panel.bar(places, others, width=0.6, bottom=critical, color=canvas.ink.second, label="ухудшения")
    _weekdays(panel, facts)
    whole(panel)
    canvas.legend(panel)


def _outages(canvas: Canvas, panel: Axes, facts: Week) -> None:
    canvas.name(panel, "Самые долгие, часов")
    shown = list(facts.outages[:5])[::-1]
    if not shown:
        canvas.nothing(panel, "аварий не было")
        return
    panel.grid(visible=False)
    longest = max(one.hours for one in shown) or 1.0
    for place, one in enumerate(shown):
        colour = canvas.ink.bad if one.critical else canvas.ink.second
        panel.barh(place, one.hours, height=0.3, color=colour)
        figure = f"{one.hours:.1f}".replace(".", ",")
        panel.text(one.hours + longest * 0.01, place, figure, va="center", fontsize=FONT - 2, color=canvas.ink.ink)
        words = plain(one.title, 60)
        panel.text(0, place + 0.22, words, va="bottom", fontsize=FONT - 3, color=canvas.ink.ink)
    panel.set_yticks([])
    panel.set_xticks([])
    panel.set_xlim(0, longest * 1.12)
    panel.set_ylim(-0.4, len(shown) - 0.2)
    panel.spines["bottom"].set_visible(False)


def _weekdays(panel: Axes, facts: Week) -> None:
    labels = [f"{WEEKDAYS[one.day.weekday()]} {one.day.day}" for one in facts.shown]
    panel.set_xticks(range(len(labels)), labels)
