"""The one style of all pictures: sizes for a phone's screen, two themes, titles, axes, and the way out as PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ticker import MaxNLocator

from templates.clean import clean, clip

WIDTH, PANEL, HEAD, FOOT = 7.2, 2.8, 1.2, 0.95
"""Inches; at ``DPI`` a picture is 1,080 pixels wide, as wide as a phone shows it."""
DPI = 150
FONT = 13
FAMILY = "DejaVu Sans"
"""Comes with the library and has Cyrillic."""
TITLE_WIDTH, LABEL_WIDTH = 38, 26
MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


class Theme(StrEnum):
    """What the picture lies on."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Colours that stay apart for colour-blind eyes too."""

    ground: str
    ink: str
    faint: str
    main: str
    second: str
    third: str
    good: str
    bad: str
    soft: str


PALETTES = {
    Theme.LIGHT: Palette(
        ground="#ffffff",
        ink="#1f2933",
        faint="#8793a0",
        main="#2f6fde",
        second="#e08a1e",
        third="#7b61c9",
        good="#2a9d6e",
        bad="#d13f36",
        soft="#e7ecf2",
    ),
    Theme.DARK: Palette(
        ground="#17212b",
        ink="#e9eef3",
        faint="#8fa0b0",
        main="#6ea8ff",
        second="#f2ac57",
        third="#b7a3f5",
        good="#55c796",
        bad="#ff7a70",
        soft="#2a3744",
    ),
}


class Canvas:
    """A picture being drawn: a title, a line beneath it, and panels one below the other."""

    def __init__(self, title: str, subtitle: str, *, panels: Sequence[float], theme: Theme) -> None:
        self.ink = PALETTES[theme]
        height = HEAD + FOOT + PANEL * sum(panels)
        self._figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=self.ink.ground)
        axes: Any = self._figure.subplots(
            len(panels), 1, squeeze=False, height_ratios=list(panels), gridspec_kw={"hspace": 0.62}
        )
        top = 1 - HEAD / height
        self._figure.subplots_adjust(left=0.1, right=0.965, top=top, bottom=FOOT / height)
        self.panels: list[Axes] = [row[0] for row in axes]
        self._write(title, 1 - 0.2 / height, FONT + 4, self.ink.ink, bold=True)
        self._write(subtitle, 1 - 0.53 / height, FONT - 1, self.ink.faint)
        for panel in self.panels:
            self._dress(panel)

    def _write(self, text: str, y: float, size: int, colour: str, *, bold: bool = False) -> None:
        weight = "bold" if bold else "normal"
        words = plain(text, TITLE_WIDTH + (0 if bold else 22))
        self._figure.text(0.03, y, words, fontsize=size, color=colour, weight=weight, va="top")

    def _dress(self, panel: Axes) -> None:
        panel.set_facecolor(self.ink.ground)
        for side in ("top", "right", "left"):
            panel.spines[side].set_visible(False)
        panel.spines["bottom"].set_color(self.ink.faint)
        panel.tick_params(colors=self.ink.ink, labelsize=FONT - 2, length=0, pad=5)
        panel.grid(axis="y", color=self.ink.soft, linewidth=1)
        panel.set_axisbelow(True)

    def name(self, panel: Axes, text: str) -> None:
        """Say above a panel what it shows, with the unit."""
        panel.set_title(plain(text, 64), loc="left", fontsize=FONT - 1, color=self.ink.ink, pad=9)

    def legend(self, panel: Axes, *, lower: float = 0.13) -> None:
        """Name the colours of a panel beneath its axis; ``lower`` in heights of the panel."""
        panel.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, -lower),
            ncols=3,
            frameon=False,
            fontsize=FONT - 2,
            labelcolor=self.ink.ink,
            handlelength=1.2,
            columnspacing=1.4,
        )

    def nothing(self, panel: Axes, text: str) -> None:
        """Say in place of a panel's figures that there are none."""
        panel.set_xticks([])
        panel.set_yticks([])
        panel.grid(visible=False)
        panel.text(0.5, 0.5, text, transform=panel.transAxes, ha="center", va="center", fontsize=FONT)
        panel.texts[-1].set_color(self.ink.faint)

    def png(self) -> bytes:
        """Return the finished picture."""
        out = BytesIO()
        self._figure.savefig(out, format="png", facecolor=self.ink.ground)
        return out.getvalue()


def whole(panel: Axes) -> None:
    """Count on the upright axis in whole numbers, from nought, few of them."""
    panel.set_ylim(bottom=0)
    panel.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))


def days(panel: Axes, shown: Sequence[date]) -> None:
    """Name about six of the days along the axis; places are whole numbers from nought."""
    step = max(1, -(-len(shown) // 6))
    places = list(range(len(shown) - 1, -1, -step))[::-1]
    panel.set_xticks(places, [f"{shown[place].day} {MONTHS[shown[place].month - 1]}" for place in places])
    panel.set_xlim(-0.7, max(len(shown) - 0.3, 1))


def months(panel: Axes, shown: Sequence[date]) -> None:
    """Name the months along the axis, the year where it changes; places are whole numbers from nought."""
    labels = [
        MONTHS[day.month - 1] + (f"\n{day.year}" if place == 0 or day.month == 1 else "")
        for place, day in enumerate(shown)
    ]
    panel.set_xticks(range(len(shown)), labels)
    panel.set_xlim(-0.7, max(len(shown) - 0.3, 1))


def plain(text: str, width: int = LABEL_WIDTH) -> str:
    """Return hostile text as the library draws it: cleaned, clipped, no formulas, no letters that it cannot draw."""
    known = _letters()
    drawn = "".join(letter if ord(letter) in known else "□" for letter in clip(clean(text), width))
    return drawn.replace("$", r"\$")


@cache
def _letters() -> frozenset[int]:
    """Return what both weights of the typeface can draw."""
    weights = (FontProperties(family=FAMILY, weight=weight) for weight in ("normal", "bold"))
    return frozenset.intersection(*(frozenset(get_font(findfont(one)).get_charmap()) for one in weights))
