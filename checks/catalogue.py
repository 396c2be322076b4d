"""The catalogue of alerts as one table: what each is called, when it fires, who hears of it, what to do first.

Titles and advice are Russian and are data: the card adds the subject, the time and what was measured.
Source of codes, thresholds and causes: the catalogue that support has used for years, and ours (marked so below).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from checks.model import Audience, Family, LookKind, Priority, Severity, Threshold

SUPPORT = frozenset({Audience.SUPPORT})
SUPPORT_AND_MANAGER = frozenset({Audience.SUPPORT, Audience.MANAGER})
ADMIN = frozenset({Audience.ADMIN})
ADMIN_AND_SUPPORT = frozenset({Audience.ADMIN, Audience.SUPPORT})

THRICE = Threshold(failures=3, successes=2)
TWICE = Threshold(failures=2, successes=2)
ONCE = Threshold(failures=1, successes=2)
AT_ONCE = Threshold(failures=1, successes=1)

LOOKS = frozenset(str(kind) for kind in LookKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One alert of the catalogue."""

    code: str
    title: str
    """What is wrong, said of a subject: «Ромашка: …»."""
    well: str = ""
    """The same when nothing is wrong."""
    source: str
    """A ``LookKind``, ``upload``, ``status``, ``time`` or ``self``."""
    family: Family
    priority: Priority
    severity: Severity
    threshold: Threshold
    audience: frozenset[Audience] = SUPPORT
    means: str = ""
    """What it means for the people at the client."""
    causes: tuple[str, ...] = ()
    """Usual causes, the commonest first; always told as «вероятно»."""
    steps: tuple[str, ...] = ()
    """First steps, in order."""
    opens: bool = True
    """False: shown in the status, never an incident of its own."""
    steps_up: bool = False
    """A changed reason is worth a new message (certificate: 30, 14, 7, 3, 1 days)."""
    ours: bool = False

    @property
    def looked(self) -> bool:
        """Whether it comes from a look of ours, so that it means nothing while we ourselves are blind."""
        return self.source in LOOKS


