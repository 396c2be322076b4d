"""Sample facts for every card; the gallery prints them, tests judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from checks.catalogue import ROWS
from checks.model import Cause, CauseKind, Fault, Priority, Severity
from checks.reports import Broken, broken_reason
from templates import phrase
from templates.cards import (
    Blindness,
    Brief,
    Call,
    Card,
    Hit,
    Line,
    Mute,
    Off,
    Page,
    People,
    Sign,
    Someone,
    Step,
    Still,
    Storm,
    Wait,
)

NIGHT = datetime(2026, 11, 24, 3, 6, tzinfo=UTC)
"""06:06 in Moscow, a Tuesday."""
DAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
"""08:00 in Moscow."""
MINUTE = timedelta(minutes=1)
HTML_CAME = broken_reason(Broken.HTML)
NAMES = (
    "Ромашка",
    "Вектор",
    "ТехПром",
    "Прогресс",
    "Заря",
    "Восход",
    "Маяк",
    "Полюс",
    "Факел",
    "Сокол",
    "Титан",
    "Луч",
)
OWNER = "поддержка Облака"
OWNER_CONTACTS = "+7 800 000-00-00, круглосуточно"
ADMIN = "И. Петров, +7 900 000-00-00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One card of the gallery."""

    title: str
    template: str
    now: datetime = NIGHT
    facts: Mapping[str, Any] = field(default_factory=dict)


def hits(count: int, *, shut: int = 0, direct: bool | None = True) -> tuple[Hit, ...]:
    """Clients behind something; the first ``shut`` of them do not open directly either."""
    found = [
        Hit(
            name=f"client{number}",
            label=NAMES[number] if number < len(NAMES) else f"Клиент {number}",
            address=f"http://10.0.0.{number + 1}/docs",
            direct=False if number < shut else direct,
            elapsed=0.041 + number / 1000,
            incident=129 + number if number < shut else None,
        )
        for number in range(count)
    ]
    return tuple(found)


def card(code: str, cause: Cause, subject: str, *, now: datetime = NIGHT, **rest: Any) -> Card:
    """Return a card as the catalogue words ``code``."""
    row = ROWS[code]
    known: dict[str, Any] = {
        "number": 128,
        "cause": cause,
        "code": code,
        "title": row.title,
        "family": row.family,
        "priority": row.priority,
        "critical": row.severity is Severity.CRITICAL,
        "subject": subject,
        "opened_at": now - 4 * MINUTE,
        "checked_at": now,
        "means": row.means,
        "causes": row.causes_of(str(rest.get("reason", ""))),
        "steps": row.steps,
    }
    return Card(**{**known, **rest})


R1 = Cause(CauseKind.REDIRECT, "r1")


def redirect(**rest: Any) -> Card:
    known: dict[str, Any] = {
        "reason": Fault.REFUSED,
        "clients": hits(38, shut=1),
        "owner": OWNER,
        "contacts": OWNER_CONTACTS,
        "opens_at": MORNING,
        "wait": Wait.DARK,
        "people": People(seats=612),
        "remind_at": MORNING,
    }
    return card("RedirectServerDown", R1, "r1", **{**known, **rest})


def client(code: str, **rest: Any) -> Card:
    known: dict[str, Any] = {
        "number": 131,
        "clients": hits(1, direct=None),
        "contacts": ADMIN,
        "manager": "Ольга",
        "people": People(seats=20),
        "opens_at": MORNING,
        "wait": Wait.DARK,
        "still": Still.NOTHING,
        "admin_url": "http://10.0.0.1/admin",
        "remind_at": MORNING,
    }
    cause = Cause(CauseKind.CLIENT, "romashka", ROWS[code].family)
    return card(code, cause, "Ромашка", **{**known, **rest})


def by_day(one: Card) -> Card:
    """Move a trouble to noon of a working day."""
    calm = one.wait in {Wait.TODAY, Wait.LATER}
    opened, checked = DAY - 4 * MINUTE, DAY
    wait = Wait.TODAY if calm else Wait.NOW
    return replace(one, opened_at=opened, checked_at=checked, opens_at=None, answers_at=None, wait=wait, remind_at=None)


