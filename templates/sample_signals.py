"""Sample facts for everything that managers are told of their clients, for the gallery and its tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from checks.catalogue import ROWS
from checks.later import choices
from checks.model import Answer
from checks.office import WORKDAY
from templates import phrase
from templates.samples import DAY, Sample
from templates.signals import Answered, Choice, Point, SignalCard

TODAY = DAY.date()
LEFT: dict[str, Any] = {
    "quota": "docs",
    "left": 48,
    "limit": 300,
    "spent": 252,
    "today": TODAY,
    "ends": TODAY + timedelta(days=3),
    "out": None,
    "months": 3,
}
GONE: dict[str, Any] = {**LEFT, "left": 0, "ends": None, "out": TODAY, "quota": "search", "months": 1}
MONTHS = [{"month": date(2026, 9, 1), "day": 20, "out": None}, {"month": date(2026, 10, 1), "day": 17, "out": 19}]
SEATS: dict[str, Any] = {
    "days": 4,
    "within": 14,
    "seats": 20,
    "proofs": [
        {"day": TODAY - timedelta(days=1), "sessions": 20, "refused": None},
        {"day": TODAY, "sessions": 20, "refused": 2},
    ],
}
ALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("OnlineBillingDocsLeft50", LEFT),
    ("OnlineBillingDocsLeft150", {**LEFT, "left": 140, "ends": None, "months": 1}),
    ("OnlineBillingSearchLeftZero", GONE),
    ("LimitExhaustedOften", {"quota": "docs", "times": 2, "proofs": MONTHS}),
    ("LimitExhaustedOften", SEATS),
    ("KodeksDetectOverUserError", {"refused": 2, "day": TODAY, "seats": 20}),
    ("OnlineNoLogin", {"days": 8, "last": TODAY - timedelta(days=8), "since": TODAY, "today": TODAY}),
    ("OnlineNoLogin", {"days": 12, "last": None, "since": TODAY - timedelta(days=12), "today": TODAY}),
    ("OnlineUserActivityIsLow20", {"spent": 6, "limit": 300, "norm": 0.1, "today": TODAY}),
    ("UsageLow", {"spent": 12, "usual": 140.5, "limit": 300, "month": date(2026, 10, 1)}),
    ("KodeksUserActivityIsLow", {"requests": 7, "norm": 20, "days": 20, "today": TODAY}),
    ("KodeksUserAInvolvementIsLow", {"active": 4, "seats": 20, "norm": 0.6, "today": TODAY}),
    ("ContractEnding", {"end": TODAY + timedelta(days=29), "days": 29, "step": 30}),
    (
        "RenewalAtRisk",
        {"end": TODAY + timedelta(days=23), "days": 23, "low": ["OnlineNoLogin"], "last": TODAY - timedelta(days=9)},
    ),
    ("KodeksUnsupportedButUsed", {"end": TODAY - timedelta(days=12), "days": 12, "last": TODAY}),
    ("KodeksNewUser", {"count": 3, "names": ["Петрова", "Сидоров"], "day": TODAY}),
    ("KodeksSearchIsEmpty", {"count": 7, "names": ["СП 1.13130", "снип 2.04"], "day": TODAY}),
    ("KodeksSearchError", {"count": 1, "names": ["гост"], "day": TODAY}),
)
CALLED = Answered(answer=Answer.CALLED, by="Ольга", at=DAY)
LATER = Answered(answer=Answer.NOT_NOW, by="Ольга", at=DAY, until=TODAY + timedelta(days=30))
WRONG = Answered(answer=Answer.WRONG, by="Ольга", at=DAY, reason="season")


def card(code: str, facts: dict[str, Any], **rest: Any) -> SignalCard:
    row = ROWS[code]
    known: dict[str, Any] = {
        "number": 131,
        "client": "vektor",
        "label": "Вектор",
        "family": row.family,
        "priority": row.priority,
        "lead": Point(code=code, title=row.title, facts=facts, since=DAY),
        "means": row.means,
        "step": row.steps[0],
        "opened_at": DAY - timedelta(hours=3),
        "login": "vektor-1",
        "text": code == "OnlineNoLogin",
    }
    return SignalCard(**{**known, **rest})


NOBODY = card(*ALL[6], renewed_at=TODAY - timedelta(days=3), contract_end=date(2027, 11, 20))
USED_UP = card(*ALL[0], several=True)
MENU: dict[str, Any] = {
    "choices": [Choice(kind=kind, until=until) for kind, until in choices(TODAY)],
    "example": TODAY + timedelta(days=90),
}
TEXT = phrase("remind_access", now=DAY, address="http://online.example.ru/docs", login="vektor-1")


def _of(title: str, template: str, one: SignalCard, **facts: Any) -> Sample:
    return Sample(title=title, template=template, now=DAY, facts={"card": one, **facts})


SIGNALS: tuple[Sample, ...] = (
    *(_of(f"Сигнал {code}", "signal", card(code, facts)) for code, facts in ALL),
    _of("Никто не заходит, договор продлён", "signal", NOBODY),
    _of("Лимит, доступов несколько, позвонили", "signal", replace(USED_UP, answered=CALLED)),
    _of("Лимит, отложено", "signal", replace(USED_UP, answered=LATER, muted=True)),
    _of("Лимит, неверно", "signal", replace(USED_UP, answered=WRONG, muted=True, repeat=True)),
    _of("Лимит, срок прошёл", "signal", replace(USED_UP, answered=LATER, again=True)),
    _of(
        "Мало пользуются, и ещё", "signal", replace(NOBODY, also=(Point(code="UsageLow", title="мало", facts={}),) * 5)
    ),
    _of("Сигнал закончился", "signal_over", replace(NOBODY, ended_at=DAY, answered=CALLED)),
    _of("Клиент ушёл из списков", "signal_over", replace(NOBODY, ended_at=DAY, unlisted=True)),
    _of("До какого дня", "signal_later", USED_UP, **MENU),
    _of("Что неверно", "signal_wrong", USED_UP),
    _of("Текст клиенту", "signal_text", NOBODY, text=TEXT, login="vektor-1"),
    *(
        Sample(
            title=f"Ответ: {word}",
            template="signal_told",
            now=DAY,
            facts={"word": word, "until": TODAY + timedelta(days=20), "reason": "сезонный"},
        )
        for word in ("until", "reason", "date", "over")
    ),
    *(
        Sample(
            title=f"Как приходят сигналы: {way}",
            template="signals",
            now=DAY,
            facts={"folding": way, "waiting": 3, "answered": 1, "office": WORKDAY},
        )
        for way in ("usual", "at_once", "digest", "both")
    ),
)
