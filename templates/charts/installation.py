"""The last weeks of an installation: who was in the system against the seats, and how old its updates were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib.axes import Axes

from templates.charts.canvas import Canvas, Theme, days, whole
from templates.views import InstallationMonth


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What the reports of one day said; None = no report said it."""

    day: date
    sessions: int | None = None
    """The most users in the system at once."""
    refused: int | None = None
    """How often somebody was refused for want of a seat."""
    operup_age: float | None = None
    """Age of the newest operative update, days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Facts of the picture, oldest day first."""

    label: str
    shown: Sequence[Day]
    seats: int | None = None
    operup_norm: float = 3.0
    """Days; older than that is an alert."""

    @classmethod
    def of(cls, told: InstallationMonth) -> Installation:
        """Take what was read of a month."""
        shown = [
            Day(day=one.day, sessions=one.sessions, refused=one.refused, operup_age=one.operup_age) for one in told.days
        ]
        return cls(label=told.label, shown=shown, seats=told.seats)


def paint(facts: Installation, *, theme: Theme = Theme.LIGHT) -> Canvas:
    """Paint the picture; ``png()`` of what is returned is its file."""
    span = f"{facts.shown[0].day:%d.%m} – {facts.shown[-1].day:%d.%m.%Y}" if facts.shown else "дней нет"
    canvas = Canvas(facts.label, f"Места и операпы, {span}", panels=(1.15, 0.85), theme=theme)
    _seats(canvas, canvas.panels[0], facts)
    _age(canvas, canvas.panels[1], facts)
    return canvas


def _seats(canvas: Canvas, panel: Axes, facts: Installation) -> None:
    canvas.name(panel, "Сколько человек в системе, наибольшее за день")
    places = [place for place, one in enumerate(facts.shown) if one.sessions is not None]
    if not places:
        canvas.nothing(panel, "отчёты этого не говорят")
        return
    full = facts.seats or float("inf")
    heights = [facts.shown[place].sessions or 0 for place in places]
    colours = [canvas.ink.bad if height >= full else canvas.ink.main for height in heights]
    panel.bar(places, heights, width=0.72, color=colours)
    if facts.seats:
        panel.axhline(facts.seats, color=canvas.ink.second, linewidth=2.5, label=f"всего мест: {facts.seats}")
    refused = [place for place, one in enumerate(facts.shown) if one.refused]
    if refused:
        top = max(*heights, facts.seats or 0) * 1.1
        panel.scatter(refused, [top] * len(refused), marker="v", s=70, color=canvas.ink.bad, label="были отказы")
    days(panel, [one.day for one in facts.shown])
    whole(panel)
    if facts.seats or refused:
        canvas.legend(panel)


def _age(canvas: Canvas, panel: Axes, facts: Installation) -> None:
    canvas.name(panel, "Возраст последнего операпа, дней")
    places = [place for place, one in enumerate(facts.shown) if one.operup_age is not None]
    if not places:
        canvas.nothing(panel, "отчёты этого не говорят")
        return
    ages = [facts.shown[place].operup_age or 0.0 for place in places]
    old = [age > facts.operup_norm for age in ages]
    panel.bar(places, ages, width=0.72, color=[canvas.ink.bad if one else canvas.ink.good for one in old])
    panel.axhline(
        facts.operup_norm, color=canvas.ink.second, linewidth=2.5, label=f"норма: не старше {facts.operup_norm:g} дн."
    )
    days(panel, [one.day for one in facts.shown])
    whole(panel)
    canvas.legend(panel)
