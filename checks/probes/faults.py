"""What libcurl's outcome of one exchange means for people."""

from __future__ import annotations

import errno
from datetime import datetime
from typing import Final

import pycurl

from checks.model import Certificate, Fault
from checks.probes.certificates import verdict
from checks.probes.exchange import Answer, Cut
from checks.probes.failure import seconds

UNREACHABLE: Final = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EPERM, errno.EADDRNOTAVAIL))
OURS: Final = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
BROKEN_OFF: Final = frozenset((pycurl.E_GOT_NOTHING, pycurl.E_SEND_ERROR, pycurl.E_PARTIAL_FILE))
NOT_HTTP: Final = frozenset((pycurl.E_UNSUPPORTED_PROTOCOL, 8, pycurl.E_BAD_CONTENT_ENCODING))
"""8 = CURLE_WEIRD_SERVER_REPLY."""
TOO_LARGE: Final = 100
"""CURLE_TOO_LARGE: a single header line beyond libcurl's own bound."""
LOWEST_STATUS, HIGHEST_STATUS = 100, 599

SEVERAL_PLACES: Final = "называет несколько адресов сразу"
NOT_A_PAGE: Final = "пришло не то, что велит HTTP"
NO_SOCKET: Final = "не нашлось свободного сокета"
"""libcurl gives no errno when it could not even open a socket."""
WORDS: Final = {Cut.HEADER: "заголовки ответа слишком велики", Cut.BODY: "страница слишком велика"}


def fault_of(answer: Answer, leaf: Certificate | None, at: datetime, *, secure: bool) -> tuple[Fault, str] | None:
    """Give the reason and its particulars; None = a proper answer came (whatever its status)."""
    code = answer.code
    if code == 0:
        return _of_whole(answer)
    if code == pycurl.E_OPERATION_TIMEDOUT:
        return _of_timeout(answer, secure=secure)
    if code == pycurl.E_COULDNT_CONNECT:
        return of_errno(answer.errno, answer.message) if answer.errno else (Fault.OURSELVES, NO_SOCKET)
    if code == pycurl.E_PEER_FAILED_VERIFICATION:
        return verdict(answer.verify, answer.message, leaf, at)
    if code == pycurl.E_RECV_ERROR:
        return _of_receiving(answer)
    if code in BROKEN_OFF:
        return Fault.RESET, "закрыл соединение, не ответив" if not answer.begun else "оборвал ответ"
    if code == pycurl.E_SSL_CONNECT_ERROR:
        reset = answer.errno == errno.ECONNRESET
        return (Fault.RESET, "соединение сброшено") if reset else (Fault.TLS_BROKEN, answer.message)
    if code in NOT_HTTP:
        ambiguous = "location" in answer.message.lower()
        return (Fault.BAD_LOCATION, SEVERAL_PLACES) if ambiguous else (Fault.NOT_HTTP, NOT_A_PAGE)
    if code == TOO_LARGE:
        return Fault.TOO_LARGE, WORDS[Cut.HEADER]
    return Fault.OURSELVES, f"libcurl {code}: {answer.message}"


def _of_whole(answer: Answer) -> tuple[Fault, str] | None:
    if answer.cut in WORDS:
        return Fault.TOO_LARGE, WORDS[answer.cut]
    if not LOWEST_STATUS <= answer.status <= HIGHEST_STATUS:
        return Fault.NOT_HTTP, f"код ответа {answer.status}"
    return None


def _of_timeout(answer: Answer, *, secure: bool) -> tuple[Fault, str]:
    waited = seconds(answer.total)
    if not answer.connect:
        return Fault.CONNECT_TIMEOUT, f"соединение не установлено за {waited}"
    if secure and not answer.tls:
        return Fault.NO_ANSWER, f"соединение есть, TLS не начался за {waited}"
    if not answer.begun:
        return Fault.NO_ANSWER, f"соединение есть, за {waited} не пришло и первой строки ответа"
    return Fault.DRIPPING, f"ответ не пришёл целиком за {waited}"


def _of_receiving(answer: Answer) -> tuple[Fault, str]:
    if "Too large" in answer.message:
        return Fault.TOO_LARGE, WORDS[Cut.HEADER]
    if answer.errno == errno.ECONNRESET or "reset" in answer.message or not answer.begun:
        return Fault.RESET, "соединение сброшено"
    return Fault.NOT_HTTP, NOT_A_PAGE


def of_errno(number: int, words: str) -> tuple[Fault, str]:
    """Name a connection that was not made."""
    if number == errno.ECONNREFUSED:
        return Fault.REFUSED, "соединение отклонено"
    if number == errno.ETIMEDOUT:
        return Fault.CONNECT_TIMEOUT, "соединение не установлено"
    if number in OURS:
        return Fault.OURSELVES, words
    if number in UNREACHABLE:
        return Fault.UNREACHABLE, "нет маршрута до адреса"
    return Fault.UNREACHABLE, words
