"""Sample facts for every answer, for the gallery and its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from checks.catalogue import ROWS
from checks.model import CauseKind, ClientKind, Fault, NoteKind, OutboxState, Priority, Scope, State, Untold
from checks.notifications import Reason
from templates.answers import Answer, Check, ClientCard, Named, Overview, Report, Said, Served, Server, Verdict
from templates.cards import Brief, Line, Page
from templates.sample_views import MOVED, TURNED, VIEWS
from templates.samples import BRIEFS, DAY, MINUTE, MUTE, Sample
from templates.whys import Chosen, Done, Happened, Measured, Places

SERVERS = (Server(label="r1", clients=38, works=True), Server(label="r2", clients=2, works=True))
WELL = Overview(clients=212, hit=0, servers=SERVERS, looked_at=DAY - timedelta(seconds=20), heard_at=DAY - 2 * MINUTE)
ILL = replace(
    WELL,
    hit=40,
    incidents=BRIEFS,
    servers=(replace(SERVERS[0], works=False), SERVERS[1]),
    mutes=1,
    unseen=3,
    said=(Said(title="", sent=3, here=True), Said(title="Продажи", sent=9, folded=214)),
)
CHECKS = tuple(
    Check(code=code, title=ROWS[code].title, well=ROWS[code].well, state=State.OK, seen_at=DAY - MINUTE, since=DAY)
    for code in ("KodeksTcpStatus", "KodeksHttp200Status", "KodeksOnlineSensLockCheck", "SmartXMLfileIsToOld")
)
REPORT = Report(
    at=DAY - 23 * MINUTE,
    operup_at=DAY - timedelta(hours=6, minutes=20),
    update_number=2330,
    version="6.4.5.127",
    key=True,
    licence_end=date(2026, 12, 31),
    seats=20,
    sessions=17,
    refused=2,
)
GOOD = ClientCard(
    name="romashka",
    label="Ромашка",
    kind=ClientKind.CLOUD,
    verdict=Verdict.FRESH,
    checks=CHECKS,
    report_heard_at=DAY - 23 * MINUTE,
    status_heard_at=DAY - 6 * MINUTE,
    report=REPORT,
    answers=(
        Answer(kind="domain", address="romashka.te-cloud.ru", opens=True, elapsed=0.084, at=DAY - MINUTE / 3),
        Answer(kind="installation", address="http://10.0.0.1/docs", opens=True, elapsed=0.041, at=DAY - MINUTE / 3),
    ),
    domain="romashka.te-cloud.ru",
    redirect="r1",
    address="http://10.0.0.1/docs",
    admin_url="http://10.0.0.1/admin",
    manager="Ольга",
    contacts="И. Петров, +7 900 000-00-00",
    contract_end=date(2027, 3, 1),
    seats=20,
    served=Served(share=0.991, outages=1, down=timedelta(minutes=37), norm="95–99"),
)
LOST = Brief(
    number=131,
    subject="Ромашка",
    title="сервер не видит ключ защиты",
    priority=Priority.K1,
    critical=True,
    opened_at=DAY - timedelta(hours=15),
    taken_by="Игорь",
)
BAD = replace(
    GOOD,
    verdict=Verdict.DOWN,
    incidents=(LOST,),
    mutes=(replace(MUTE, at=DAY, until=DAY + timedelta(hours=4), scope=Scope.CLIENT),),
    checks=(replace(CHECKS[2], state=State.FAIL, since=DAY - timedelta(hours=15), reason="key_inactive"), *CHECKS[:2]),
    report=replace(REPORT, key=False, licence_end=None, refused=None),
    answers=(
        Answer(kind="domain", address="", opens=False, reason="status_502", at=DAY - MINUTE),
        Answer(kind="installation", address="", at=DAY - timedelta(days=2)),
    ),
)
BEHIND = Brief(
    number=128,
    kind=CauseKind.REDIRECT,
    subject="r1",
    title="не работает",
    priority=Priority.K1,
    critical=True,
    opened_at=DAY - 4 * MINUTE,
    clients=38,
)
UNREPORTED = replace(GOOD, verdict=Verdict.WELL, report=None, report_heard_at=None, checks=CHECKS[:3])
OLD = replace(
    GOOD,
    verdict=Verdict.STALE,
    report_heard_at=DAY - timedelta(days=3),
    report=replace(REPORT, at=DAY - timedelta(days=3), operup_at=DAY - timedelta(days=3, hours=6)),
    checks=CHECKS[:3],
)
ASTRAY = replace(
    GOOD,
    verdict=Verdict.DETOUR,
    incidents=(BEHIND,),
    answers=(replace(GOOD.answers[0], opens=False, elapsed=None, reason=Fault.REFUSED), GOOD.answers[1]),
)
BLANK = ClientCard(
    name="zarya", label="Заря", kind=ClientKind.CLOSED, verdict=Verdict.UNKNOWN, served=Served(norm="95–99")
)
CHOICE = [Named(name="romashka", label="Ромашка"), Named(name="romashka-2", label="Ромашка", hint="romashka-2")]
PAST = (
    replace(LOST, ended_at=DAY - timedelta(hours=14)),
    replace(BEHIND, number=97, opened_at=DAY - timedelta(days=9), ended_at=DAY - timedelta(days=9) + 112 * MINUTE),
)
MUTES = [
    replace(MUTE, id=7, at=DAY, until=DAY + timedelta(hours=4), scope=Scope.CLIENT),
    replace(MUTE, id=8, by="Игорь", until=None, what="r1", kind=CauseKind.REDIRECT, reason="", here=True),
    replace(MUTE, id=9, until=DAY + timedelta(days=1), scope=Scope.CODE, what="давно нет отчётов"),
]

WHY = (
    Measured(at=DAY - 20 * MINUTE, state=State.FAIL, title="не отвечает", reason="status_502", detail="bad gateway"),
    Happened(at=DAY - 20 * MINUTE, number=131, line=Line(at=DAY, what="opened", title="не отвечает")),
    *(
        Chosen(at=DAY - 19 * MINUTE, number=131, reason=reason, places=places, until=until, mute=mute)
        for reason, places, until, mute in (
            (Reason.HELD, Places(here=True), DAY - 18 * MINUTE, None),
            (Reason.NOT_ROUTED, Places(named=("Продажи", "Ольга"), others=3), None, None),
            (Reason.MUTED, Places(here=True, named=("Продажи",)), None, MUTE),
            (Reason.NOBODY_LISTENS, Places(), None, None),
        )
    ),
    Done(at=DAY - 18 * MINUTE, number=131, note=NoteKind.FIRING, state=OutboxState.DELIVERED, places=Places(here=True)),
    Done(
        at=DAY - 17 * MINUTE, number=131, note=NoteKind.UPDATE, state=OutboxState.BURIED, places=Places(others=2),
        why=Untold.NOTHING_TO_EDIT,
    ),
    Done(
        at=DAY, number=131, note=NoteKind.STILL, state=OutboxState.UNKNOWN, places=Places(named=("Продажи",)),
        error="TelegramNetworkError: timeout",
    ),
    Done(at=DAY, number=131, note=NoteKind.FIRING, state=OutboxState.MUTED, places=Places(here=True), mute=MUTE),
    Done(
        at=DAY, number=131, note=NoteKind.FIRING, state=OutboxState.FOLDED, places=Places(here=True), why="digest",
    ),
    Measured(at=DAY, state=State.OK, title="не отвечает", well="отвечает"),
    Measured(at=DAY, state=State.FLAPPING, title="не отвечает", well="отвечает"),
)  # fmt: skip


def _answer(title: str, template: str, **facts: Any) -> Sample:
    return Sample(title=title, template=template, now=DAY, facts=facts)


ANSWERS: tuple[Sample, ...] = (
    _answer("/status: всё в порядке", "status", estate=WELL),
    _answer("/status: не всё в порядке", "status", estate=ILL),
    _answer("/status менеджера", "status", estate=replace(WELL, clients=21, own="Ольга")),
    _answer("/status: список пуст", "status", estate=Overview(clients=0, hit=0)),
    _answer("/status: ещё ничего не проверено", "status", estate=Overview(clients=40, hit=0)),
    _answer("Клиент: всё в порядке", "client", one=GOOD),
    _answer("Клиент: всё в порядке, спрашивает администратор", "client", one=replace(GOOD, admin=True)),
    _answer("Сценарии отчётов: какая система", "agent_os", label="Ромашка", name="romashka"),
    _answer("Сценарии отчётов: готовы", "agent_sent", label="Ромашка", system="Linux"),
    _answer("Сценарии отчётов: адрес не указан", "agent_not", why="address"),
    _answer("Сценарии отчётов: клиента нет", "agent_not", why="gone"),
    _answer("Клиент: актуальность неизвестна", "client", one=UNREPORTED),
    _answer("Клиент: данные устарели", "client", one=OLD),
    _answer("Клиент: не работает, заглушено", "client", one=BAD),
    _answer("Клиент: только напрямую", "client", one=ASTRAY),
    _answer("Клиент: неизвестно", "client", one=BLANK),
    _answer("Клиент коротко: всё в порядке", "client_short", one=GOOD),
    _answer("Клиент коротко: не работает", "client_short", one=BAD),
    _answer("Клиент коротко: неизвестно", "client_short", one=BLANK),
    _answer("Несколько подходят", "found", clients=CHOICE, near=[], more=4, query="рома"),
    _answer("Никто не подходит, есть похожие", "found", clients=[], near=CHOICE, more=0, query="рамошка"),
    _answer("Никто не подходит", "found", clients=[], near=[], more=0, query="ъъъ"),
    _answer("/down", "down", incidents=BRIEFS, page=Page(number=0, pages=2, total=13), own=False),
    _answer("/down: всё работает", "down", incidents=(), page=Page(), own=True),
    _answer("/mutes", "mutes", mutes=MUTES, page=Page(total=3)),
    _answer("/mutes: пусто", "mutes", mutes=[], page=Page()),
    _answer("/why о клиенте", "why", moments=WHY, page=Page(number=1, pages=3, total=40), number=0, label="Ромашка",
            name="romashka", days=14),
    _answer("/why об аварии", "why", moments=WHY, page=Page(), number=131, label="", name="", days=14),
    _answer("/why: тихо", "why", moments=(), page=Page(), number=0, label="Ромашка", name="romashka", days=14),
    _answer("/why: авария забыта", "why", moments=(), page=Page(), number=131, label="", name="", days=14),
    _answer("/why без имени", "why_whom"),
    _answer("История", "history", label="Ромашка", name="romashka", incidents=PAST, days=30, moved=MOVED,
            turned=TURNED),
    _answer("История: пусто", "history", label="Ромашка", name="romashka", incidents=(), days=30, moved=(), turned=()),
    _answer("Письмо: сводка", "letter_digest", incidents=(*BRIEFS, *PAST)),
    _answer("Письмо: сводка, всё починено", "letter_digest", incidents=PAST),
    _answer("Письмо: Telegram недоступен", "letter_away", back=False, since=DAY - 3 * MINUTE),
    _answer("Письмо: Telegram вернулся", "letter_away", back=True, since=DAY - timedelta(hours=6)),
    _answer("Две копии", "notice", number=None, what="two_pollers", facts={}, repeat=False),
    _answer("Темы нет", "notice", number=413, what="topic_lost", facts={"thread": 5}, repeat=False),
    _answer("Не принято", "notice", number=414, what="undeliverable", facts={"incident": 128, "why": "can't parse"},
            repeat=False),
    _answer("Без оформления", "notice", number=415, what="template_fault", facts={"incident": 128, "why": "ValueError"},
            repeat=False),
    *VIEWS,
)  # fmt: skip