def ended(one: Card, *, lasted: timedelta = timedelta(hours=1, minutes=52)) -> Card:
    return replace(
        one,
        ended_at=one.opened_at + lasted,
        taken=Step(by="Анна", at=one.opened_at + 3 * MINUTE),
        clients=tuple(replace(hit, direct=True, incident=None) for hit in one.clients),
    )


MUTE = Mute(
    id=7,
    by="Анна",
    at=NIGHT,
    until=NIGHT + timedelta(hours=4),
    reason="ждём провайдера",
    what="Ромашка",
)
LOST_KEY = client(
    "KodeksOnlineSensLockCheck",
    opened_at=NIGHT - timedelta(hours=10),
    people=People(seats=20, online=0, at=NIGHT - 6 * MINUTE),
    wait=Wait.EMPTY,
    signs=(Sign(title="часть баз недоступна"), Sign(title="давно нет отчётов")),
)
LICMAN = card(
    "LicmanTcpStatus",
    Cause(CauseKind.LICMAN, "10.0.0.5:8888"),
    "10.0.0.5:8888",
    clients=hits(3, direct=True),
    contacts=ADMIN,
    opens_at=MORNING,
    wait=Wait.LATER,
    reason=Fault.CONNECT_TIMEOUT,
    people=People(seats=60),
    remind_at=MORNING,
)
ADDRESS = card(
    "KodeksTcpStatus",
    Cause(CauseKind.ADDRESS, "10.0.0.5"),
    "10.0.0.5",
    clients=hits(4, direct=False),
    behind=5,
    manager="Ольга",
    opens_at=MORNING,
    wait=Wait.DARK,
    reason=Fault.UNREACHABLE,
)
BRIEFS = (
    Brief(
        number=128,
        kind=CauseKind.REDIRECT,
        subject="r1",
        title="не работает",
        priority=Priority.K1,
        critical=True,
        opened_at=NIGHT - 4 * MINUTE,
        clients=38,
        taken_by="Анна",
    ),
    Brief(
        number=129,
        subject="Ромашка",
        title="сервер не отвечает",
        priority=Priority.K1,
        critical=True,
        opened_at=NIGHT - 6 * MINUTE,
        clients=1,
    ),
    Brief(
        number=131,
        subject="Вектор",
        title="давно нет отчётов",
        priority=Priority.K2,
        critical=False,
        opened_at=NIGHT - timedelta(days=3),
        clients=1,
        muted=True,
    ),
)
STORM = Storm(number=3, began_at=NIGHT - 7 * MINUTE, folded=212, incidents=BRIEFS, clients=240)
BLIND = Blindness(
    number=127, began_at=NIGHT - 4 * MINUTE, witnesses=("ya.ru", "77.88.8.8"), reason=Fault.CONNECT_TIMEOUT
)
TEXT = phrase("client_text", now=NIGHT, address="http://10.0.0.2/docs") or ""
LINES = (
    Line(at=NIGHT - 4 * MINUTE, what="opened", title="не работает"),
    Line(at=NIGHT - 3 * MINUTE, what="grew", clients=38),
    Line(at=NIGHT - 2 * MINUTE, what="taken", by="Анна"),
    Line(at=NIGHT - 1 * MINUTE, what="handed", by="Анна"),
)


def _of_card(title: str, template: str, one: Card, *, now: datetime = NIGHT, **facts: Any) -> Sample:
    return Sample(title=title, template=template, now=now, facts={"card": one, **facts})


