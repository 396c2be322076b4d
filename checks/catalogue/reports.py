"""Alerts that smartupload gives, or its silence."""

from __future__ import annotations

from checks.catalogue.row import AT_ONCE, Row
from checks.model import Family, Priority, Severity, Threshold

ROWS: tuple[Row, ...] = (
    Row(
        code="SmartXMLfileIsToOld",
        title="давно нет отчётов",
        well="отчёты приходят",
        source="time",
        family=Family.REPORTS,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="Актуальны ли документы у всех пользователей, неизвестно.",
        causes=("задание smartupload удалили при обновлении", "у сервера клиента пропал интернет"),
        steps=("попросить администратора клиента запустить smartupload вручную",),
    ),
    Row(
        code="UploadUnusuallyLate",
        title="молчит необычно долго",
        well="отчёты приходят как обычно",
        source="time",
        family=Family.REPORTS,
        priority=Priority.K4,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="Обновляется ли Техэксперт, сейчас не видно: обычно отчёты приходят чаще.",
        causes=("задание smartupload не работает после обновления", "сервер клиента выключен или без интернета"),
        steps=("спросить у администратора клиента, что меняли на сервере",),
        ours=True,
    ),
    Row(
        code="UploadBroken",
        title="отчёты приходят, но не читаются",
        well="отчёты читаются",
        source="upload",
        family=Family.REPORTS,
        priority=Priority.K3,
        severity=Severity.WARNING,
        threshold=Threshold(failures=2, successes=1),
        means="Актуальны ли документы у всех пользователей, неизвестно.",
        causes=("отчёт обрывается при отправке", "сменился вид отчёта после обновления"),
        steps=("попросить администратора клиента прислать отчёт вручную",),
        ours=True,
    ),
)