TABLE: tuple[Row, ...] = (
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
        means="Сообщения для него идут в запасной чат.",
        causes=("бота удалили из группы или заблокировали",),
        steps=("вернуть бота в чат и набрать там /here",),
        ours=True,
    ),
    Row(
        code="RedirectServerDown",
        title="не работает",
        well="работает",
        source=LookKind.REDIRECT,
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=TWICE,
        means="Клиенты за ним не открываются по обычному адресу.",
        steps=("сообщить владельцу сервера", "с начала рабочего дня выдать клиентам прямые адреса"),
        ours=True,
    ),
    Row(
        code="KodeksTcpStatus",
        title="сервер не отвечает",
        well="сервер отвечает",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=THRICE,
        means="Документы недоступны всем пользователям.",
        causes=("сервер выключен или перезагружается", "пропала связь у клиента", "порт закрыт сетевым экраном"),
        steps=("спросить у администратора клиента, работает ли сервер и есть ли интернет",),
    ),
    Row(
        code="KodeksBehindProxyDown",
        title="Техэксперт не запущен, отвечает только прокси перед ним",
        well="Техэксперт за прокси работает",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=THRICE,
        means="Документы недоступны всем пользователям.",
        causes=("служба Техэксперта остановлена", "служба не поднялась после обновления"),
        steps=("попросить администратора клиента запустить службу Техэксперта",),
    ),
    Row(
        code="KodeksHttp200Status",
        title="Техэксперт отвечает ошибкой",
        well="страница открывается",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=THRICE,
        means="Документы не открываются.",
        causes=("служба Техэксперта зависла", "сервер перегружен"),
        steps=("попросить администратора клиента перезапустить службу Техэксперта",),
    ),
    Row(
        code="CertificateInvalid",
        title="браузер не пускает, сертификат не в порядке",
        well="сертификат в порядке",
        source=LookKind.DOMAIN,
        family=Family.CERTIFICATE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=TWICE,
        means="Пользователи видят предупреждение браузера вместо Техэксперта.",
        causes=("сертификат не продлили", "после замены поставили не все части цепочки"),
        steps=("попросить администратора клиента заменить сертификат",),
        ours=True,
    ),
    Row(
        code="KodeksOnlineSensLockCheck",
        title="сервер не видит ключ защиты",
        well="ключ защиты виден",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=ONCE,
        means="Документы недоступны всем пользователям.",
        causes=(
            "отвалился проброс USB-ключа в виртуальную машину",
            "остановлен менеджер лицензий",
            "ключ вынут или сервер обновляли",
        ),
        steps=("попросить администратора клиента проверить программу проброса ключа",),
    ),
    Row(
        code="MainPageBroken",
        title="главная страница Техэксперта не открывается",
        well="главная страница в порядке",
        source="status",
        family=Family.SERVICE,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=TWICE,
        means="Документы недоступны пользователям.",
        causes=("обновление баз не завершилось", "недоступен том с базами"),
        steps=("попросить администратора клиента открыть главную страницу на сервере и прочесть ошибку",),
        ours=True,
    ),
    Row(
        code="DomainNotResolved",
        title="домен не находится в сети",
        well="домен находится в сети",
        source=LookKind.DOMAIN,
        family=Family.DOMAIN,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=THRICE,
        means="По обычному адресу Техэксперт не открывается.",
        causes=("истекла оплата домена", "запись удалили или изменили на сервере имён"),
        steps=("сообщить владельцу домена",),
        ours=True,
    ),
    Row(
        code="DomainUnreachable",
        title="не открывается по обычному адресу",
        well="обычный адрес отвечает",
        source=LookKind.DOMAIN,
        family=Family.DOMAIN,
        priority=Priority.K1,
        severity=Severity.CRITICAL,
        threshold=THRICE,
        means="Кто заходит как обычно, не попадает в Техэксперт.",
        causes=("не отвечает сервер, на который указывает домен",),
        steps=("проверить, куда указывает домен",),
        ours=True,
    ),
    Row(
        code="RedirectWrongTarget",
        title="обычный адрес ведёт не туда",
        well="обычный адрес ведёт куда нужно",
        source=LookKind.DOMAIN,
        family=Family.DOMAIN,
        priority=Priority.K2,
        severity=Severity.CRITICAL,
        threshold=TWICE,
        means="Пользователи попадают не на свой Техэксперт.",
        causes=("у клиента сменился адрес, а переадресацию не исправили", "ошибка в настройке переадресации"),
        steps=("сообщить владельцу сервера переадресации верный адрес",),
        ours=True,
    ),
    Row(
        code="KodeksMaintenanceToLong",
        title="обслуживание идёт слишком долго",
        well="обслуживание не затянулось",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K2,
        severity=Severity.CRITICAL,
        threshold=Threshold(failures=2, successes=2, after=timedelta(hours=3)),
        means="Документы недоступны: идёт обновление, копирование или индексация.",
        causes=("обновление зависло", "не хватает места на диске"),
        steps=("попросить администратора клиента посмотреть, чем занят сервер",),
    ),
    Row(
        code="LicmanTcpStatus",
        title="менеджер лицензий не отвечает",
        well="менеджер лицензий отвечает",
        source=LookKind.LICMAN,
        family=Family.LICMAN,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=THRICE,
        means="Техэксперт работает, пока не перечитает ключ, потом документы станут недоступны.",
        causes=("служба менеджера лицензий остановлена", "порт закрыт сетевым экраном"),
        steps=("попросить администратора клиента запустить менеджер лицензий",),
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
        means="Часть документов не открывается.",
        causes=("недоступен том с базами", "состав баз изменили вручную"),
        steps=("спросить администратора клиента, что меняли на сервере",),
        ours=True,
    ),
    Row(
        code="KodeksWarning",
        title="сервер сообщает об аварийном состоянии",
        well="аварийных сообщений нет",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=TWICE,
        means="Техэксперт может работать не полностью.",
        steps=("открыть админку клиента и прочесть сообщение",),
    ),
    Row(
        code="KodeksNeedSupport",
        title="на главной странице служебное сообщение",
        well="служебных сообщений нет",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=TWICE,
        means="Пользователи видят служебное сообщение вместо обычной страницы.",
        steps=("открыть страницу клиента и прочесть сообщение",),
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
        means="Работает ли Техэксперт, сейчас неизвестно.",
        causes=("сервер клиента выключен или без интернета", "задание smartstatus удалили при обновлении"),
        steps=("спросить администратора клиента, работает ли сервер",),
        ours=True,
    ),
    Row(
        code="SmartXMLfileIsToOld",
        title="давно нет отчётов",
        well="отчёты приходят",
        source="time",
        family=Family.REPORTS,
        priority=Priority.K2,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="Актуальны ли документы, неизвестно.",
        causes=("задание smartupload удалили при обновлении", "у сервера клиента пропал интернет"),
        steps=("попросить администратора клиента запустить smartupload вручную",),
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
        means="Актуальны ли документы, неизвестно.",
        causes=("отчёт обрывается при отправке", "сменился вид отчёта после обновления"),
        steps=("попросить администратора клиента прислать отчёт вручную",),
        ours=True,
    ),
    Row(
        code="CertificateExpiring",
        title="скоро кончится сертификат",
        well="сертификат кончится не скоро",
        source=LookKind.DOMAIN,
        family=Family.CERTIFICATE,
        priority=Priority.K3,
        severity=Severity.WARNING,
        threshold=AT_ONCE,
        means="После этого срока браузер не пустит пользователей.",
        steps=("попросить администратора клиента продлить сертификат",),
        steps_up=True,
        ours=True,
    ),
    Row(
        code="KodeksLimitsUsers",
        title="нет свободных мест",
        well="свободные места есть",
        source=LookKind.INSTALLATION,
        family=Family.SEATS,
        priority=Priority.K3,
        severity=Severity.WARNING,
        threshold=Threshold(failures=2, successes=1, after=timedelta(minutes=5)),
        audience=SUPPORT_AND_MANAGER,
        means="Новые пользователи не могут войти; кто уже вошёл, работает.",
        causes=("одновременно вошло больше людей, чем мест по договору",),
        steps=("сообщить менеджеру клиента, что не хватает мест",),
    ),
    Row(
        code="KodeksMaintenance",
        title="идёт обслуживание",
        well="обслуживания нет",
        source=LookKind.INSTALLATION,
        family=Family.SERVICE,
        priority=Priority.K5,
        severity=Severity.INFO,
        threshold=AT_ONCE,
        means="Обновление, копирование или индексация; до 3 часов это обычно.",
        opens=False,
    ),
)

ROWS: Mapping[str, Row] = {row.code: row for row in TABLE}
RANK: Mapping[str, int] = {row.code: place for place, row in enumerate(TABLE)}

CERTIFICATE_STEPS = (1, 3, 7, 14, 30)
"""Days before the end at which a certificate is spoken of, once each."""


def leading(codes: frozenset[str]) -> str:
    """Return the code that a card is titled with: the highest priority, then the row nearest the cause."""
    return min(codes, key=lambda code: (ROWS[code].priority, RANK[code]))