def _incidents() -> tuple[Sample, ...]:
    mute_menu: dict[str, Any] = {
        "number": 128,
        "tail": "",
        "trouble": "не работает",
        "kind": "redirect",
        "what": "r1",
        "scope": "cause",
        "scopes": ("cause", "code"),
    }
    return (
        _of_card("Сервер переадресации не работает, утро", "redirect_down", redirect()),
        _of_card("Он же днём, все открываются напрямую", "redirect_down", by_day(redirect(clients=hits(38))), now=DAY),
        _of_card("Он же, взято и передано", "redirect_down", _handed(redirect())),
        _of_card("Он же, напрямую никто не открывается", "redirect_down", redirect(clients=hits(5, shut=5))),
        _of_card(
            "Он же, ещё не знаем", "redirect_down", redirect(clients=hits(38, direct=None), owner=None, contacts=None)
        ),
        _of_card("Он же, повтор", "redirect_down", redirect(repeat=True)),
        _of_card("Он же, то работает, то нет", "redirect_down", redirect(flapping=True)),
        _of_card("Он же, заглушено", "redirect_down", redirect(mute=replace(MUTE, undoable=True))),
        _of_card("Он же починен", "mended", ended(redirect()), now=NIGHT + timedelta(hours=2)),
        _of_card("Короткий ответ", "mended_reply", ended(redirect()), now=NIGHT + timedelta(hours=2)),
        _of_card("Общий адрес", "shared_down", ADDRESS),
        _of_card("Общий адрес починен", "mended", ended(ADDRESS), now=NIGHT + timedelta(hours=2)),
        _of_card("Общий менеджер лицензий", "shared_down", LICMAN),
        _of_card(
            "Вошла в общую аварию",
            "merged",
            ended(client("KodeksTcpStatus", reason=Fault.REFUSED)),
            into=128,
            origin=BRIEFS[0],
        ),
        _of_card("Сервер убран из списков", "unlisted", replace(ended(redirect()), unlisted=True)),
        _of_card("Клиент убран из списков", "unlisted", replace(ended(client("KodeksTcpStatus")), unlisted=True)),
        _of_card(
            "Короткий ответ об убранном",
            "mended_reply",
            replace(ended(client("KodeksTcpStatus")), unlisted=True),
        ),
        _of_card("Заглушить", "mute_menu", redirect(), **mute_menu),
        _of_card(
            "Заглушённая авария всё ещё идёт",
            "still",
            replace(
                by_day(client("KodeksTcpStatus", reason=Fault.CONNECT_TIMEOUT)),
                opened_at=MUTE.at - 2 * MINUTE,
                checked_at=DAY,
            ),
            was=MUTE,
            asked=None,
            call=None,
            now=DAY,
        ),
        _of_card("Напоминание о сервере", "still", _handed(redirect()), was=None, asked=None, call=None),
        _of_card(
            "Напоминание, о котором просили",
            "still",
            replace(LOST_KEY, remind_at=None, opens_at=None, wait=Wait.NOW),
            was=None,
            asked="Анна",
            call=None,
            now=MORNING,
        ),
        _of_card("Напомним утром", "client_down", replace(LOST_KEY, reminder=Step(by="Анна", at=MORNING))),
        _of_card(
            "Напомним утром, подробнее",
            "details",
            LOST_KEY,
            lines=(*LINES, Line(at=NIGHT, what="reminder", by="Анна"), Line(at=NIGHT, what="no_reminder", by="Анна")),
        ),
        _of_card(
            "У клиента уже день",
            "client_down",
            replace(
                client("KodeksTcpStatus"),
                wait=Wait.NOW,
                opens_at=None,
                there=NIGHT.astimezone(timezone(timedelta(hours=10))),
            ),
        ),
        _of_card("Сервер не отвечает, выходной", "client_down", replace(client("KodeksTcpStatus"), off=Off.DAY_OFF)),
        _of_card(
            "Сервер не отвечает, вечер, мест не знаем",
            "client_down",
            replace(client("KodeksTcpStatus"), off=Off.AFTER_HOURS, people=People()),
        ),
        _of_card(
            "Никто не взял, очередь следующего", "still", _long(redirect()), was=None, asked=None, call=_call("next")
        ),
        _of_card("Никто не взял, руководителю", "still", _long(LOST_KEY), was=None, asked=None, call=_call("head")),
        _of_card(
            "Никто не взял, звать некого",
            "still",
            _long(LOST_KEY),
            was=None,
            asked=None,
            call=Call(rung="again", since=TOLD),
        ),
        _of_card(
            "Взял, а всё не починено",
            "still",
            replace(_long(LOST_KEY), taken=Step(by="Анна", at=TOLD)),
            was=None,
            asked=None,
            call=_call("lasting"),
        ),
        _of_card("Ночью звонить можно", "client_down", replace(LOST_KEY, night_calls=True, answers_at=None)),
        _of_card("Ночью не звонить", "client_down", replace(LOST_KEY, night_calls=False)),
        _of_card("Дежурный назван", "client_down", replace(LOST_KEY, duty=Someone(id=3, name="Анна"))),
        _of_card("Подробнее", "details", redirect(), lines=LINES),
        _of_card("Подробнее, закончилась", "details", ended(redirect()), now=NIGHT + timedelta(hours=2), lines=LINES),
        _of_card("Адреса", "addresses", redirect(), **_addresses(redirect())),
        _of_card("Задетые клиенты", "addresses", ADDRESS, **_addresses(ADDRESS)),
        _of_card("Текст владельцу", "owner_text", redirect(), text=_owner_text(redirect())),
        _of_card("Текст клиенту", "client_text", redirect(), text=TEXT, label="Вектор"),
        _of_card("Текст: вернуться", "return_text", ended(redirect()), text=phrase("return_text", now=NIGHT)),
    )


