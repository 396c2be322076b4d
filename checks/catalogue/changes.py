"""The watch after a change, and what it comes to when it is not confirmed."""

from __future__ import annotations

from checks.catalogue.row import AT_ONCE, Row
from checks.model import Family, Priority, Severity

ROWS: tuple[Row, ...] = (
    Row(
        code="ChangeNotConfirmed",
        title="после изменения не всё вернулось",
        well="после изменения всё вернулось",
        source="time",
        family=Family.CHANGE,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="Работает ли Техэксперт полностью, не подтверждено.",
        causes=("после смены версии не восстановили задания и доступ к базам",),
        steps=("проверить у клиента то, что не подтвердилось",),
        ours=True,
    ),
    Row(
        code="VersionChanged",
        title="контроль после изменения",
        well="изменений под контролем нет",
        source="time",
        family=Family.CHANGE,
        priority=Priority.K3,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        means="Ждём, пока вернётся всё, что было до изменения.",
        steps=("подождать; если не вернётся в срок, бот скажет",),
        ours=True,
    ),
    Row(
        code="UpdatedUnusually",
        title="базы обновили не в обычное время",
        well="базы обновляются как обычно",
        source="time",
        family=Family.CHANGE,
        priority=Priority.K5,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        means="Базы или операпы изменились не тогда, когда у этого клиента меняются обычно: возможно, вручную.",
        causes=("базы обновили вручную, мимо ежедневного копирования",),
        steps=("узнать, кто обновлял, и проверить, что ежедневное обновление не сбилось",),
        ours=True,
    ),
)
