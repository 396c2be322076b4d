"""Spreadsheets in the words of their readers."""

from __future__ import annotations

from templates.views import WeekFacts
from templates.workbook import Sheet, workbook

NOBODY = "без менеджера"


def week_workbook(week: WeekFacts) -> bytes:
    """Return the week by managers."""
    rows = [
        (one.manager or NOBODY, one.clients, one.availability, one.incidents, one.signals, one.answered)
        for one in week.managers
    ]
    about = f"Неделя {week.first:%d.%m} – {week.last:%d.%m.%Y}; доступность за 30 дней"
    header = ("Менеджер", "Клиентов", "Доступность", "Аварий", "Сигналов", "Отвечено")
    return workbook([Sheet(title="Неделя", about=about, header=header, rows=rows, percent=frozenset({2}))])