TOLD = NIGHT - 40 * MINUTE


def _long(one: Card) -> Card:
    return replace(one, opened_at=TOLD)


def _call(rung: str) -> Call:
    return Call(rung=rung, person=Someone(id=4, name="Игорь"), since=TOLD)


def _handed(one: Card) -> Card:
    return replace(one, taken=Step(by="Анна", at=NIGHT - 2 * MINUTE), handed=Step(by="Анна", at=NIGHT - MINUTE))


def _addresses(one: Card) -> dict[str, Any]:
    shown = one.clients[:10]
    texts = {hit.name: phrase("client_text", now=NIGHT, address=hit.address) for hit in shown}
    return {
        "clients": shown,
        "texts": texts,
        "page": Page(number=0, pages=-(-len(one.clients) // 10), total=len(one.clients)),
    }


def _owner_text(one: Card) -> str | None:
    return phrase("owner_text", now=NIGHT, card=one, address="r1.te-cloud.ru")


def _clients() -> tuple[Sample, ...]:
    direct: dict[str, Any] = {"still": Still.DIRECT, "clients": hits(1)}
    later: dict[str, Any] = {"wait": Wait.LATER, "still": Still.OPENS}
    unseen: dict[str, Any] = {
        "wait": Wait.LATER,
        "still": Still.UNKNOWN,
        "opened_at": NIGHT - timedelta(days=1),
        "heard_at": NIGHT - timedelta(days=3),
    }
    return (
        _of_card("Ключ потерялся, ночь, несколько признаков", "client_down", LOST_KEY),
        _of_card(
            "Сервер не отвечает, день", "client_down", by_day(client("KodeksTcpStatus", reason=Fault.REFUSED)), now=DAY
        ),
        _of_card("Сервер не отвечает, ночь, люди в системе", "client_down", _busy(client("KodeksTcpStatus"))),
        _of_card(
            "Прокси отвечает, Техэксперт нет", "client_down", client("KodeksBehindProxyDown", reason="status_502")
        ),
        _of_card("Ошибка вместо страницы", "client_down", client("KodeksHttp200Status", reason="status_500")),
        _of_card("Имя не находится", "client_down", client("DomainNotResolved", reason=Fault.NAME_NOT_FOUND, **direct)),
        _of_card(
            "По обычному адресу не открывается",
            "client_down",
            client("DomainUnreachable", reason=Fault.REFUSED, **direct),
        ),
        _of_card(
            "Ведёт не туда",
            "client_down",
            client("RedirectWrongTarget", reason=Fault.WRONG_TARGET, detail="http://10.0.0.9/", **direct),
        ),
        _of_card(
            "Обслуживание затянулось",
            "client_down",
            client("KodeksMaintenanceToLong", reason="status_503", opened_at=NIGHT - timedelta(hours=3, minutes=4)),
        ),
        _of_card("Главная страница", "client_down", client("MainPageBroken", reason="no required volume DB")),
        _of_card(
            "Часть баз", "client_down", client("ProductSetBroken", reason="unexpected change list products", **later)
        ),
        _of_card(
            "Служебное сообщение",
            "client_down",
            client("KodeksNeedSupport", reason="service_message", detail="Обратитесь в службу поддержки", **later),
        ),
        _of_card("Аварийное состояние", "client_down", client("KodeksWarning", reason="emergency", **later)),
        _of_card("Нет мест", "client_down", client("KodeksLimitsUsers", reason="no_seats", **later)),
        _of_card("Менеджер лицензий", "client_down", client("LicmanTcpStatus", reason=Fault.REFUSED, **later)),
        _of_card("Нет статуса", "client_down", client("SmartStatusSilent", reason="silent", **unseen)),
        _of_card("Нет отчётов", "client_down", client("SmartXMLfileIsToOld", reason="silent", **unseen)),
        _of_card(
            "Отчёты не читаются",
            "client_down",
            client("UploadBroken", reason=HTML_CAME, **{**unseen, "heard_at": None}),
        ),
        _of_card(
            "Сертификат негоден",
            "client_down",
            client("CertificateInvalid", reason=Fault.TLS_EXPIRED, still=Still.OPENS),
        ),
        _of_card(
            "Сертификат кончается",
            "certificate_ends",
            client("CertificateExpiring", reason="days_7", expires_at=NIGHT + timedelta(days=6, hours=5), **later),
        ),
        _of_card(
            "То работает, то нет", "client_down", client("KodeksTcpStatus", flapping=True, reason=Fault.CONNECT_TIMEOUT)
        ),
        _of_card("Починено", "mended", ended(LOST_KEY), now=NIGHT),
    )


def _busy(one: Card) -> Card:
    return replace(one, wait=Wait.BUSY, people=People(seats=20, online=3, at=NIGHT - 6 * MINUTE), reason=Fault.REFUSED)


def _ourselves() -> tuple[Sample, ...]:
    silent = card(
        "IntakeSilent", Cause(CauseKind.INTAKE, "upload"), "приём отчётов", stopped=14, behind=31, wait=Wait.TODAY
    )
    chat = card("ChatLost", Cause(CauseKind.CHAT, "-100123"), "Техподдержка", wait=Wait.LATER, reason="bot was kicked")
    over = replace(BLIND, ended_at=NIGHT, opened=BRIEFS[:2], ended=BRIEFS[2:], overdue=3)
    quiet = replace(STORM, ended_at=NIGHT)
    away = replace(STORM, away_since=NIGHT - timedelta(hours=6))
    mended = tuple(replace(one, ended_at=NIGHT) for one in BRIEFS)
    return (
        Sample(title="Мы ничего не видим", template="blind", facts={"blind": BLIND}),
        Sample(title="Мы снова видим", template="blind_over", facts={"blind": over}),
        Sample(
            title="Мы снова видим, ничего не случилось",
            template="blind_over",
            facts={"blind": replace(BLIND, ended_at=NIGHT)},
        ),
        _of_card("Отчёты замолчали сразу у многих", "intake_silent", silent),
        _of_card("Чат потерян", "ourselves", chat),
        _of_card(
            "База не пишется",
            "ourselves",
            card("StorageTrouble", Cause(CauseKind.SELF, "bot", "StorageTrouble"), "бот"),
        ),
        Sample(title="Буря", template="storm", facts={"storm": STORM}),
        Sample(title="После недоступности Telegram", template="caught_up", facts={"storm": away}),
        Sample(
            title="После недоступности Telegram, всё кончилось",
            template="caught_up",
            facts={"storm": replace(away, incidents=mended)},
        ),
        Sample(title="Буря прошла", template="storm_over", facts={"storm": quiet}),
        Sample(
            title="Буря прошла, всё починено", template="storm_over", facts={"storm": replace(quiet, incidents=mended)}
        ),
    )


SAMPLES: tuple[Sample, ...] = (*_incidents(), *_clients(), *_ourselves())
