"""Alerts that smartstatus gives, or its silence."""

from __future__ import annotations

from checks.catalogue.row import AT_ONCE, TWICE, Row
from checks.model import Family, Priority, Severity

ROWS: tuple[Row, ...] = (
    Row(
        code="MainPageBroken",
        title="главная страница Техэксперта не открывается",
        well="главная страница в порядке",
        source="status",
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=TWICE,
        means="Документы недоступны всем пользователям.",
        causes=("обновление баз не завершилось", "недоступен том с базами"),
        because={
            "no required volume DB": "недоступен том с базами",
            "unexpected change list products": "состав баз изменили вручную",
        },
        steps=("попросить администратора клиента открыть главную страницу на сервере и прочесть ошибку",),
        ours=True,
    ),
    Row(
        code="ProductSetBroken",
        title="часть баз недоступна",
        well="состав баз в порядке",
        source="status",
        family=Family.SERVICE,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=TWICE,
        means="Часть документов не открывается у всех пользователей.",
        causes=("недоступен том с базами", "состав баз изменили вручную"),
        because={
            "update DB": "идёт или не завершилось обновление баз",
            "unexpected change list products": "состав баз изменили вручную",
        },
        steps=("спросить администратора клиента, что меняли на сервере",),
        ours=True,
    ),
    Row(
        code="SmartStatusSilent",
        title="перестал сообщать о своём состоянии",
        well="статус приходит",
        source="time",
        family=Family.REPORTS,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="Работает ли Техэксперт, сейчас неизвестно; касается всех пользователей.",
        causes=("сервер клиента выключен или без интернета", "задание smartstatus удалили при обновлении"),
        steps=("спросить администратора клиента, работает ли сервер",),
        ours=True,
    ),
)
