"""How a simulated server or client can be broken, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class EstateError(ValueError):
    """A wish that the estate cannot fulfil, with the reason."""


class State(StrEnum):
    """What a redirect server or a client does at present."""

    OK = "ok"
    REFUSE = "refuse"
    HANG = "hang"
    SLOW = "slow"
    DRIP = "drip"
    RESET = "reset"
    GARBAGE = "garbage"
    ERROR_500 = "500"
    PROXY_502 = "502"
    MAINTENANCE_503 = "503"
    WRONG_TARGET = "wrong_target"
    LOOP = "loop"
    KEY_LOST = "key_lost"
    NO_SEATS = "no_seats"
    SERVICE_MESSAGE = "service_message"
    EMERGENCY = "emergency"
    BAD_LOGIN = "bad_login"
    LICMAN_REFUSE = "licman_refuse"
    TLS_EXPIRED = "tls_expired"
    DNS_NXDOMAIN = "dns_nxdomain"
    DNS_SERVFAIL = "dns_servfail"
    DNS_TIMEOUT = "dns_timeout"
    UPLOADS_STOP = "uploads_stop"
    UPLOADS_BROKEN = "uploads_broken"
    MAIN_PAGE_BROKEN = "main_page_broken"
    PRODUCT_SET_BROKEN = "product_set_broken"


TITLES: Mapping[State, str] = {
    State.OK: "исправен",
    State.REFUSE: "соединения отклоняются",
    State.HANG: "соединяется и молчит",
    State.SLOW: "отвечает медленно",
    State.DRIP: "отвечает по байту",
    State.RESET: "обрывает соединение",
    State.GARBAGE: "отвечает не по HTTP",
    State.ERROR_500: "ошибка 500",
    State.PROXY_502: "прокси отвечает 502",
    State.MAINTENANCE_503: "регламентные работы, 503",
    State.WRONG_TARGET: "ведёт не туда",
    State.LOOP: "переадресация по кругу",
    State.KEY_LOST: "потерян ключ защиты",
    State.NO_SEATS: "нет свободных мест",
    State.SERVICE_MESSAGE: "сервисное сообщение",
    State.EMERGENCY: "аварийное состояние",
    State.BAD_LOGIN: "ошибка авторизации",
    State.LICMAN_REFUSE: "менеджер лицензий не отвечает",
    State.TLS_EXPIRED: "сертификат просрочен",
    State.DNS_NXDOMAIN: "имя не найдено",
    State.DNS_SERVFAIL: "сервер имён отвечает ошибкой",
    State.DNS_TIMEOUT: "сервер имён молчит",
    State.UPLOADS_STOP: "отчёты не приходят",
    State.UPLOADS_BROKEN: "отчёты приходят испорченными",
    State.MAIN_PAGE_BROKEN: "главная страница не собирается",
    State.PRODUCT_SET_BROKEN: "комплект не собирается",
}

_NAMES = (State.DNS_NXDOMAIN, State.DNS_SERVFAIL, State.DNS_TIMEOUT)
_TRANSPORT = (State.OK, State.REFUSE, State.HANG, State.SLOW, State.DRIP, State.RESET, State.GARBAGE)
_REPORTS = (State.UPLOADS_STOP, State.UPLOADS_BROKEN, State.MAIN_PAGE_BROKEN, State.PRODUCT_SET_BROKEN)

OF_REDIRECT = (
    *_TRANSPORT,
    State.ERROR_500,
    State.PROXY_502,
    State.MAINTENANCE_503,
    State.WRONG_TARGET,
    State.LOOP,
    *_NAMES,
)
OF_CLIENT = tuple(State)
WITHOUT_ADDRESS = (State.OK, *_REPORTS)
"""What can happen to a client that nobody can look at."""


def read_state(text: object, *, of: str, known: tuple[State, ...]) -> State:
    """Return the state that a wish names; ``EstateError`` lists the known ones otherwise."""
    for state in known:
        if state.value == str(text):
            return state
    raise EstateError(f"unknown state {str(text)[:40]!r} of a {of}; known: {', '.join(known)}")
