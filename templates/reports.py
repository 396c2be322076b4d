"""Spreadsheets in the words of their readers."""

from __future__ import annotations

from checks.renewal import Change, MonthUse, Turn, change
from templates.views import Renewal, WeekFacts
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


def renewal_workbook(told: Renewal) -> bytes:
    """Return a client's year month by month, each against the one before."""
    rows = []
    before: MonthUse | None = None
    for one in told.months:
        compared = change(before.requested, one.requested) if before else None
        rows.append(
            (
                one.first,
                one.requested,
                compared.share if compared and compared.share is not None else None,
                _turned(compared),
                one.saved,
                one.printed,
                one.refused,
                one.activity,
                one.days,
            )
        )
        before = one
    header = (
        "Месяц",
        "Запрошено документов",
        "К прошлому месяцу",
        "Примечание",
        "Сохранено",
        "Напечатано",
        "Отказов",
        "Активность",
        "Дней с данными",
    )
    about = f"{told.label}; пусто: неизвестно"
    return workbook([Sheet(title="По месяцам", about=about, header=header, rows=rows, percent=frozenset({2}))])


def _turned(change_: Change | None) -> str | None:
    if change_ is None:
        return None
    return {Turn.FROM_NOTHING: "раньше было 0", Turn.STOPPED: "перестали"}.get(change_.turn)
