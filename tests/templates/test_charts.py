"""Pictures are drawn whatever the facts hold, and say what they do not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from templates.charts import installation, quotas, renewal, week
from templates.charts.canvas import DPI, WIDTH, Canvas, Theme

FIRST = date(2026, 10, 27)
counts = st.one_of(st.none(), st.integers(0, 10_000))
labels = st.text(max_size=300)


def in_a_row(one: Callable[[date], Any], number: int, *, days: int = 1) -> list[Any]:
    return [one(FIRST + timedelta(days=days * place)) for place in range(number)]


def size(canvas: Canvas) -> tuple[int, int]:
    with Image.open(BytesIO(canvas.png())) as picture:
        return picture.size


def words(canvas: Canvas) -> str:
    return " ".join(text.get_text() for panel in canvas.panels for text in panel.texts)


@st.composite
def seats(draw: st.DrawFn) -> installation.Installation:
    number = draw(st.integers(0, 40))
    ages = st.one_of(st.none(), st.floats(0, 400))
    shown = in_a_row(
        lambda day: installation.Day(day=day, sessions=draw(counts), refused=draw(counts), operup_age=draw(ages)),
        number,
    )
    return installation.Installation(label=draw(labels), shown=shown, seats=draw(counts))


@settings(max_examples=8, deadline=None)
@given(seats())
def test_any_month_of_an_installation_can_be_drawn(facts: installation.Installation) -> None:
    width, height = size(installation.paint(facts))

    assert width == WIDTH * DPI
    assert height > 0


@settings(max_examples=8, deadline=None)
@given(labels, st.lists(st.tuples(counts, counts, counts, counts, counts), max_size=24))
def test_any_year_can_be_drawn(label: str, rows: list[tuple[int | None, ...]]) -> None:
    shown = [
        renewal.Month(
            month=date(2025, 1, 1) + timedelta(days=31 * place),
            requested=row[0],
            saved=row[1],
            printed=row[2],
            refused=row[3],
            activity=row[4],
        )
        for place, row in enumerate(rows)
    ]

    assert size(renewal.paint(renewal.Renewal(label=label, title=label, shown=shown)))[0] == WIDTH * DPI


@settings(max_examples=8, deadline=None)
@given(labels, st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000), counts), max_size=4))
def test_any_quotas_can_be_drawn(label: str, rows: list[tuple[int, int, int | None]]) -> None:
    known = [quotas.Quota(name=label, used=used, limit=limit, ahead=ahead) for used, limit, ahead in rows]
    year = [quotas.Spent(month=date(2026, 1 + place, 1), used=row[2], limit=row[1]) for place, row in enumerate(rows)]

    assert size(quotas.paint(quotas.Quotas(label=label, title="", quotas=known, year=year)))[0] == WIDTH * DPI


@settings(max_examples=8, deadline=None)
@given(labels, st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=7), st.floats(0, 10_000))
def test_any_week_can_be_drawn(label: str, shares: list[float | None], hours: float) -> None:
    shown = [week.Day(day=FIRST + timedelta(days=place), availability=one) for place, one in enumerate(shares)]
    facts = week.Week(title=label, shown=shown, outages=[week.Outage(title=label, hours=hours)] * len(shares))

    assert size(week.paint(facts))[0] == WIDTH * DPI


def test_what_no_report_says_is_said_to_be_unknown() -> None:
    facts = installation.Installation(label="Ромашка", shown=in_a_row(lambda day: installation.Day(day=day), 30))

    assert words(installation.paint(facts)) == "отчёты этого не говорят отчёты этого не говорят"


def test_a_day_with_every_seat_taken_is_marked() -> None:
    shown = in_a_row(lambda day: installation.Day(day=day, sessions=19 + (day.day == 30)), 5)
    canvas = installation.paint(installation.Installation(label="Ромашка", shown=shown, seats=20))

    colours = [bar.get_facecolor() for bar in canvas.panels[0].patches]
    assert [colours.count(one) for one in colours] == [4, 4, 4, 1, 4]


@pytest.mark.parametrize("theme", Theme)
def test_letters_do_not_vanish_in_the_ground(theme: Theme) -> None:
    canvas = week.paint(week.Week(title="Неделя", shown=[]), theme=theme)

    with Image.open(BytesIO(canvas.png())) as picture:
        lightness = picture.convert("L").getextrema()
    assert lightness[1] - lightness[0] > 150
