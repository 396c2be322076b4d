"""What simulated servers say, as bytes ready for the wire: pages of kodweb, of nginx in front of it, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from http import HTTPStatus

from demo.estate.cast import Resident
from demo.estate.states import State

KODWEB = "WWW-Kodeks/6.4"
NGINX = "nginx/1.24.0"

NOTICES: Mapping[State, str] = {
    State.KEY_LOST: "Ошибка 4113: ключ защиты не найден менеджером лицензий.",
    State.NO_SEATS: "Достигнуто максимальное число подключений к системе. <!-- toomanyusers -->",
    State.SERVICE_MESSAGE: "Сервисное сообщение: обратитесь в службу поддержки.",
    State.EMERGENCY: "Система находится в аварийном состоянии.",
    State.BAD_LOGIN: "Ошибка авторизации: неверное имя пользователя или пароль.",
}


def response(
    status: int,
    body: bytes = b"",
    *,
    server: str,
    kind: str = "text/html",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a whole HTTP/1.1 answer after which the server closes."""
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Server: {server}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in (headers or {}).items()),
        "Connection: close",
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def kodweb_page(resident: Resident, *, heading: str, text: str, status: int = 200) -> bytes:
    """Return a page of the installation in the client's own encoding."""
    title = escape(f"{heading} — {resident.title}")
    page = (
        f'<!DOCTYPE html>\n<html lang="ru"><head><meta charset="{resident.charset}"><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n<p>{text}</p>\n<footer>kodweb {resident.version}</footer></body></html>\n"
    )
    kind = f"text/html; charset={resident.charset}"
    return response(status, page.encode(resident.charset, "xmlcharrefreplace"), server=KODWEB, kind=kind)


def main_page(resident: Resident, state: State) -> bytes:
    """Return the main catalogue, with a notice where the state has one."""
    text = NOTICES.get(state, "Каталог: нормы, правила, стандарты. Поиск по реквизитам и по тексту.")
    return kodweb_page(resident, heading="Техэксперт", text=text)


def admin_page(resident: Resident) -> bytes:
    text = f"Регистрационный номер {resident.number}. Войдите под именем администратора."
    return kodweb_page(resident, heading="Администрирование", text=text)


def maintenance_page(resident: Resident) -> bytes:
    text = "Идут регламентные работы: сервер временно недоступен."
    return kodweb_page(resident, heading="Техэксперт", text=text, status=503)


def broken_page(resident: Resident) -> bytes:
    return kodweb_page(resident, heading="Ошибка", text="Внутренняя ошибка сервера.", status=500)


def missing_page(resident: Resident) -> bytes:
    return kodweb_page(resident, heading="Не найдено", text="Такой страницы нет.", status=404)


def metrics_page(resident: Resident, state: State) -> bytes:
    return response(200, metrics(state).encode(), server=KODWEB, kind=f"text/plain; charset={resident.charset}")


def metrics(state: State) -> str:
    """Return the metrics that smartstatus sends, by the names known from the field."""
    return _metric("kserver_main_page", broken=state is State.MAIN_PAGE_BROKEN, status="update DB") + _metric(
        "kserver_product_control",
        broken=state is State.PRODUCT_SET_BROKEN,
        status="unexpected change list products",
    )


def _metric(name: str, *, broken: bool, status: str) -> str:
    labels = f'service="kodweb",path="/docs",status="{status}"' if broken else 'service="kodweb",path="/docs"'
    return f"{name}{{{labels}}} {int(broken)}\n"


def login_answer(resident: Resident, state: State) -> bytes:
    """Answer the check login as kodweb does: a page that refuses, or a way in."""
    if state in {State.BAD_LOGIN, State.NO_SEATS}:
        return main_page(resident, state)
    if state is State.KEY_LOST:
        return main_page(resident, state)
    return response(302, server=KODWEB, headers={"Location": "/docs", "Set-Cookie": "session=demo; path=/; HttpOnly"})


def logout_answer() -> bytes:
    return response(302, server=KODWEB, headers={"Location": "/", "Set-Cookie": "session=; path=/; Max-Age=0"})


def password_wanted() -> bytes:
    return response(401, server=KODWEB, headers={"WWW-Authenticate": 'Basic realm="kodeks"'})


def nginx_page(status: int) -> bytes:
    """Return the page that nginx makes itself."""
    title = f"{status} {HTTPStatus(status).phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        f"<hr><center>{NGINX}</center>\r\n</body>\r\n</html>\r\n"
    )
    return response(status, page.encode(), server=NGINX)


def cloud_page(heading: str) -> bytes:
    page = f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>{heading}</title></head></html>\n'
    return response(200, page.encode(), server=NGINX, kind="text/html; charset=utf-8")


def moved(location: str) -> bytes:
    return response(302, server=NGINX, headers={"Location": location})
