"""Alerts about ourselves: our sight, our database, our intake, our chats."""

from __future__ import annotations

from checks.catalogue.row import ADMIN, ADMIN_AND_SUPPORT, AT_ONCE, Row
from checks.model import Family, Priority, Severity, Threshold

ROWS: tuple[Row, ...] = (
    Row(
        code="MonitorBlind",
        title="мы ничего не видим: пропала наша связь",
        source="self",
        family=Family.OURSELVES,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=Threshold(failures=2, successes=1),
        audience=ADMIN_AND_SUPPORT,
        means="О клиентах сейчас судить нельзя, аварии не заводим.",
        causes=("пропал интернет на сервере бота", "не отвечает наш сервер имён"),
        steps=("проверить сеть на сервере бота",),
        ours=True,
    ),
    Row(
        code="StorageTrouble",
        title="база бота не принимает записи",
        source="self",
        family=Family.OURSELVES,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=AT_ONCE,
        audience=ADMIN,
        means="Новые аварии не запоминаются, сообщений о них не будет.",
        causes=("кончилось место на диске", "файл базы занят или повреждён"),
        steps=("проверить место на диске сервера бота",),
        ours=True,
    ),
    Row(
        code="IntakeSilent",
        title="перестали приходить отчёты сразу от многих клиентов",
        source="time",
        family=Family.OURSELVES,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=AT_ONCE,
        audience=ADMIN,
        means="Свежесть обновлений у клиентов сейчас неизвестна.",
        causes=("наш адрес приёма отчётов недоступен снаружи", "сменился адрес или ключ приёма"),
        steps=("проверить, что адрес приёма отчётов открывается снаружи",),
        ours=True,
    ),
    Row(
        code="ChatLost",
        title="в чат больше нельзя писать",
        source="self",
        family=Family.OURSELVES,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        audience=ADMIN,
        means="Его сообщения идут в запасной чат, а где такого нет, администраторам.",
        causes=("бота удалили из группы или заблокировали",),
        steps=("вернуть бота в чат: он сам скажет там, что пропустили",),
        ours=True,
    ),
)
